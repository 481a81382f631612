"""What REST calls say, as the requests of a websocket that do the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ums_actors.emulator.failures import Refused
from ums_actors.emulator.values import as_id, as_object

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ums_actors.emulator.world.dialog import Dialog

__all__ = [
    "conversation_fields",
    "dialog_fields",
    "join_fields",
    "leave_fields",
    "published",
    "query_of",
]

_QUERY: Final = {
    "limit": "maxQuantity",
    "newerThanSequence": "newerThanSequence",
    "olderThanSequence": "olderThanSequence",
}
_UNREAD: Final = ("filters",)
"""Nobody has published what may be in it."""


def published(told: dict[str, Any]) -> dict[str, Any]:
    """Give the event of a message that is posted.

    ``quickReplies`` stand beside the content, by our choice: nobody has published
    where.

    Raises:
        Refused: there is no message of that type.
    """
    make = _EVENTS.get(str(told.get("type")))
    if make is None:
        raise Refused(400, f"The type of a message is one of {', '.join(_EVENTS)}")
    content = as_object(told.get("content"))
    if content is None:
        raise Refused(400, "The content of the message is no object")
    event = make(content)
    replies = told.get("quickReplies")
    return event if replies is None else {**event, "quickReplies": replies}


def _text(content: dict[str, Any]) -> dict[str, Any]:
    return _content("text/plain", content.get("text"))


def _content(kind: str, message: Any) -> dict[str, Any]:
    return {"type": "ContentEvent", "contentType": kind, "message": message}


def _rich(content: dict[str, Any]) -> dict[str, Any]:
    return {"type": "RichContentEvent", "content": content}


def _acknowledgement(content: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "AcceptStatusEvent",
        "status": content.get("status"),
        "sequenceList": content.get("sequenceList"),
    }


def _chat_state(content: dict[str, Any]) -> dict[str, Any]:
    return {"type": "ChatStateEvent", "chatState": content.get("chatState")}


_EVENTS: Final[dict[str, Callable[[dict[str, Any]], dict[str, Any]]]] = {
    "PLAIN_TEXT": _text,
    "RICH_CONTENT": _rich,
    "HOSTED_FILE": lambda content: _content("hosted/file", content),
    "SECURE_FORM_INVITATION": lambda content: _content(
        "forms/secure-invitation", content
    ),
    "SECURE_FORM_SUBMISSION": lambda content: _content(
        "forms/secure-submission", content
    ),
    "ACKNOWLEDGEMENT": _acknowledgement,
    "CHAT_STATE": _chat_state,
}


def query_of(dialog_id: str, query: Mapping[str, str]) -> tuple[dict[str, Any], int]:
    """Give the body of QueryMessages, and how many of its answer are skipped.

    Raises:
        Refused: a parameter is no number, or not emulated.
    """
    for name in _UNREAD:
        if query.get(name):
            raise Refused(400, f"The parameter {name} is not emulated")
    body: dict[str, Any] = {"dialogId": dialog_id}
    for name, wire in _QUERY.items():
        if (number := _number(query, name)) is not None:
            body[wire] = number
    return body, max(_number(query, "offset") or 0, 0)


def _number(query: Mapping[str, str], name: str) -> int | None:
    text = query.get(name)
    if not text:
        return None
    try:
        return int(text)
    except ValueError:
        raise Refused(400, f"The {name} of the query is no number") from None


def conversation_fields(told: dict[str, Any]) -> list[dict[str, Any]]:
    """Give the members of the update that a PATCH of a conversation is.

    Raises:
        Refused: it is none.
    """
    if "stage" in told:
        state = told["stage"]
        return [{"field": "ConversationStateField", "conversationState": state}]
    if "manualETTR" in told:
        return [{"field": "ManualETTR", "time": told["manualETTR"]}]
    if "type" in told:
        return [
            {
                "field": "TTRField",
                "ttrType": told["type"],
                "value": told.get("value"),
            }
        ]
    raise Refused(400, "A conversation is given a stage, a type or a manualETTR")


def dialog_fields(dialog_id: str, told: dict[str, Any]) -> list[dict[str, Any]]:
    """Give the members of the update that a PATCH of a dialog is."""
    dialog = {"dialogId": dialog_id, "state": told.get("state")}
    if told.get("closeReason") is not None:
        dialog["closedBy"] = told["closeReason"]
    return [{"field": "DialogChange", "type": "UPDATE", "dialog": dialog}]


def join_fields(
    conversation_id: str, dialog_id: str, told: dict[str, Any]
) -> list[dict[str, Any]]:
    """Give the members of the update that a posted participant is.

    Raises:
        Refused: it names nobody, or another state than ACTIVE.
    """
    who = as_id(told.get("id"))
    if who is None:
        raise Refused(400, "A participant needs an id")
    if told.get("state") != "ACTIVE":
        raise Refused(400, "A participant is added as ACTIVE")
    member = _change(who, told.get("role"), "ADD")
    return [_in_dialog(member, conversation_id, dialog_id)]


def leave_fields(
    conversation_id: str, dialog: Dialog, who: str, query: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Give the members of the update that a deleted participant is.

    Who takes part in several roles leaves that of the assigned agent if the call hands
    over, else the first, by our choice.

    Raises:
        Refused: who is named takes no part.
    """
    roles = [it.role for it in dialog.participants if it.id == who]
    if not roles:
        raise Refused(404, "Participant not found")
    skill, agent = query.get("transferToSkillId"), query.get("transferToAgentId")
    hands_over = bool(skill or agent)
    is_assigned = hands_over and _ASSIGNED in roles
    role = _ASSIGNED if is_assigned else roles[0]
    fields: list[dict[str, Any]] = []
    if skill:
        fields.append({"field": "Skill", "type": "UPDATE", "skill": skill})
    if agent:
        fields.append(_change(agent, _ASSIGNED, "SUGGEST"))
    removal = _change(who, role, "REMOVE")
    return [*fields, _in_dialog(removal, conversation_id, dialog.dialog_id)]


_ASSIGNED: Final = "ASSIGNED_AGENT"


def _change(who: str, role: Any, kind: str) -> dict[str, Any]:
    return {"field": "ParticipantsChange", "userId": who, "role": role, "type": kind}


def _in_dialog(
    member: dict[str, Any], conversation_id: str, dialog_id: str
) -> dict[str, Any]:
    """Name the dialog unless it is the MAIN one."""
    if dialog_id == conversation_id:
        return member
    return {**member, "dialogId": dialog_id}
