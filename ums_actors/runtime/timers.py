"""Timers of a loop: a heap whose cancelled entries are thrown out when many."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable
from typing import TypeAlias

__all__ = ["CallLater", "Timer", "Timers"]

CallLater: TypeAlias = Callable[[float, Callable[[], object]], "Timer"]
"""Calls a function in so many seconds."""

_COMPACT_ABOVE = 64


class Timer:
    """One callback at one time; loop thread only."""

    __slots__ = ("_owner", "callback", "order", "when")

    def __init__(
        self, when: float, order: int, callback: Callable[[], object], owner: Timers
    ) -> None:
        self.when: float = when
        self.order: int = order
        self.callback: Callable[[], object] | None = callback
        self._owner: Timers | None = owner

    def __lt__(self, other: Timer) -> bool:
        return (self.when, self.order) < (other.when, other.order)

    def cancel(self) -> None:
        """Never call back; idempotent."""
        if self.callback is not None:
            self.callback = None
            if self._owner is not None:
                self._owner.cancelled()

    def taken(self) -> None:
        """Note that it is out of the heap, about to be fired."""
        self._owner = None

    def fire(self) -> None:
        """Call back, unless it has been cancelled since it was due."""
        callback, self.callback = self.callback, None
        if callback is not None:
            callback()


class Timers:
    """All timers of one loop."""

    def __init__(self) -> None:
        self._heap: list[Timer] = []
        self._order = itertools.count()
        self._dead = 0

    def __len__(self) -> int:
        return len(self._heap) - self._dead

    def add(self, when: float, callback: Callable[[], object]) -> Timer:
        """Call ``callback`` at ``when`` (monotonic seconds)."""
        timer = Timer(when, next(self._order), callback, self)
        heapq.heappush(self._heap, timer)
        return timer

    def cancelled(self) -> None:
        """Note that one entry is dead."""
        self._dead += 1
        if self._dead > _COMPACT_ABOVE and self._dead * 2 > len(self._heap):
            self._heap = [timer for timer in self._heap if timer.callback is not None]
            heapq.heapify(self._heap)
            self._dead = 0

    def next_at(self) -> float | None:
        """Give the time of the first live timer."""
        heap = self._heap
        while heap and heap[0].callback is None:
            heapq.heappop(heap)
            self._dead -= 1
        return heap[0].when if heap else None

    def due(self, now: float) -> list[Timer]:
        """Take out the timers whose time has come, in order; the caller fires them."""
        found: list[Timer] = []
        while (when := self.next_at()) is not None and when <= now:
            timer = heapq.heappop(self._heap)
            timer.taken()
            found.append(timer)
        return found
