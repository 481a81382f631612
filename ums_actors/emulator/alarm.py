"""Wakes routing when something falls due."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ums_actors.emulator.world.world import World

__all__ = ["Alarm"]


class Alarm:
    """The one timer of a world's router; belongs to the loop that serves it."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._due = 0
        self._timer: asyncio.TimerHandle | None = None
        world.router.rescheduled = self.set

    def set(self) -> None:
        """See to it that the router is woken when it is due."""
        due = self._world.router.next_due()
        if due is None or (self._timer is not None and self._due <= due):
            return  # a timer that is too early finds nothing and is set again
        self.cancel()
        self._due = due
        seconds = max(due - self._world.now() + 1, 0) / 1000
        self._timer = asyncio.get_running_loop().call_later(seconds, self._wake)

    def cancel(self) -> None:
        """Wake nobody until it is set again."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _wake(self) -> None:
        self._timer = None
        try:
            self._world.router.expire(self._world.now())
        finally:
            self.set()
