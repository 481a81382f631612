"""Every fault by its name: what it does, what its value may be."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec

from ums_actors.emulator.failures import EmulatorError
from ums_actors.emulator.faults.values import (
    MALFORMED_FRAMES,
    Call,
    Closing,
    Delay,
    Frames,
    Reader,
    Rejection,
    Types,
    nothing,
    number,
    one_of,
    seconds,
)

__all__ = ["CALLS", "KINDS", "Kind", "kind_of"]

MAX_SHOWN: Final = 80
"""Characters of a wrong value that its refusal repeats."""
_FRAMES: Final = '"response", "notification", or a type of request or notification'
_TYPES: Final = "a request type or a list of them; none means every type"
_CALL: Final = (
    'a status (200 to 599; 0 never answers), or {"status"?, "delay"? (seconds), "body"?'
    ' ("wrong": JSON without what is needed, "nonsense": no JSON, "error": an error'
    " in a 200)}"
)


@dataclass(frozen=True, slots=True)
class Kind:
    """One fault that there is.

    Attributes:
        does: what goes wrong, and what counts as one strike.
        takes: what its value may be, in words.
        default: the value if none is given.
        read: gives what the value means; raises ValueError on a wrong one.
        of_user: whether it can be for one user alone.
    """

    name: str
    does: str
    takes: str
    default: Any
    read: Reader = field(repr=False)
    of_user: bool = True

    def setting(self, value: Any) -> Any:
        """Give what a value means.

        Raises:
            EmulatorError: it is none for this fault.
        """
        try:
            return self.read(value)
        except (ValueError, msgspec.ValidationError):
            shown = json.dumps(value, default=str, ensure_ascii=False)[:MAX_SHOWN]
            raise EmulatorError(
                f"{shown} is no value for the fault {self.name}: it takes "
                f"{self.takes}; the faults are {', '.join(KINDS)}"
            ) from None


def kind_of(name: str) -> Kind:
    """Find a fault by its name.

    Raises:
        EmulatorError: there is none.
    """
    if (kind := KINDS.get(name)) is None:
        raise EmulatorError(
            f"there is no fault {name[:MAX_SHOWN]!r}; the faults are {', '.join(KINDS)}"
        )
    return kind


def _call(name: str, what: str, default: int, *, of_user: bool = True) -> Kind:
    does = f"{what} fails, is late, or is answered with something of no use."
    return Kind(name, does, _CALL, default, Call.of, of_user)


CALLS: Final = (
    _call("csds", "A look-up of domains", 503, of_user=False),
    _call("login", "A login", 500),
    _call("refresh", "A refresh of a token", 401),
    _call("idp", "A call of the identity provider", 500),
    _call("shift-status", "A question for the working hours of skills", 503),
    _call("msgstatistics", "A question for message statistics", 503),
    _call("handshake", "A websocket's handshake", 502),
)
_REQUESTS: Final = (
    Kind(
        "delay",
        "A response waits.",
        'seconds (0 to 3600), or {"seconds", "types"? (request types)}',
        1.0,
        Delay.of,
    ),
    Kind(
        "drop",
        "A request is carried out, and its response never written.",
        _TYPES,
        None,
        Types.of,
    ),
    Kind(
        "reject",
        "A request is refused and not carried out.",
        '{"code" (400 to 599), "type"? (a request type or a list), "text"?, '
        '"retry_after"? (seconds; REST calls are told them)}',
        {"code": 400},
        Rejection.of,
    ),
    Kind(
        "too-many",
        "A request beyond that many unanswered ones of its socket is refused with 429.",
        "a number of requests from 0 on",
        1,
        number(0),
    ),
    Kind(
        "process-then-disconnect",
        "A request is carried out; then TCP is reset, and its response never leaves.",
        _TYPES,
        None,
        Types.of,
    ),
    Kind(
        "init",
        "An InitConnection is not carried out.",
        '"refused" (with 401) or "unanswered"',
        "refused",
        one_of("refused", "unanswered"),
    ),
)
_WRITTEN: Final = (
    Kind("duplicate", "A frame is written twice.", _FRAMES, "notification", Frames.of),
    Kind(
        "reorder",
        "Two consecutive changes of conversations change places; a change waits at "
        "most a second for the next.",
        "nothing",
        None,
        nothing,
    ),
    Kind(
        "omit-last-content",
        "A change lacks its lastContentEventNotification.",
        "nothing",
        None,
        nothing,
    ),
    Kind(
        "malformed",
        "A notification is preceded by a frame that is no JSON or not of UMS.",
        f"one of {', '.join(MALFORMED_FRAMES)}",
        "text",
        one_of(*MALFORMED_FRAMES),
    ),
    Kind(
        "unknown-enum",
        "A change has a participant of an unknown role, or an unknown state or stage.",
        '"role", "state" or "stage"',
        "role",
        one_of("role", "state", "stage"),
    ),
    Kind(
        "unknown-field",
        "A frame has fields that nobody knows, at every level.",
        _FRAMES,
        "notification",
        Frames.of,
    ),
    Kind(
        "single-element",
        "A frame has its lists of one element as the bare element.",
        _FRAMES,
        "notification",
        Frames.of,
    ),
    Kind(
        "repeat-rings",
        "All rings that wait are announced again; a round without any is no strike.",
        "seconds between the rounds (0.01 to 3600)",
        1.0,
        seconds(0.01),
    ),
)
_SOCKETS: Final = (
    Kind("mute-pings", "A ping gets no pong.", "nothing", None, nothing),
    Kind(
        "half-open",
        "A socket stays up and does nothing any more, from its next request on.",
        "how many requests it still answers",
        0,
        number(0),
    ),
    Kind(
        "close",
        "A socket is closed in place of carrying out its next request.",
        '{"code" (1000 to 4999, or 0: TCP is reset without a close frame), "after"? '
        '(how many such requests it still answers), "on"? (a request type or a list)}',
        {"code": 1011},
        Closing.of,
    ),
)
_POSTED: Final = (
    Kind(
        "webhook",
        "A notification is not posted to a webhook, is posted twice, or after the next "
        "one (which it waits a second for).",
        '"lost", "twice" or "late"',
        "twice",
        one_of("lost", "twice", "late"),
        of_user=False,
    ),
)
KINDS: Final = {
    kind.name: kind for kind in (*_REQUESTS, *_WRITTEN, *_SOCKETS, *_POSTED, *CALLS)
}
