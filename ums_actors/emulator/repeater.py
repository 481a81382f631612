"""Announces waiting rings again and again, as long as a fault says so."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ums_actors.emulator.faults.faults import Fault, Faults
    from ums_actors.emulator.world.world import World

__all__ = ["Repeater"]

_FAULT = "repeat-rings"


class Repeater:
    """One timer for each fault ``repeat-rings``; belongs to the loop that serves.

    Args:
        world: whose rings are repeated.
        faults: all that there are.
    """

    def __init__(self, world: World, faults: Faults) -> None:
        self._world = world
        self._faults = faults
        self._timers: dict[Fault, asyncio.TimerHandle] = {}

    def set(self) -> None:
        """See to it that every such fault, and no other, has its timer."""
        standing = [it for it in self._faults if it.name == _FAULT]
        for fault in self._timers.keys() - set(standing):
            self._timers.pop(fault).cancel()
        for fault in standing:
            if fault not in self._timers:
                self._wait(fault)

    def cancel(self) -> None:
        """Repeat nothing until it is set again."""
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()

    def _wait(self, fault: Fault) -> None:
        loop = asyncio.get_running_loop()
        self._timers[fault] = loop.call_later(fault.setting, self._repeat, fault)

    def _repeat(self, fault: Fault) -> None:
        del self._timers[fault]
        user = None
        if fault.user is not None:
            user = self._world.users.by_name.get(fault.user)
        agent = None if user is None else user.old_id
        is_for_agents = fault.user is None or agent is not None
        if is_for_agents and self._world.router.repeat_rings(agent):
            self._faults.strike(_FAULT, fault.user, lambda it: it is fault)
        self.set()
