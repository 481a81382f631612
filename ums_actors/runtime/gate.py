"""A gate that paces the attempts of many connections."""

from __future__ import annotations

import heapq
import math
import random as _random
import threading
from collections import OrderedDict
from typing import TYPE_CHECKING

from ums_actors.core.pace import Pace

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["PacedGate", "PlaceInLine"]


class PacedGate:
    """Lets so many connections a second begin an attempt, in order, with jitter.

    For processes with many connections: when a service restarts, all of them come back,
    and each attempt is a TLS handshake, perhaps a login. Give one to the runtime that
    they share: ``Runtime(gate=PacedGate(20))``. It may be shared by several runtimes. A
    lone attempt is not delayed. The place of a connection that is closed while it waits
    goes to the next one: all behind it move up, each when the one before it begins.

    Args:
        rate: attempts a second, of all connections together.
        burst: how many may begin at once after a rest.
        random: source of jitter.

    Raises:
        LocalProtocolError: a number is out of its bounds.
    """

    def __init__(
        self, rate: float, burst: int = 1, *, random: _random.Random | None = None
    ) -> None:
        self._pace = Pace(rate, burst)
        self._random = random or _random.Random()  # noqa: S311  (jitter, not secrets)
        self._lock = threading.RLock()  # loops have threads of their own
        self._line: OrderedDict[PlaceInLine, None] = OrderedDict()
        self._free: list[float] = []  # a heap of when those who left would have begun
        self._held_until = -math.inf

    def delay(self, now: float) -> float:
        """Take the next place, for good; give the seconds until it comes."""
        with self._lock:
            return self._pace.reserve(now, self._random.random())

    def line_up(self, now: float, moved: Callable[[], object]) -> PlaceInLine:
        """Take the next place in line.

        It has come already if its ``start`` is not later than ``now``. See
        :class:`~ums_actors.runtime.ports.LinedGate`.
        """
        with self._lock:
            place = PlaceInLine(self, now + self.delay(now), moved)
            if place.start > now:
                self._line[place] = None
            first = self._move_up(now)
        if first is not None and first is not place:
            first.moved()
        return place

    def hold(self, now: float, seconds: float) -> None:
        """Let nobody begin for so long whose place is not given out yet."""
        with self._lock:
            self._pace.hold(now + seconds)
            self._held_until = max(self._held_until, now + seconds)

    def _begun(self, place: PlaceInLine, now: float) -> None:
        with self._lock:
            self._line.pop(place, None)
            first = self._move_up(now)
        if first is not None:
            first.moved()

    def _left(self, place: PlaceInLine, now: float) -> None:
        with self._lock:
            if place not in self._line:
                return
            del self._line[place]
            heapq.heappush(self._free, place.start)
            first = self._move_up(now)
        if first is not None:
            first.moved()

    def _move_up(self, now: float) -> PlaceInLine | None:
        """Give the first in line the earliest place that is free; tell who moved.

        Its own is free then, for the next one, who is the first when this one begins:
        so each of many who wait is moved but once for each place that becomes free.
        """
        free, line = self._free, self._line
        while free and free[0] < max(now, self._held_until):
            heapq.heappop(free)
        while line and next(iter(line)).start < now:
            line.popitem(last=False)  # late, or its loop has ended: it needs no place
        if not free or not line:
            return None
        first = next(iter(line))
        if first.start <= free[0]:
            return None
        first.start = heapq.heapreplace(free, first.start)
        return first


class PlaceInLine:
    """A place before a gate; any thread.

    Attributes:
        start: monotonic seconds at which its attempt may begin; it may come forward.
        moved: called, on any thread, when it has.
    """

    __slots__ = ("_gate", "moved", "start")

    def __init__(
        self, gate: PacedGate, start: float, moved: Callable[[], object]
    ) -> None:
        self._gate = gate
        self.start: float = start
        self.moved: Callable[[], object] = moved

    def begin(self, now: float) -> None:
        """Take note that its attempt begins."""
        self._gate._begun(self, now)

    def leave(self, now: float) -> None:
        """Give it back: there will be no attempt; idempotent."""
        self._gate._left(self, now)
