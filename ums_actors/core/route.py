"""The way of one call to the shard that has the agent: ``handle(event, now)``.

What is asked of a shard that has not been heard of lately is first whether it is
there: that carries nothing out, so that a failure is NOT_SENT, and is tried again.
Once the call itself is on its way nobody knows whether it was carried out, unless the
shard says so: it is never sent twice.
"""

from __future__ import annotations

import enum
from typing import Any, TypeAlias

import msgspec

from ums_actors.errors import Delivery

__all__ = [
    "Action",
    "Answered",
    "Begun",
    "Broke",
    "Due",
    "Event",
    "Fail",
    "Failure",
    "Find",
    "Found",
    "Give",
    "Greet",
    "Greeted",
    "Moved",
    "NotFound",
    "Pause",
    "Route",
    "Send",
    "Stage",
]

FIRST_PAUSE = 0.02
LONGEST_PAUSE = 0.5
"""Seconds between two looks for a shard that is not there."""


class Stage(enum.StrEnum):
    """How far a call has come."""

    NEW = "NEW"
    FINDING = "FINDING"
    GREETING = "GREETING"
    PAUSING = "PAUSING"
    SENT = "SENT"
    """It may have been carried out."""
    DONE = "DONE"


class Failure(enum.StrEnum):
    """Why there is no answer."""

    LATE = "LATE"
    """The deadline has come."""
    BROKEN = "BROKEN"
    """The shard, or the way to it, ended while the call was on it."""


# -- events


class Begun(msgspec.Struct, frozen=True):
    """The call is there; ``known`` if its shard was heard of a moment ago."""

    known: bool


class Found(msgspec.Struct, frozen=True):
    """The shard's actor has been found by its name."""


class NotFound(msgspec.Struct, frozen=True):
    """There is no actor of that name, for now."""


class Greeted(msgspec.Struct, frozen=True):
    """The shard is there, and has its agents."""


class Moved(msgspec.Struct, frozen=True):
    """The shard does not have its agents; ``why`` in a word. Nothing was done."""

    why: str


class Broke(msgspec.Struct, frozen=True):
    """The shard did not answer, and will not."""

    why: str


class Answered(msgspec.Struct, frozen=True):
    """The shard has carried the call out; what came of it."""

    value: Any


class Due(msgspec.Struct, frozen=True):
    """A pause is over, or the deadline has come."""


_Unanswered: TypeAlias = Begun | Found | NotFound | Greeted | Moved | Broke | Due
Event: TypeAlias = _Unanswered | Answered

# -- actions


class Find(msgspec.Struct, frozen=True):
    """Look the shard's actor up by its name."""


class Greet(msgspec.Struct, frozen=True):
    """Ask the shard whether it is there."""


class Send(msgspec.Struct, frozen=True):
    """Send the call."""


class Pause(msgspec.Struct, frozen=True):
    """Tell :class:`Due` at this time."""

    until: float


class Give(msgspec.Struct, frozen=True):
    """Give the caller this."""

    value: Any


class Fail(msgspec.Struct, frozen=True):
    """Give the caller an error."""

    failure: Failure
    delivery: Delivery
    why: str


Action: TypeAlias = Find | Greet | Send | Pause | Give | Fail


class Route:
    """One call.

    Args:
        deadline: monotonic seconds at which its caller gives up.

    Attributes:
        stage: how far it has come.
    """

    __slots__ = ("_deadline", "_pause", "_why", "stage")

    def __init__(self, deadline: float) -> None:
        self.stage: Stage = Stage.NEW
        self._deadline = deadline
        self._pause = FIRST_PAUSE
        self._why = "it was not found"

    def handle(self, event: Event, now: float) -> list[Action]:
        """Take an event and give what is to be done, in order."""
        if self.stage is Stage.DONE:
            return []
        if isinstance(event, Answered):
            return self._end(Give(event.value))
        if now >= self._deadline:
            return self._end(Fail(Failure.LATE, self._delivery, self._why))
        if self.stage is Stage.SENT:
            return self._sent(event, now)
        return self._before(event, now)

    @property
    def _delivery(self) -> Delivery:
        sent = self.stage is Stage.SENT
        return Delivery.UNKNOWN if sent else Delivery.NOT_SENT

    def _before(self, event: _Unanswered, now: float) -> list[Action]:
        """Find a shard that has its agents; nothing is carried out here."""
        match event:
            case Begun(known=True) | Greeted():
                self.stage = Stage.SENT
                self._why = "it has not answered"
                return [Send(), Pause(self._deadline)]
            case Begun():
                return self._find()
            case Due():
                return self._find() if self.stage is Stage.PAUSING else []
            case Found():
                self.stage = Stage.GREETING
                return [Greet(), Pause(self._deadline)]
            case NotFound():
                return self._wait("there is no such actor, for now", now)
            case _:
                return self._wait(event.why, now)

    def _sent(self, event: _Unanswered, now: float) -> list[Action]:
        match event:
            case Moved():
                return self._wait(event.why, now)
            case Broke():
                return self._end(Fail(Failure.BROKEN, Delivery.UNKNOWN, event.why))
            case _:
                return []

    def _find(self) -> list[Action]:
        self.stage = Stage.FINDING
        return [Find()]

    def _wait(self, why: str, now: float) -> list[Action]:
        self.stage, self._why = Stage.PAUSING, why
        until = min(now + self._pause, self._deadline)
        self._pause = min(LONGEST_PAUSE, self._pause * 2)
        return [Pause(until)]

    def _end(self, action: Action) -> list[Action]:
        self.stage = Stage.DONE
        return [action]
