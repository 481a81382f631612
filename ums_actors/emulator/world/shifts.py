"""The working hours of skills."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ums_actors.emulator import choices

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ums_actors.emulator.world.users import Users

__all__ = ["Shift", "Shifts"]


@dataclass(frozen=True, slots=True)
class Shift:
    """Whether a skill is on shift, and when that is to change, if it is known.

    Attributes:
        next_on: when its next shift begins, epoch milliseconds.
        next_off: when a shift of it ends next, likewise.
    """

    skill: str
    on: bool = choices.ON_SHIFT
    next_on: int | None = None
    next_off: int | None = None


class Shifts:
    """What a script has set, and for all other skills of the account what is usual.

    The emulator has no calendar: nothing changes by itself when a time comes.

    Args:
        users: whose skills there are.
    """

    def __init__(self, users: Users) -> None:
        self._users = users
        self._set: dict[str, Shift] = {}

    def set(self, shift: Shift) -> None:
        """Let a skill have these hours; one that is new is there from now on."""
        self._set[shift.skill] = shift

    def kept(self) -> list[Shift]:
        """Give what was set."""
        return list(self._set.values())

    def restore(self, shifts: Iterable[Shift]) -> None:
        """Take what :meth:`kept` gave in place of what there is."""
        self._set = {shift.skill: shift for shift in shifts}

    def all(self) -> list[Shift]:
        """Give those of all skills, by their ids."""
        skills = {choices.DEFAULT_SKILL, *self._set}
        skills.update(*(user.skills or () for user in self._users))
        return [self._set.get(skill) or Shift(skill) for skill in sorted(skills)]
