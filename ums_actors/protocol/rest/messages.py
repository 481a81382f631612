"""What is said, and what was said, by REST."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from ums_actors.errors import NotSupported
from ums_actors.protocol.enums import ContentType, EventType
from ums_actors.protocol.publishing import PUBLISH_EVENT
from ums_actors.protocol.rest.exchange import Exchange, dialog_path
from ums_actors.protocol.rest.reading import object_in, text_in

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["QUICK_REPLIES", "publish", "query"]

QUICK_REPLIES: Final = "quickReplies"
"""Where quick replies stand in a message: beside its content. The service's own name
and place are UNKNOWN; the reference cannot send them by REST."""
_QUERY: Final = {
    "maxQuantity": "limit",
    "newerThanSequence": "newerThanSequence",
    "olderThanSequence": "olderThanSequence",
}
_CONTENTS: Final = {
    ContentType.HOSTED_FILE: "HOSTED_FILE",
    ContentType.SECURE_FORM_INVITATION: "SECURE_FORM_INVITATION",
    ContentType.SECURE_FORM_SUBMISSION: "SECURE_FORM_SUBMISSION",
}


def publish(request_type: str, body: dict[str, Any], metadata: Any) -> Exchange:
    """Give the call that publishes an event.

    Raises:
        LocalProtocolError: the body is none of PublishEvent.
        NotSupported: there is no message of that kind.
    """
    conversation_id = text_in(request_type, body, "conversationId", "dialogId")
    dialog_id = text_in(request_type, body, "dialogId", "conversationId")
    event = object_in(request_type, body.get("event"), "event")
    make = _MESSAGES.get(str(event.get("type")))
    if make is None:
        raise _unknown("event", event.get("type"))
    message = make(event)
    if event.get("quickReplies") is not None:
        message[QUICK_REPLIES] = event["quickReplies"]
    if event.get("type") in _WITH_MORE:
        message["metadata"] = [] if metadata is None else metadata
        message["messageAudience"] = body.get("messageAudience") or "ALL"
    return Exchange(
        method="POST",
        path=f"{dialog_path(conversation_id, dialog_id)}/messages",
        lane=conversation_id,
        body=message,
    )


def query(request_type: str, body: dict[str, Any]) -> Exchange:
    """Give the call that asks for a dialog's events.

    The reference names the dialog in place of its conversation as well, for the
    request knows no other; so does this.

    Raises:
        LocalProtocolError: the body is none of QueryMessages.
    """
    dialog_id = text_in(request_type, body, "dialogId", "conversationId")
    wanted = {
        name: body[wire] for wire, name in _QUERY.items() if body.get(wire) is not None
    }
    path = f"{dialog_path(dialog_id, dialog_id)}/messages"
    return Exchange(
        method="GET",
        path=f"{path}?{urlencode(wanted)}" if wanted else path,
        lane=dialog_id,
    )


def _content(event: dict[str, Any]) -> dict[str, Any]:
    kind = event.get("contentType") or ContentType.PLAIN_TEXT
    if kind == ContentType.PLAIN_TEXT:
        return {"type": "PLAIN_TEXT", "content": {"text": event.get("message")}}
    name = _CONTENTS.get(kind)
    if name is None:
        raise _unknown("content", kind)
    content = object_in(PUBLISH_EVENT, event.get("message"), "message")
    return {"type": name, "content": content}


def _rich(event: dict[str, Any]) -> dict[str, Any]:
    content = object_in(PUBLISH_EVENT, event.get("content"), "content")
    return {"type": "RICH_CONTENT", "content": content}


def _acknowledgement(event: dict[str, Any]) -> dict[str, Any]:
    content = {
        "sequenceList": event.get("sequenceList"),
        "status": event.get("status"),
    }
    return {"type": "ACKNOWLEDGEMENT", "content": content}


def _chat_state(event: dict[str, Any]) -> dict[str, Any]:
    return {"type": "CHAT_STATE", "content": {"chatState": event.get("chatState")}}


_MESSAGES: Final[dict[str, Callable[[dict[str, Any]], dict[str, Any]]]] = {
    EventType.CONTENT: _content,
    EventType.RICH_CONTENT: _rich,
    EventType.ACCEPT_STATUS: _acknowledgement,
    EventType.CHAT_STATE: _chat_state,
}
_WITH_MORE: Final = frozenset({EventType.CONTENT, EventType.RICH_CONTENT})


def _unknown(what: str, kind: Any) -> NotSupported:
    return NotSupported(
        f"the REST service is not known to take the {what} {str(kind)[:80]!r}: publish "
        "it on a BrandWebsocketConnection"
    )
