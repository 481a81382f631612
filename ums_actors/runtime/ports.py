"""What a runtime can be given from outside: time, chance, names, gate, observer."""

from __future__ import annotations

import logging
import time
import uuid
from typing import TYPE_CHECKING, Any, Final, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = [
    "BootClock",
    "Clock",
    "Gate",
    "HoldingGate",
    "LinedGate",
    "LogObserver",
    "Observer",
    "OpenGate",
    "Place",
    "RankedPlace",
    "RequestLimits",
    "SystemClock",
    "Tenure",
    "ids",
]


class Clock(Protocol):
    """A source of time."""

    def now(self) -> float:
        """Give monotonic seconds."""
        ...


class SystemClock:
    """The machine's monotonic clock."""

    if TYPE_CHECKING:

        def now(self) -> float:
            """Give monotonic seconds."""
            ...

    else:
        now = staticmethod(time.monotonic)


_BOOT: Final[int | None] = getattr(time, "CLOCK_BOOTTIME", None)


class BootClock:
    """The machine's clock that goes on while it is suspended, where it has one.

    Else it is the monotonic one, which stands still then on some systems.
    """

    def now(self) -> float:
        """Give seconds that never go back."""
        return time.monotonic() if _BOOT is None else time.clock_gettime(_BOOT)


class Tenure(Protocol):
    """Says whether this process still owns the agents of a runtime.

    An ownership that ends and begins again has another epoch: what was begun in one
    is not gone on with in the next. The tenure has a clock of its own, since that of a
    runtime may stand still while the machine is suspended.

    Between the question and the write that it allows there is a moment in which a
    process can be frozen. What it was about to write then goes out when it goes on:
    the bytes of one system call, in a window of microseconds. The margin by which the
    next owner begins later is for one that is merely slow; no wider promise is made.

    What else may still go out: what the kernel was given before (it goes on to send
    while the process is frozen, and drops the rest when the line is shut), one step of
    a TLS handshake under way, and a call of a user's own token source.
    """

    @property
    def epoch(self) -> int:
        """The epoch of the ownership that runs; 0 if none does; any thread."""
        ...

    def may_send(self, epoch: int) -> bool:
        """Tell, by time alone and at once, whether that ownership runs; any thread."""
        ...

    def at_end(self, epoch: int, key: object, function: Callable[[], object]) -> None:
        """Have ``function`` called when that ownership ends, at once if it has.

        It is called once, on any thread, and must not block. Any thread.
        """
        ...

    def not_at_end(self, key: object) -> None:
        """Forget what was asked for under ``key``; any thread, idempotent."""
        ...


class Gate(Protocol):
    """Decides when a connection may start its next attempt."""

    def delay(self, now: float) -> float:
        """Give the seconds to wait before an attempt; called on a loop thread."""
        ...


@runtime_checkable
class HoldingGate(Protocol):
    """A gate that is told when the login service wants to be left alone."""

    def delay(self, now: float) -> float:
        """Give the seconds to wait before an attempt; called on a loop thread."""
        ...

    def hold(self, now: float, seconds: float) -> None:
        """Let nobody log in for so long; called on a loop thread.

        The connection whose login was refused waits by itself. A gate that paces the
        logins of many connections lets the others wait as well.
        """
        ...


class Place(Protocol):
    """A place in the line before a gate; any thread.

    Attributes:
        start: monotonic seconds at which its attempt may begin; it may come forward.
    """

    start: float

    def begin(self, now: float) -> None:
        """Take note that its attempt begins."""
        ...

    def leave(self, now: float) -> None:
        """Give it back: there will be no attempt; idempotent."""
        ...


@runtime_checkable
class RankedPlace(Place, Protocol):
    """A place in a line in which some go before others.

    A gate of one's own need not know of it: where ``line_up`` gives a plain
    :class:`Place`, all are served in the order in which they came.
    """

    def prefer(self, now: float) -> None:
        """Go before those who were not preferred; called once, after lining up."""
        ...

    def claim(self, now: float) -> bool:
        """Ask, once ``start`` has come, whether the attempt may begin; then it does.

        False: somebody goes before. The two have swapped their places, ``start`` says
        when to ask again.
        """
        ...


@runtime_checkable
class LinedGate(Protocol):
    """A gate with a line, in which those behind move up when somebody leaves it.

    It may rank those who wait by giving each a :class:`RankedPlace`.
    """

    def delay(self, now: float) -> float:
        """Give the seconds to wait before an attempt; called on a loop thread."""
        ...

    def line_up(self, now: float, moved: Callable[[], object]) -> Place:
        """Take the next place in line; called on a loop thread.

        Args:
            now: monotonic seconds.
            moved: called on any thread when the place has come forward.
        """
        ...


class RequestLimits(Protocol):
    """Bounds of what all connections of a runtime may have waiting together."""

    @property
    def requests(self) -> int:
        """How many requests may wait for a line or for their answer."""
        ...

    @property
    def request_bytes(self) -> int:
        """How many bytes their payloads may have."""
        ...


class OpenGate:
    """Lets every attempt through at once."""

    def delay(self, now: float) -> float:  # noqa: ARG002
        """Give 0."""
        return 0.0


class Observer(Protocol):
    """Hears what happens; called on loop threads, so it must not block or raise."""

    def observe(self, event: str, level: int, fields: dict[str, Any]) -> None:
        """Take one event: a constant name, a logging level and safe fields."""
        ...


class LogObserver:
    """Writes events to the standard logger of this package."""

    def __init__(self, logger: logging.Logger | None = None) -> None:
        self._logger = logger or logging.getLogger("ums_actors")
        if not self._logger.handlers:
            self._logger.addHandler(logging.NullHandler())

    def observe(self, event: str, level: int, fields: dict[str, Any]) -> None:
        """Log the event's name; its fields ride in ``extra``, prefixed ``ums_``."""
        if self._logger.isEnabledFor(level):
            error = fields.get("error")
            self._logger.log(
                level,
                event,
                extra={f"ums_{key}": value for key, value in fields.items()},
                exc_info=error if isinstance(error, BaseException) else None,
            )


def ids() -> str:
    """Give a new random identifier."""
    return uuid.uuid4().hex
