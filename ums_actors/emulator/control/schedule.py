"""The working hours that a script gives to skills."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from ums_actors.emulator.choices import MAX_SKILLS
from ums_actors.emulator.failures import EmulatorError
from ums_actors.emulator.world.shifts import Shift

if TYPE_CHECKING:
    from ums_actors.emulator.service import Service

__all__ = ["Schedule"]


class Schedule:
    """Sets who is on shift; nothing changes by itself when a time comes."""

    _service: Service

    def set_shift(
        self,
        skill: str,
        on: bool,
        *,
        next_on: int | None = None,
        next_off: int | None = None,
    ) -> list[dict[str, Any]]:
        """Let a skill be on shift or off; give the working hours of all skills.

        Args:
            skill: its id; one that nobody has is there from now on.
            on: whether it is on shift.
            next_on: when its next shift begins, epoch milliseconds.
            next_off: when a shift of it ends next, likewise.
        """
        shifts = self._service.world.shifts
        if not skill:
            raise EmulatorError("skill is empty; give the id of a skill")
        others = [it for it in shifts.kept() if it.skill != skill]
        if len(others) >= MAX_SKILLS:
            raise EmulatorError(f"there are {MAX_SKILLS} skills; use one of them")
        shifts.set(Shift(skill, on, next_on, next_off))
        return self.shifts()

    def shifts(self) -> list[dict[str, Any]]:
        """Give the working hours: ``skill``, ``on``, ``next_on``, ``next_off``."""
        return [asdict(it) for it in self._service.world.shifts.all()]
