"""Conversations and events as consumers' sockets see them.

A consumer sees PIDs where the brand sees old ids, participants in a list, and nothing
of what is private to the brand: private messages, dialogs of agents alone, the note.
Private messages count in a dialog's sequence all the same, so the sequence that a
consumer sees has holes where they are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ums_actors.emulator.records.brand import conversation_record, event_record

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ums_actors.emulator.world.conversation import Conversation, Event
    from ums_actors.emulator.world.world import World

__all__ = [
    "consumer_conversation_record",
    "consumer_event_record",
    "public_events",
]


def consumer_event_record(event: Event) -> dict[str, Any]:
    """Give one change of a MessagingEventNotification."""
    return _with_pid(event_record(event))


def public_events(events: Iterable[Event]) -> list[Event]:
    """Leave out what is private to the brand."""
    return [event for event in events if not event.is_private]


def consumer_conversation_record(
    world: World, conversation: Conversation
) -> dict[str, Any]:
    """Give the ``result`` of a change of an ExConversationChangeNotification."""
    record = conversation_record(world, conversation)
    unread = record["numberOfunreadMessages"]
    details = record["conversationDetails"]
    details["note"] = ""
    del details["participantsPId"]
    details["participants"] = [
        {"id": world.pid(identity), "role": role}
        for role, listed in details["participants"].items()
        for identity in listed
    ]
    details["dialogs"] = [
        _dialog_record(world, dialog)
        for dialog in details["dialogs"]
        if any(
            it["id"] == conversation.consumer for it in dialog["participantsDetails"]
        )
    ]
    record["numberOfunreadMessages"] = {
        world.pid(identity): count for identity, count in unread.items()
    }
    last = record.get("lastContentEventNotification")
    if last is not None:
        del record["lastContentEventNotification"]
        public = conversation.last_public_content
        if public is not None:
            record["lastContentEventNotification"] = _last_content(public)
    return record


def _dialog_record(world: World, dialog: dict[str, Any]) -> dict[str, Any]:
    members = [
        {**member, "id": world.pid(member["id"])}
        for member in dialog["participantsDetails"]
    ]
    return {**dialog, "participantsDetails": members}


def _last_content(event: Event) -> dict[str, Any]:
    return {
        "sequence": event.sequence,
        "originatorId": event.author.pid,
        "originatorMetadata": {"id": event.author.pid, "role": event.author.role},
        "serverTimestamp": event.timestamp,
        "event": event.body,
        "dialogId": event.dialog_id,
    }


def _with_pid(record: dict[str, Any]) -> dict[str, Any]:
    pid = record.pop("originatorPId")
    return {**record, "originatorId": pid}
