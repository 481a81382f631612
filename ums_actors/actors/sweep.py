"""The one timer behind all deadlines of requests."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from ums_actors.core.pending import Pending
    from ums_actors.runtime.ports import Clock
    from ums_actors.runtime.timers import CallLater, Timer

__all__ = ["Sweep"]

_GRAIN = 0.05
"""Seconds by which a deadline may be noticed late; spares a timer per request."""


class Sweep:
    """Looks through the table when something in it is due; loop thread only.

    Args:
        pending: the table.
        clock: of the loop.
        call_later: of the actor that sweeps.
        expire: what it does then; it arms the sweep again.

    Attributes:
        covers: no deadline from this second on needs an earlier timer; infinite if
            there is no timer.
    """

    __slots__ = ("_call_later", "_clock", "_expire", "_pending", "_timer", "covers")

    def __init__(
        self,
        pending: Pending,
        clock: Clock,
        call_later: CallLater,
        expire: Callable[[], object],
    ) -> None:
        self._pending = pending
        self._clock = clock
        self._call_later = call_later
        self._expire = expire
        self._timer: Timer | None = None
        self.covers: float = math.inf

    def arm(self) -> None:
        """Set the timer for what is due next, if there is anything."""
        times = (self._pending.next_deadline(), self._pending.next_release())
        when = min((time for time in times if time is not None), default=None)
        if when is None:
            self.disarm()
            return
        now = self._clock.now()
        due = max(when, now + _GRAIN)
        if self._timer is not None:
            if self._timer.when <= due:
                return  # else frames that come and come would put it off for ever
            self._timer.cancel()
        self._timer = self._call_later(due - now, self._swept)
        self.covers = self._timer.when - _GRAIN

    def disarm(self) -> None:
        """Leave no timer behind; idempotent."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
            self.covers = math.inf

    def _swept(self) -> None:
        self._timer = None
        self.covers = math.inf
        self._expire()
