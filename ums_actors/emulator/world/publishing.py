"""Which events may be published."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ums_actors.emulator.choices import ACCEPT_STATUSES, CHAT_STATES
from ums_actors.emulator.failures import Refused
from ums_actors.emulator.values import as_list, as_object

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["checked_event"]


def checked_event(event: Any) -> dict[str, Any]:
    """Give the event as it will be told, in the form that UMS uses.

    Raises:
        Refused: it is no event that UMS knows, or a part is missing.
    """
    known = as_object(event)
    if known is None:
        raise Refused(400, "The event is missing")
    check = _CHECKS.get(str(known.get("type")))
    if check is None:
        raise Refused(400, "Unknown event type")
    return check(known)


def _content(event: dict[str, Any]) -> dict[str, Any]:
    if not event.get("message"):
        raise Refused(400, "A ContentEvent needs a message")
    return {"contentType": "text/plain", **event}


def _rich_content(event: dict[str, Any]) -> dict[str, Any]:
    if not event.get("content"):
        raise Refused(400, "A RichContentEvent needs content")
    return event


def _accept_status(event: dict[str, Any]) -> dict[str, Any]:
    sequences = as_list(event.get("sequenceList"))
    if str(event.get("status")) not in ACCEPT_STATUSES:
        raise Refused(400, "An AcceptStatusEvent needs a status")
    if not sequences or not all(type(number) is int for number in sequences):
        raise Refused(400, "An AcceptStatusEvent needs a sequenceList")
    return {**event, "sequenceList": sequences}


def _chat_state(event: dict[str, Any]) -> dict[str, Any]:
    if str(event.get("chatState")) not in CHAT_STATES:
        raise Refused(400, "A ChatStateEvent needs a chatState")
    return event


_CHECKS: Final[dict[str, Callable[[dict[str, Any]], dict[str, Any]]]] = {
    "ContentEvent": _content,
    "RichContentEvent": _rich_content,
    "AcceptStatusEvent": _accept_status,
    "ChatStateEvent": _chat_state,
}
