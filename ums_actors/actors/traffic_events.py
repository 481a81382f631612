"""What subscribers hear of the traffic itself: notifications, requests, responses."""

from __future__ import annotations

from typing import Any

from ums_actors.actors.events import Event

__all__ = ["NotificationReceived", "RequestSent", "ResponseReceived", "Tap"]


class NotificationReceived(Event, frozen=True, kw_only=True):
    """Any notification frame, as it came."""

    type: str
    body: Any


class Tap(Event, frozen=True, kw_only=True):
    """Base of events about the traffic itself, and of how long things take.

    They are heard by those alone who name their class when they subscribe: a handler
    of all events that sends something would hear of that, and so on for ever. Nobody
    who does not name them pays for them.
    """


class RequestSent(Tap, frozen=True, kw_only=True):
    """A request was written; again if it is sent again on a later line.

    Headers are left out, for they may hold a token.

    Attributes:
        at: monotonic seconds.
    """

    request_id: str
    type: str
    body: Any
    metadata: Any
    at: float


class ResponseReceived(Tap, frozen=True, kw_only=True):
    """A request was answered.

    Attributes:
        type: of the request.
        response_type: of the answer.
        code: as of HTTP; 400 and more mean no.
        body: None where it would let its reader in: addresses and keys of files.
        at: monotonic seconds.
        seconds: since the request was written; None if nobody listened then.
    """

    request_id: str
    type: str
    response_type: str
    code: int
    body: Any
    at: float
    seconds: float | None = None
