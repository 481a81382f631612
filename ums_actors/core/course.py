"""States, events and actions of a connection, and which event leads where."""

from __future__ import annotations

import enum
from typing import TypeAlias

import msgspec

from ums_actors.core.reason import Reason  # noqa: TC001 help() reads it

__all__ = [
    "TRANSITIONS",
    "Action",
    "AttemptEnded",
    "CloseLine",
    "CloseRequested",
    "DropToken",
    "Event",
    "Finish",
    "GaveUp",
    "OpenLine",
    "OpenRequested",
    "Prepare",
    "Prepared",
    "Proclaim",
    "Restore",
    "Restored",
    "RetryDue",
    "ScheduleRetry",
    "SocketUp",
    "State",
]


class State(enum.StrEnum):
    """Where a connection is in its life."""

    NEW = "NEW"
    AUTHENTICATING = "AUTHENTICATING"
    CONNECTING = "CONNECTING"
    RESTORING = "RESTORING"
    READY = "READY"
    BACKING_OFF = "BACKING_OFF"
    CLOSING = "CLOSING"
    CLOSED = "CLOSED"
    FAILED = "FAILED"


class _Value(msgspec.Struct, frozen=True):
    """Base of events and actions."""


class OpenRequested(_Value, frozen=True):
    """A user called ``open()``."""

    fail_fast: bool = False


class Prepared(_Value, frozen=True):
    """Token and address are there."""


class SocketUp(_Value, frozen=True):
    """The upgrade succeeded."""


class Restored(_Value, frozen=True):
    """Subscriptions and agent state are there again."""


class AttemptEnded(_Value, frozen=True):
    """An attempt failed or a line was lost; ``fraction`` in [0, 1) is the jitter."""

    reason: Reason
    fraction: float = 0.0


class RetryDue(_Value, frozen=True):
    """The pause is over, or a user is impatient."""


class CloseRequested(_Value, frozen=True):
    """A user called ``close()``."""


class GaveUp(_Value, frozen=True):
    """A restart budget is exhausted."""


Event: TypeAlias = (
    OpenRequested
    | Prepared
    | SocketUp
    | Restored
    | AttemptEnded
    | RetryDue
    | CloseRequested
    | GaveUp
)


class Prepare(_Value, frozen=True):
    """Get token and address for this generation."""

    generation: int


class OpenLine(_Value, frozen=True):
    """Open the socket of this generation."""

    generation: int


class Restore(_Value, frozen=True):
    """Make again what lived on the old line."""

    generation: int


class Proclaim(_Value, frozen=True):
    """The line is READY: answer those who wait, let queued requests go."""


class DropToken(_Value, frozen=True):
    """The token is worthless."""

    source: str


class ScheduleRetry(_Value, frozen=True):
    """Try again after a pause."""

    delay: float


class CloseLine(_Value, frozen=True):
    """Say goodbye to the peer; :class:`AttemptEnded` follows."""


class Finish(_Value, frozen=True):
    """The connection has come to rest in CLOSED or FAILED."""


Action: TypeAlias = (
    Prepare
    | OpenLine
    | Restore
    | Proclaim
    | DropToken
    | ScheduleRetry
    | CloseLine
    | Finish
)

_S = State
_TRYING = (_S.AUTHENTICATING, _S.CONNECTING, _S.RESTORING)
_RESTING = (_S.NEW, _S.CLOSED, _S.FAILED)
_ALIVE = (*_TRYING, _S.READY, _S.BACKING_OFF)

TRANSITIONS: dict[type[Event], dict[State, tuple[State, ...]]] = {
    OpenRequested: {
        **dict.fromkeys(_RESTING, (_S.AUTHENTICATING,)),
        **{state: (state,) for state in _ALIVE},
    },
    Prepared: {_S.AUTHENTICATING: (_S.CONNECTING,)},
    SocketUp: {_S.CONNECTING: (_S.RESTORING,)},
    Restored: {_S.RESTORING: (_S.READY,)},
    RetryDue: {_S.BACKING_OFF: (_S.AUTHENTICATING,)},
    AttemptEnded: {
        **dict.fromkeys((*_TRYING, _S.READY), (_S.BACKING_OFF, _S.CLOSED, _S.FAILED)),
        _S.CLOSING: (_S.CLOSED,),
    },
    CloseRequested: {
        **dict.fromkeys(_TRYING, (_S.CLOSING,)),
        _S.READY: (_S.CLOSING,),
        _S.BACKING_OFF: (_S.CLOSED,),
        _S.NEW: (_S.CLOSED,),
        **{state: (state,) for state in (_S.CLOSING, _S.CLOSED, _S.FAILED)},
    },
    GaveUp: {
        **dict.fromkeys(_ALIVE, (_S.FAILED,)),
        _S.CLOSING: (_S.CLOSED,),
        **{state: (state,) for state in (_S.CLOSED, _S.FAILED, _S.NEW)},
    },
}
"""Event → state → the states it may lead to; an absent key is a caller's error."""
