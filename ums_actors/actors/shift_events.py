"""What subscribers hear of the working hours of skills."""

from __future__ import annotations

from ums_actors.actors.events import Event
from ums_actors.actors.traffic_events import Tap
from ums_actors.protocol.shifts import SkillShift  # noqa: TC001 help() reads it

__all__ = [
    "ShiftStatusFailed",
    "ShiftStatusReceived",
    "SkillEnteredOffHours",
    "SkillEnteredWorkHours",
]


class SkillEnteredWorkHours(Event, frozen=True, kw_only=True):
    """A skill that was off has its working hours now: told once for each change.

    The first answer about a skill is no change.

    Attributes:
        shift: the skill's record as it came.
    """

    shift: SkillShift

    @property
    def skill_id(self) -> str:
        """Which skill."""
        return self.shift.skill_id


class SkillEnteredOffHours(Event, frozen=True, kw_only=True):
    """A skill that was on shift is off now: told once for each change.

    The first answer about a skill is no change.

    Attributes:
        shift: the skill's record as it came.
    """

    shift: SkillShift

    @property
    def skill_id(self) -> str:
        """Which skill."""
        return self.shift.skill_id


class ShiftStatusReceived(Tap, frozen=True, kw_only=True):
    """This connection asked for the shift status, by a poll or not, and was answered.

    Attributes:
        shifts: one record for each skill.
        at: monotonic seconds.
        seconds: since the question; a token may have had to be fetched for it.
    """

    shifts: tuple[SkillShift, ...]
    at: float
    seconds: float


class ShiftStatusFailed(Tap, frozen=True, kw_only=True):
    """This connection asked for the shift status in vain; each time, not each series.

    Attributes:
        error: why.
        at: monotonic seconds.
        seconds: since the question.
    """

    error: BaseException
    at: float
    seconds: float
