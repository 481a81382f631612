"""Lines that are kept between calls: a TLS handshake costs more than most calls."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    from ums_actors.http.line import Line
    from ums_actors.http.origin import Origin

__all__ = ["Kept", "Way"]


class Kept:
    """Lines that rest until somebody has a call for them; any thread.

    Args:
        limit: how many rest at most; 0 keeps none.
        idle: seconds that one rests at most.
        clock: monotonic seconds.
    """

    __slots__ = ("_clock", "_closed", "_limit", "_lines", "_lock", "idle")

    def __init__(self, limit: int, idle: float, clock: Callable[[], float]) -> None:
        self.idle: float = idle
        self._limit = limit
        self._clock = clock
        self._lock = threading.Lock()
        self._lines: list[tuple[Line, float]] = []  # the last one to rest is last
        self._closed = False

    def __len__(self) -> int:
        return len(self._lines)

    def take(self, origin: Origin) -> Line | None:
        """Give a line to that service that nothing has been heard on, if there is one.

        What is there to be read before anything was asked is its end.
        """
        while True:
            with self._lock:
                line = self._pop(origin)
            if line is None or line.is_quiet():
                return line
            line.close()

    def _pop(self, origin: Origin) -> Line | None:
        now = self._clock()
        for index in range(len(self._lines) - 1, -1, -1):
            line, until = self._lines[index]
            if line.origin == origin and until > now:
                del self._lines[index]
                return line
        return None

    def give(self, line: Line, seconds: float) -> None:
        """Let a line rest for so long; it is closed if there is no room for it."""
        surplus = [line]
        with self._lock:
            if not self._closed and self._limit and seconds > 0:
                self._lines.append((line, self._clock() + seconds))
                surplus = [each for each, _ in self._lines[: -self._limit]]
                del self._lines[: -self._limit]
        for each in surplus:
            each.close()

    def prune(self) -> float | None:
        """Close those that have rested for too long; give the seconds until the next.

        None if none is left.
        """
        now = self._clock()
        with self._lock:
            over = [line for line, until in self._lines if until <= now]
            self._lines = [pair for pair in self._lines if pair[1] > now]
            left = min((until for _, until in self._lines), default=None)
        for line in over:
            line.close()
        return None if left is None else left - now

    def close(self) -> None:
        """Close all, and keep none any more; idempotent."""
        with self._lock:
            self._closed = True
            lines, self._lines = self._lines, []
        for line, _ in lines:
            line.close()


class Way(Protocol):
    """How one call goes: on which lines, and until when it may be taken back."""

    @property
    def kept(self) -> Kept:
        """Where its line comes from, and goes to."""
        ...

    def hold(self, line: Line | None) -> None:
        """Take note of its line, to shut it; None: there is none any more."""
        ...

    def may_write(self) -> bool:
        """Say whether it is still wanted; asked before each write of the call itself.

        Not before what only opens a line. Once this has said yes, the server may have
        got it.
        """
        ...
