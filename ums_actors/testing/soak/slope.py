"""How fast something grows, and how sure that is."""

from __future__ import annotations

from itertools import combinations, groupby
from math import sqrt
from statistics import median
from typing import TYPE_CHECKING, Final

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["Slope", "slope_of", "slope_through"]

_WINDOW: Final = 60.0
"""Seconds of which one median counts: readings close together say the same thing."""
_HOUR: Final = 3_600.0
_SURE: Final = 1.96
"""Standard deviations beyond which one thing in twenty lies."""
_LEAST: Final = 4
"""Medians from which something can be said."""


class Slope(msgspec.Struct, frozen=True):
    """Growth an hour, say, by Theil and Sen: the median of all pairs' slopes.

    Attributes:
        estimate: None of too few readings.
        low: the true one is below this, or above ``high``, in one case of twenty (Sen,
            by Kendall's tau), if the growth is steady; None of too few readings.
    """

    estimate: float | None = None
    low: float | None = None
    high: float | None = None

    def is_surely_above(self, limit: float) -> bool:
        """Tell whether no doubt is left that it is more than that."""
        return self.low is not None and self.low > limit

    def is_surely_below(self, limit: float) -> bool:
        """Tell whether no doubt is left that it is less than that."""
        return self.high is not None and self.high < limit


def slope_of(readings: Iterable[tuple[float, float]]) -> Slope:
    """Give the slope of readings: pairs of seconds and value, by their time."""
    points = [
        (median(at for at, _ in window), median(value for _, value in window))
        for window in (
            list(group)
            for _, group in groupby(readings, key=lambda it: it[0] // _WINDOW)
        )
    ]
    return slope_through(points, _HOUR)


def slope_through(points: Sequence[tuple[float, float]], unit: float) -> Slope:
    """Give the slope through points, each of which counts; by ``unit`` of the first."""
    count = len(points)
    if count < _LEAST:
        return Slope()
    slopes = sorted(
        (value - before) / (at - earlier) * unit
        for (earlier, before), (at, value) in combinations(points, 2)
    )
    spread = _SURE * sqrt(count * (count - 1) * (2 * count + 5) / 18)
    aside = max(0, int((len(slopes) - spread) / 2))
    return Slope(median(slopes), slopes[aside], slopes[-1 - aside])
