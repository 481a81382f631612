"""Which skills are on shift, and which of them have gone from one side to the other."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Shift", "ShiftBook"]


class Shift(Protocol):
    """What an answer says of one skill."""

    @property
    def skill_id(self) -> str:
        """Which skill."""
        ...

    @property
    def on_shift(self) -> bool:
        """Whether it has its working hours."""
        ...


T = TypeVar("T", bound=Shift)


class ShiftBook(Generic[T]):
    """What was told last of each skill.

    Nobody has entered anything by being told of for the first time: that is knowledge,
    and no change. Nor is a skill that was left out and comes back. (What the reference
    does there is not known: UMS.md 12.4.)
    """

    __slots__ = ("_asked_at", "_known", "_told")

    def __init__(self) -> None:
        self._asked_at = -math.inf
        self._told: tuple[T, ...] = ()
        self._known: dict[str, T] = {}

    @property
    def shifts(self) -> tuple[T, ...]:
        """All that is known, in the order in which it was told."""
        return self._told

    def learn(self, told: tuple[T, ...], asked_at: float) -> list[T]:
        """Take an answer about all skills; give those that have changed sides.

        Args:
            told: one for each skill.
            asked_at: monotonic seconds of the question. An answer to an older one than
                the last that was taken is passed over: it came late.
        """
        if asked_at < self._asked_at:
            return []
        self._asked_at = asked_at
        if told is self._told:  # as those get it who share a poll, mostly
            return []
        changed = self._changed(told)
        self._told = told
        self._known = {each.skill_id: each for each in told}
        return changed

    def add(self, told: Iterable[T], asked_at: float) -> list[T]:
        """Take what is known of some skills; the others stay as they are."""
        some = {each.skill_id: each for each in told}
        return self.learn(tuple((self._known | some).values()), asked_at)

    def _changed(self, told: tuple[T, ...]) -> list[T]:
        known = self._known
        return [
            each
            for each in told
            if (before := known.get(each.skill_id)) is not None
            and before.on_shift is not each.on_shift
        ]
