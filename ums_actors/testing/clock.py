"""Time that moves only when it is told to, and what happens in it outside the tree."""

from __future__ import annotations

import math
from collections import deque
from typing import TYPE_CHECKING

from ums_actors.runtime.timers import Timers

if TYPE_CHECKING:
    from collections.abc import Callable

    from ums_actors.runtime.timers import Timer

__all__ = ["Agenda", "VirtualClock"]

_GRAIN = 1000
"""Instants a second: what falls into one happens before the loop's next turn, so
that reads, messages and writes come in batches as they do on a busy machine."""


class VirtualClock:
    """A monotonic clock moved by hand; seconds."""

    def __init__(self, start: float = 1000.0) -> None:
        self._now = start

    def now(self) -> float:
        """Give monotonic seconds."""
        return self._now

    def move_to(self, when: float) -> None:
        """Let it be ``when``; it never goes back."""
        self._now = max(self._now, when)


class Agenda:
    """What the world does at its time: network, server, worker threads, people.

    It is no part of the loop, so that a timer the tree forgets is not mistaken for
    one of the world's. All its calls are made outside the loop's turns.
    """

    def __init__(self, clock: VirtualClock) -> None:
        self.clock = clock
        self._timers = Timers()
        self._due: deque[Timer] = deque()  # who waits in a call goes on with the rest

    def __len__(self) -> int:
        return len(self._timers) + len(self._due)

    def now(self) -> float:
        """Give monotonic seconds."""
        return self.clock.now()

    def after(self, delay: float, call: Callable[[], object]) -> Timer:
        """Make the call ``delay`` seconds from now."""
        return self.at(self.clock.now() + delay, call)

    def at(self, when: float, call: Callable[[], object]) -> Timer:
        """Make the call at that second, or a thousandth later."""
        return self._timers.add(math.ceil(when * _GRAIN) / _GRAIN, call)

    def next_at(self) -> float | None:
        """Give the time of the next call."""
        return self.clock.now() if self._due else self._timers.next_at()

    def run_due(self) -> None:
        """Make the calls whose time has come, in order; a call may do so itself."""
        self._due.extend(self._timers.due(self.clock.now()))
        while self._due:
            self._due.popleft().fire()
