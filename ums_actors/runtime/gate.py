"""A gate that paces the attempts of many connections."""

from __future__ import annotations

import heapq
import math
import random as _random
import threading
from typing import TYPE_CHECKING

from ums_actors.core.pace import Pace
from ums_actors.core.precedence import Precedence

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["PacedGate", "PlaceInLine"]


class PacedGate:
    """Lets so many connections a second begin an attempt, in order, with jitter.

    For processes with many connections: when a service restarts, all of them come back,
    and each attempt is a TLS handshake, perhaps a login. Give one to the runtime that
    they share: ``Runtime(gate=PacedGate(20), login_gate=PacedGate(5))``. It may be
    shared by several runtimes. A lone attempt is not delayed.

    Who connects for the first time goes before those who come back, but for every
    fifth place: that is theirs if any waits. The place of a connection that is closed
    while it waits goes to the next one: all behind it move up, each when the one
    before it begins.

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
        self._line: Precedence[PlaceInLine] = Precedence()
        self._free: list[float] = []  # a heap of when those who left would have begun
        self._held_until = -math.inf

    @property
    def waiting(self) -> int:
        """How many wait in line; any thread."""
        with self._lock:
            return len(self._line)

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
                self._line.add(place)
            first = self._move_up(now)
        if first is not None and first is not place:
            first.moved()
        return place

    def hold(self, now: float, seconds: float) -> None:
        """Let nobody begin for so long whose place is not given out yet."""
        with self._lock:
            self._pace.hold(now + seconds)
            self._held_until = max(self._held_until, now + seconds)

    def _preferred(self, place: PlaceInLine, now: float) -> None:
        with self._lock:
            if place not in self._line:
                return
            self._line.prefer(place)
            first = self._move_up(now)
        if first is not None and first is not place:
            first.moved()

    def _claimed(self, place: PlaceInLine, now: float) -> bool:
        with self._lock:
            if place not in self._line:
                return True
            other = self._first(now, place) or place
            self._line.serve(other)
            if other is not place:
                other.start, place.start = place.start, other.start
            first = self._move_up(now)
        for each in (other, first):
            if each is not None and each is not place:
                each.moved()
        return other is place

    def _begun(self, place: PlaceInLine, now: float) -> None:
        with self._lock:
            self._line.discard(place)
            first = self._move_up(now)
        if first is not None:
            first.moved()

    def _left(self, place: PlaceInLine, now: float) -> None:
        with self._lock:
            if not self._line.discard(place):
                return
            heapq.heappush(self._free, place.start)
            first = self._move_up(now)
        if first is not None:
            first.moved()

    def _first(self, now: float, asks: PlaceInLine | None) -> PlaceInLine | None:
        """Give who goes next; let go who is late, or whose loop has ended.

        Such a one needs no place; who asks is not late, he is here.
        """
        line = self._line
        while (first := line.first()) is not None and first is not asks:
            if first.start >= now:
                break
            line.discard(first)
        return first

    def _move_up(self, now: float) -> PlaceInLine | None:
        """Give the first in line the earliest place that is free; tell who moved.

        Its own is free then, for the next one, who is the first when this one begins:
        so each of many who wait is moved but once for each place that becomes free.
        """
        free, first = self._free, self._first(now, None)
        while free and free[0] < max(now, self._held_until):
            heapq.heappop(free)
        if not free or first is None or first.start <= free[0]:
            return None
        first.start = heapq.heapreplace(free, first.start)
        return first


class PlaceInLine:
    """A place before a gate; any thread.

    Attributes:
        start: monotonic seconds at which its attempt may begin; it may come forward,
            and a claim may put it back.
        moved: called, on any thread, when it has come forward.
    """

    __slots__ = ("_gate", "moved", "start")

    def __init__(
        self, gate: PacedGate, start: float, moved: Callable[[], object]
    ) -> None:
        self._gate = gate
        self.start: float = start
        self.moved: Callable[[], object] = moved

    def prefer(self, now: float) -> None:
        """Go before those who were not preferred."""
        self._gate._preferred(self, now)

    def claim(self, now: float) -> bool:
        """Tell whether its attempt may begin; else ``start`` says when to ask again."""
        return self._gate._claimed(self, now)

    def begin(self, now: float) -> None:
        """Take note that its attempt begins, whoever should go before."""
        self._gate._begun(self, now)

    def leave(self, now: float) -> None:
        """Give it back: there will be no attempt; idempotent."""
        self._gate._left(self, now)
