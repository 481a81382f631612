"""Values of metrics, added up as their table says."""

from __future__ import annotations

import bisect
from typing import TYPE_CHECKING, Final, TypeAlias

from ums_actors.metrics.table import BY_NAME, Kind, Merge

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["BUCKETS", "Durations", "Key", "Totals"]

Key: TypeAlias = tuple[str, tuple[str, ...]]
"""Name of a metric; then the connection's name, or nothing, and its labels' values."""

BUCKETS: Final = (
    *(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5),
    *(1.0, 2.5, 5.0, 10.0, 30.0, 60.0),
)
"""Upper bounds, in seconds: a local answer takes some milliseconds, a request may wait
``Options.queue_timeout`` (60) for a line."""


def _sum(one: float, other: float) -> float:
    return one + other


_HOW: Final[dict[Merge, Callable[[float, float], float]]] = {
    Merge.SUM: _sum,
    Merge.LEAST: min,
    Merge.MOST: max,
}
_MERGE: Final = {name: _HOW[metric.merge] for name, metric in BY_NAME.items()}


class Totals(dict[Key, float]):
    """Values by metric and labels; not to be shared between threads."""

    __slots__ = ()

    def put(self, name: str, value: float, *labels: str) -> None:
        """Take one more value in."""
        key = (name, labels)
        before = self.get(key)
        self[key] = value if before is None else _MERGE[name](before, value)

    def merge(self, others: Totals) -> None:
        """Take all of another's values in."""
        for (name, labels), value in others.items():
            self.put(name, value, *labels)

    def counters(self) -> Totals:
        """Give what goes on counting when its connection is gone."""
        kept = Totals()
        for key, value in self.items():
            if BY_NAME[key[0]].kind is Kind.COUNTER:
                kept[key] = value
        return kept


class Durations:
    """A histogram.

    Attributes:
        counts: how many fell into each bucket, not added up; the last is beyond all.
        sum: seconds in all.
    """

    __slots__ = ("_bounds", "counts", "sum")

    def __init__(self, bounds: tuple[float, ...]) -> None:
        self._bounds = bounds
        self.counts: list[int] = [0] * (len(bounds) + 1)
        self.sum: float = 0.0

    def add(self, seconds: float) -> None:
        """Take a duration in."""
        self.counts[bisect.bisect_left(self._bounds, seconds)] += 1
        self.sum += seconds

    def copy(self) -> Durations:
        """Give one that does not change."""
        made = Durations(self._bounds)
        made.counts, made.sum = self.counts.copy(), self.sum
        return made

    def buckets(self) -> list[tuple[float, int]]:
        """Give each upper bound with how many were no longer than it."""
        total, found = 0, list[tuple[float, int]]()
        for bound, count in zip(
            (*self._bounds, float("inf")), self.counts, strict=True
        ):
            total += count
            found.append((bound, total))
        return found
