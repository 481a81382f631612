"""Changes of conversations, dialogs and participants by REST."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from ums_actors.errors import NotSupported
from ums_actors.protocol.enums import ParticipantRole, ParticipantState
from ums_actors.protocol.fields import UPDATE_CONVERSATION
from ums_actors.protocol.lenient import one_or_many
from ums_actors.protocol.rest.exchange import (
    Exchange,
    conversation_path,
    dialog_path,
    participant_path,
    participants_path,
)
from ums_actors.protocol.rest.reading import object_in, text_in

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["CLOSED", "JOINED", "LEFT", "MANUAL_ETTR_SET", "TTR_SET", "update"]

CLOSED: Final = "OK Conversation resolved successfully"
JOINED: Final = "OK Agent added successfully"
LEFT: Final = "OK Agent removed successfully"
TTR_SET: Final = "Update TTR ended successfully"
MANUAL_ETTR_SET: Final = "Update manual Ettr ended successfully"
# what a websocket answers (UMS.md 12.3); the texts of REST are UNKNOWN

Fields = list[dict[str, Any]]
_ASSIGNED: Final = ParticipantRole.ASSIGNED_AGENT


def update(request_type: str, body: dict[str, Any]) -> Exchange:
    """Give the call that changes a conversation.

    Raises:
        LocalProtocolError: the body is none of UpdateConversationField.
        NotSupported: there is no call that does this.
    """
    conversation_id = text_in(request_type, body, "conversationId")
    fields = [
        object_in(request_type, each, "conversationField")
        for each in one_or_many(body.get("conversationField"))
    ]
    make = _CHANGES.get(tuple(_kind(field) for field in fields))
    if make is None:
        kinds = ", ".join(str(field.get("field"))[:40] for field in fields) or "nothing"
        raise NotSupported(
            f"the REST service has no call that changes {kinds} of a conversation: "
            f"{_OFFERED}; the rest needs a BrandWebsocketConnection"
        )
    return make(conversation_id, fields)


_OFFERED: Final = (
    "it closes conversations and dialogs, sets TTR and manual ETTR, adds and removes "
    "one participant, and hands over from the assigned agent (remove_agent_id)"
)


def _kind(field: dict[str, Any]) -> str:
    """Name a member of an update with what it does."""
    name = str(field.get("field"))
    if name == "ParticipantsChange":
        assigned = field.get("role") == _ASSIGNED
        return f"{field.get('type')}{' assigned' * assigned}"
    if name == "DialogChange":
        return f"dialog {field.get('type')}"
    return name


def _close(conversation_id: str, _fields: Fields) -> Exchange:
    return _patch(
        conversation_path(conversation_id), conversation_id, {"stage": "CLOSE"}, CLOSED
    )


def _ttr(conversation_id: str, fields: Fields) -> Exchange:
    (field,) = fields
    change = {"type": field.get("ttrType"), "value": field.get("value")}
    path = conversation_path(conversation_id)
    return _patch(path, conversation_id, change, TTR_SET)


def _manual_ettr(conversation_id: str, fields: Fields) -> Exchange:
    change = {"manualETTR": fields[0].get("time")}
    path = conversation_path(conversation_id)
    return _patch(path, conversation_id, change, MANUAL_ETTR_SET)


def _dialog(conversation_id: str, fields: Fields) -> Exchange:
    dialog = object_in(UPDATE_CONVERSATION, fields[0].get("dialog"), "dialog")
    if dialog.get("closedCause") is not None:
        raise NotSupported(
            "the REST service has no place for the cause of a dialog's end: leave the "
            "cause out, or close it on a BrandWebsocketConnection"
        )
    change = {"state": dialog.get("state")}
    if dialog.get("closedBy") is not None:
        change["closeReason"] = dialog["closedBy"]
    dialog_id = text_in(UPDATE_CONVERSATION, dialog, "dialogId")
    path = dialog_path(conversation_id, dialog_id)
    return _patch(path, conversation_id, change, CLOSED)


def _join(conversation_id: str, fields: Fields) -> Exchange:
    (field,) = fields
    participant = {
        "id": text_in(UPDATE_CONVERSATION, field, "userId"),
        "role": field.get("role"),
        "state": ParticipantState.ACTIVE,
    }
    return Exchange(
        method="POST",
        path=participants_path(conversation_id, _dialog_of(conversation_id, field)),
        lane=conversation_id,
        body=participant,
        text=JOINED,
    )


def _leave(conversation_id: str, fields: Fields) -> Exchange:
    """Give the call that takes somebody out, and may hand over; the last one goes."""
    field = fields[-1]
    user_id = text_in(UPDATE_CONVERSATION, field, "userId")
    dialog_id = _dialog_of(conversation_id, field)
    path = participant_path(conversation_id, dialog_id, user_id)
    target: dict[str, str] = {}
    for each in fields[:-1]:
        if each.get("field") == "Skill":
            target["transferToSkillId"] = str(each.get("skill"))
        else:
            target["transferToAgentId"] = text_in(UPDATE_CONVERSATION, each, "userId")
    return Exchange(
        method="DELETE",
        path=f"{path}?{urlencode(target)}" if target else path,
        lane=conversation_id,
        guarded=True,
        text=LEFT,
    )


def _dialog_of(conversation_id: str, field: dict[str, Any]) -> str:
    dialog_id = field.get("dialogId")
    return dialog_id if isinstance(dialog_id, str) and dialog_id else conversation_id


def _patch(path: str, lane: str, change: dict[str, Any], text: str) -> Exchange:
    return Exchange(
        method="PATCH", path=path, lane=lane, body=change, guarded=True, text=text
    )


_CHANGES: Final[dict[tuple[str, ...], Callable[[str, Fields], Exchange]]] = {
    ("ConversationStateField",): _close,
    ("Stage",): _close,
    ("TTRField",): _ttr,
    ("ManualETTR",): _manual_ettr,
    ("dialog UPDATE",): _dialog,
    ("ADD",): _join,
    ("ADD assigned",): _join,
    ("REMOVE",): _leave,
    ("REMOVE assigned",): _leave,
    ("Skill", "REMOVE assigned"): _leave,
    ("SUGGEST assigned", "REMOVE assigned"): _leave,
    ("Skill", "SUGGEST assigned", "REMOVE assigned"): _leave,
}
"""The members of an update, in their order, and the one call that does the same."""
