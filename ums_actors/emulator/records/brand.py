"""Conversations and events as brand sockets see them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ums_actors.emulator.choices import ROLES
from ums_actors.emulator.values import as_object
from ums_actors.emulator.world.properties import NO_PROPERTIES

if TYPE_CHECKING:
    from ums_actors.emulator.world.conversation import (
        Conversation,
        Details,
        Dialog,
        Event,
    )
    from ums_actors.emulator.world.world import World

__all__ = ["conversation_record", "dialog_record", "event_record"]

_ALWAYS_LISTED = frozenset(ROLES[:4])


def event_record(event: Event) -> dict[str, Any]:
    """Give the body of OnlineEventDistribution, also a record of QueryMessages."""
    author = event.author
    record: dict[str, Any] = {
        "originatorId": author.id,
        "originatorPId": author.pid,
        "originatorClientProperties": author.properties,
        "originatorMetadata": {
            "id": author.pid,
            "role": author.role,
            "clientProperties": author.properties,
        },
        "event": event.body,
        "conversationId": event.conversation_id,
        "dialogId": event.dialog_id,
        "messageAudience": event.audience,
        "metadata": event.metadata,
    }
    if event.sequence is not None:
        record["sequence"] = event.sequence
        record["serverTimestamp"] = event.timestamp
    return record


def conversation_record(world: World, conversation: Conversation) -> dict[str, Any]:
    """Give the ``result`` of a change of an ExConversationChangeNotification."""
    details = conversation.details
    record: dict[str, Any] = {
        "convId": conversation.conversation_id,
        "effectiveTTR": conversation.effective_ttr,
        "lastUpdateTime": conversation.updated,
        "numberOfunreadMessages": conversation.unread,
        "conversationDetails": _details_record(world, conversation, details),
    }
    if (last := conversation.last_content) is not None:
        record["lastContentEventNotification"] = _last_content_record(last)
    return record


def _details_record(
    world: World, conversation: Conversation, details: Details
) -> dict[str, Any]:
    members = {
        role: listed
        for role in ROLES
        if (listed := details.in_role(role)) or role in _ALWAYS_LISTED
    }
    record: dict[str, Any] = {
        "convId": conversation.conversation_id,
        "brandId": world.account,
        "skillId": details.skill,
        "groupId": details.group,
        "note": details.note,
        "csatRate": (details.csat or {}).get("csatRate") or 0,
        "participants": members,
        "participantsPId": {
            role: [world.pid(identity) for identity in listed]
            for role, listed in members.items()
        },
        "dialogs": [dialog_record(dialog) for dialog in details.dialogs],
        "state": details.main.state,
        "stage": details.stage,
        "startTs": conversation.started,
        "metaDataLastUpdateTs": conversation.updated,
        "firstConversation": conversation.is_first,
        "ttr": {"ttrType": details.ttr_type, "value": details.ttr_value},
        "conversationHandlerDetails": details.handler
        or {"accountId": world.account, "skillId": details.skill},
        "context": _context_record(conversation),
    }
    optional = {
        "campaignInfo": conversation.origin.campaign,
        "csat": details.csat,
        "appInstId": details.app_install,
        "topic": details.topic,
        "delay": details.delay,
        "manualETTR": details.manual_ettr,
        "closeReason": details.close_reason,
        "endTs": details.ended,
    }
    return record | {key: it for key, it in optional.items() if it is not None}


def _context_record(conversation: Conversation) -> dict[str, Any]:
    origin = conversation.origin
    context = origin.context or {"type": "SharkContext", "lang": "en-US"}
    told = as_object(context.get("clientProperties")) or {}
    properties = {**(origin.properties or NO_PROPERTIES), **told}
    return {**context, "clientProperties": properties}


def dialog_record(dialog: Dialog) -> dict[str, Any]:
    """Give one of the ``dialogs`` of a conversation's details."""
    record: dict[str, Any] = {
        "dialogId": dialog.dialog_id,
        "dialogType": dialog.dialog_type,
        "channelType": dialog.channel_type,
        "state": dialog.state,
        "creationTs": dialog.created,
        "metaDataLastUpdateTs": dialog.updated,
        "participantsDetails": [
            {"id": member.id, "role": member.role, "state": member.state}
            for member in dialog.participants
        ],
    }
    optional = {
        "endTs": dialog.ended,
        "closedBy": dialog.closed_by,
        "closedCause": dialog.closed_cause,
        "metaData": dialog.metadata,
    }
    return record | {key: it for key, it in optional.items() if it is not None}


def _last_content_record(event: Event) -> dict[str, Any]:
    return {
        "sequence": event.sequence,
        "originatorId": event.author.id,
        "originatorPId": event.author.pid,
        "originatorMetadata": {"id": event.author.pid, "role": event.author.role},
        "serverTimestamp": event.timestamp,
        "event": event.body,
        "dialogId": event.dialog_id,
    }
