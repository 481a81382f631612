"""Who of many in line goes next: those who are preferred, but not for ever."""

from __future__ import annotations

from collections import OrderedDict
from typing import Final, Generic, TypeVar

__all__ = ["IN_A_ROW", "Precedence"]

T = TypeVar("T")

IN_A_ROW: Final = 4
"""Preferred ones that may go in a row while others wait: of five places one is for
them, so that what comes without end holds them up, but does not starve them."""


class Precedence(Generic[T]):
    """Those who wait, in two classes; each is first come, first served.

    All steps take the same time, however many wait.
    """

    __slots__ = ("_ordinary", "_preferred", "_row")

    def __init__(self) -> None:
        self._ordinary: OrderedDict[T, None] = OrderedDict()
        self._preferred: OrderedDict[T, None] = OrderedDict()
        self._row = 0  # of preferred ones, while others waited

    def __len__(self) -> int:
        return len(self._ordinary) + len(self._preferred)

    def __contains__(self, one: T) -> bool:
        return one in self._ordinary or one in self._preferred

    def add(self, one: T) -> None:
        """Let one wait, behind all others of the ordinary class."""
        self._ordinary[one] = None

    def prefer(self, one: T) -> None:
        """Put one who waits behind all who are preferred."""
        del self._ordinary[one]
        self._preferred[one] = None

    def first(self) -> T | None:
        """Give who goes next; None if nobody waits."""
        ordinary, preferred = self._ordinary, self._preferred
        if preferred and not (ordinary and self._row >= IN_A_ROW):
            return next(iter(preferred))
        return next(iter(ordinary), None)

    def serve(self, one: T) -> None:
        """Let one go, and remember of which class it was."""
        if one in self._preferred and self._ordinary:
            self._row += 1
        else:
            self._row = 0
        self.discard(one)

    def discard(self, one: T) -> bool:
        """Let one wait no more; tell whether it did."""
        size = len(self)
        self._ordinary.pop(one, None)
        self._preferred.pop(one, None)
        return len(self) < size
