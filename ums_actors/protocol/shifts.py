"""The working hours of skills, as the service tells of them.

The public Shift Status API documents the record; UMS.md 12.6 has where the reference
asks for it.
"""

from __future__ import annotations

import time
from typing import Any, TypeGuard

from msgspec import Struct

from ums_actors.errors import LocalProtocolError, RemoteProtocolError
from ums_actors.protocol.lenient import fit_many, one_or_many

__all__ = ["SkillShift", "given_shifts", "read_shifts"]


class SkillShift(Struct, frozen=True, rename="camel", gc=False):
    """Whether one skill had its working hours when the service was asked.

    Attributes:
        skill_id: which skill.
        on_shift: whether it had them then; of a skill without hours of its own, the
            account.
        next_on: when its next shift begins, milliseconds since 1970; None if the
            service names no time, as of a skill that is always there.
        next_off: when a shift ends next, likewise.
    """

    skill_id: str
    on_shift: bool
    next_on: int | None = None
    next_off: int | None = None

    def is_in_off_hours(self, at: int | None = None) -> bool:
        """Tell whether the skill is off: as it was told, and as it goes on from there.

        A shift that was to begin or to end since then has: the answer is right also
        between two polls, or while the service cannot be asked. Any thread.

        Args:
            at: milliseconds since 1970; now, by this machine's clock, if not given.
        """
        now = int(time.time() * 1_000) if at is None else at
        begins, ends = _past(self.next_on, now), _past(self.next_off, now)
        if begins is None and ends is None:
            return not self.on_shift
        if begins is None or ends is None:
            return begins is None
        return ends > begins


class _Told(Struct, frozen=True, rename="camel", gc=False):
    """The same as it comes."""

    skill_id: str = ""
    on_shift: bool | None = None
    next_on: int | None = None
    next_off: int | None = None


def _past(moment: int | None, now: int) -> int | None:
    return moment if moment is not None and moment <= now else None


def _read(values: list[Any]) -> list[SkillShift]:
    """Read records; one without a skill, or without a word on it, says nothing."""
    return [
        SkillShift(each.skill_id, each.on_shift, each.next_on, each.next_off)
        for each in fit_many(values, _Told)
        if each.skill_id and each.on_shift is not None
    ]


def _latest(shifts: list[SkillShift]) -> tuple[SkillShift, ...]:
    return tuple({each.skill_id: each for each in shifts}.values())


def read_shifts(value: Any) -> tuple[SkillShift, ...]:
    """Read the decoded answer of the service; of a skill told twice the last counts.

    Raises:
        RemoteProtocolError: it is no list of records, nor one.
    """
    told = one_or_many(value)
    found = _read(told)
    if value is None or (told and not found):
        raise RemoteProtocolError("the service's shift status is no list of skills")
    return _latest(found)


def given_shifts(records: Any) -> tuple[SkillShift, ...]:
    """Take what a user has from elsewhere: records of the service, or SkillShifts.

    Raises:
        LocalProtocolError: it is something else.
    """
    several = list(records) if _is_tuple(records) else one_or_many(records)
    found: list[SkillShift] = []
    for each in several if records is not None else [None]:
        if isinstance(each, SkillShift):
            shifts = [each] if each.skill_id else []
        else:
            shifts = _read([each])
        if not shifts:
            raise LocalProtocolError(
                f"records has a {type(each).__name__} that is no shift of a skill: "
                'give objects of the service, such as {"skillId": "17", "onShift": '
                "true}, or SkillShift(…)"
            )
        found += shifts
    return _latest(found)


def _is_tuple(value: Any) -> TypeGuard[tuple[Any, ...]]:
    return isinstance(value, tuple)
