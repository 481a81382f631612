"""What would follow from an exit: the session machine itself is asked."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import msgspec

from ums_actors.core.course import (
    AttemptEnded,
    DropToken,
    OpenRequested,
    Prepared,
    Restored,
    RetryDue,
    ScheduleRetry,
    SocketUp,
    State,
)
from ums_actors.core.reason import (
    ConnectFailed,
    CredentialsRejected,
    LoginFailed,
    RestoreFailed,
    TokenRefused,
    UpgradeRefused,
)
from ums_actors.core.session import Session
from ums_actors.core.verdict import Verdict  # noqa: TC001 help() reads it

if TYPE_CHECKING:
    from ums_actors.core.course import Event
    from ums_actors.core.reason import Reason
    from ums_actors.options import Options

__all__ = ["Foreseen", "foresee"]

_LEAST, _MOST = 0.0, math.nextafter(1.0, 0.0)
_PRECISION = 6


class Foreseen(msgspec.Struct, frozen=True):
    """What one exit would lead to.

    Attributes:
        verdict: on the exit.
        state: of the connection afterwards.
        least: seconds of the pause if chance makes it as short as can be; None if no
            attempt follows.
        most: the same if it makes it as long as can be.
        drops_token: whether the token is forgotten.
    """

    verdict: Verdict
    state: State
    least: float | None
    most: float | None
    drops_token: bool


def foresee(reason: Reason, options: Options, times: int = 1) -> tuple[Foreseen, ...]:
    """Say what would follow if this happened so often in a row, no line being stable.

    It is shorter than ``times`` where the connection comes to rest before.
    """
    ways = (_happen(reason, options, times, chance) for chance in (_LEAST, _MOST))
    return tuple(
        msgspec.structs.replace(least, most=most.least)
        for least, most in zip(*ways, strict=True)
    )


def _happen(
    reason: Reason, options: Options, times: int, fraction: float
) -> list[Foreseen]:
    session = Session(options)
    found: list[Foreseen] = []
    begins: list[Event] = [OpenRequested(), *[RetryDue()] * (times - 1)]
    for first in begins:
        way: tuple[Event, ...] = (first, Prepared(), SocketUp(), Restored())
        for event in way[: _steps_before(reason)]:
            session.handle(event, 0.0)
        actions = session.handle(AttemptEnded(reason, fraction), 0.0)
        delays = [each.delay for each in actions if isinstance(each, ScheduleRetry)]
        pause = round(delays[0], _PRECISION) if delays else None
        drops = any(isinstance(each, DropToken) for each in actions)
        found.append(Foreseen(session.verdict, session.state, pause, pause, drops))
        if session.state is not State.BACKING_OFF:
            break
    return found


def _steps_before(reason: Reason) -> int:
    """Give how far an attempt has come when it ends so, in steps."""
    match reason:
        case LoginFailed() | CredentialsRejected():
            return 1
        case ConnectFailed() | UpgradeRefused():
            return 2
        case RestoreFailed() | TokenRefused():
            return 3
        case _:
            return 4
