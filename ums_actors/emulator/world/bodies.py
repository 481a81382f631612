"""Which bodies of events may be published, each in the form that UMS uses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ums_actors.emulator import choices
from ums_actors.emulator.failures import Refused
from ums_actors.emulator.values import as_id, as_list, as_object, json_length

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["checked_body"]


def checked_body(event: Any) -> dict[str, Any]:
    """Give the event as it will be told; unknown parts are told as they came.

    Raises:
        Refused: it is no event that UMS knows, a part is missing, or it is too long.
    """
    known = as_object(event)
    if known is None:
        raise Refused(400, "The event is missing")
    check = _CHECKS.get(str(known.get("type")))
    if check is None:
        raise Refused(400, "Unknown event type")
    return check(known)


def _content(event: dict[str, Any]) -> dict[str, Any]:
    kind = event.get("contentType") or "text/plain"
    check = _CONTENTS.get(str(kind))
    if check is None:
        raise Refused(400, "Unknown contentType")
    if not event.get("message"):
        raise Refused(400, "A ContentEvent needs a message")
    check(event["message"])
    return _with_replies({**event, "contentType": kind})


def _rich_content(event: dict[str, Any]) -> dict[str, Any]:
    content = as_object(event.get("content"))
    if not content:
        raise Refused(400, "A RichContentEvent needs content")
    _require_short("Rich content", json_length(content), choices.MAX_RICH_LENGTH)
    return _with_replies(event)


def _accept_status(event: dict[str, Any]) -> dict[str, Any]:
    sequences = as_list(event.get("sequenceList"))
    if str(event.get("status")) not in choices.ACCEPT_STATUSES:
        raise Refused(400, "An AcceptStatusEvent needs a status")
    if not sequences or not all(type(it) is int and it >= 0 for it in sequences):
        raise Refused(400, "An AcceptStatusEvent needs a sequenceList")
    return {**event, "sequenceList": sequences}


def _chat_state(event: dict[str, Any]) -> dict[str, Any]:
    if str(event.get("chatState")) not in choices.CHAT_STATES:
        raise Refused(400, "A ChatStateEvent needs a chatState")
    return event


# -- contents by their type


def _text(message: Any) -> None:
    if not isinstance(message, str):
        raise Refused(400, "The message of text/plain is no text")
    _require_short("The message", len(message), choices.MAX_TEXT_LENGTH)


def _hosted_file(message: Any) -> None:
    parts = _parts("hosted/file", message, "relativePath", "fileType")
    caption, preview = parts.get("caption") or "", parts.get("preview") or ""
    if not isinstance(caption, str):
        raise Refused(400, "The caption of a file is no text")
    _require_short("The caption", len(caption), choices.MAX_TEXT_LENGTH)
    _require_short("The preview", json_length(preview), choices.MAX_PREVIEW_LENGTH)


def _secure_invitation(message: Any) -> None:
    kind = "forms/secure-invitation"
    parts = _parts(kind, message, "invitationId", "title")
    if as_id(parts.get("formId")) is None:  # clients send a number
        raise Refused(400, f"The message of {kind} needs a formId")


def _secure_submission(message: Any) -> None:
    _parts("forms/secure-submission", message, "submissionId", "invitationId")


def _parts(kind: str, message: Any, *names: str) -> dict[str, Any]:
    parts = as_object(message)
    if parts is None:
        raise Refused(400, f"The message of {kind} is no object")
    for name in names:
        if not isinstance(parts.get(name), str) or not parts[name]:
            raise Refused(400, f"The message of {kind} needs a {name}")
    _require_short(
        "The message",
        json_length({**parts, "preview": None}),
        choices.MAX_RICH_LENGTH,
    )
    return parts


def _with_replies(event: dict[str, Any]) -> dict[str, Any]:
    if event.get("quickReplies") is None:
        return event
    told = as_object(event["quickReplies"])
    replies = as_list(told.get("replies")) if told is not None else []
    if told is None or not replies:
        raise Refused(400, "The quickReplies need replies")
    if not all(as_object(reply) for reply in replies):
        raise Refused(400, "A quick reply is no object")
    _require_short("The quickReplies", json_length(told), choices.MAX_RICH_LENGTH)
    return {**event, "quickReplies": {**told, "replies": replies}}


def _require_short(what: str, length: int, most: int) -> None:
    if length > most:
        raise Refused(400, f"{what} is longer than {most:,} characters")


_CHECKS: Final[dict[str, Callable[[dict[str, Any]], dict[str, Any]]]] = {
    "ContentEvent": _content,
    "RichContentEvent": _rich_content,
    "AcceptStatusEvent": _accept_status,
    "ChatStateEvent": _chat_state,
}
_CONTENTS: Final[dict[str, Callable[[Any], None]]] = {
    "text/plain": _text,
    "hosted/file": _hosted_file,
    "forms/secure-invitation": _secure_invitation,
    "forms/secure-submission": _secure_submission,
}
