"""What changed against an earlier run: by ratios within each run, with confidence.

Two runs have no rounds in common, and the machine may be another. So for each workload
the contestant's ratio to the base is taken round by round in either run, and all
quotients of a new and an old ratio are looked at. The interval around their median is
that of Mann and Whitney: it needs no assumption on the noise but that it is the same.
"""

from __future__ import annotations

import math
import statistics
from functools import cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from benchmarks.contestants import ENTRIES
from benchmarks.ratio import Spread

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

__all__ = ["Change", "changes", "compared", "table"]

_CONFIDENCE: Final = 0.9
_ENOUGH: Final = 3
"""Rounds in each run: with 3 and 3 the whole range is an interval of 90 %."""


class Change(NamedTuple):
    """How a contestant's ratio to the base went from one run to another."""

    suite: str
    workload: str
    contestant: str
    base: str
    metric: str
    more: bool
    old: float
    new: float
    factor: Spread

    @property
    def verdict(self) -> str:
        """Say what can be said."""
        if math.isnan(self.factor.low):
            return "too few rounds to say"
        if self.factor.low <= 1 <= self.factor.high:
            return "no change that can be seen"
        return "better" if (self.factor.low > 1) == self.more else "worse"


def compared(new: Sequence[float], old: Sequence[float]) -> Spread:
    """Give the median quotient of two samples and its interval of 90 % or more.

    With too few values the interval is not a number.
    """
    quotients = sorted(a / b for a in new for b in old)
    median = statistics.median(quotients)
    outside = _outside(len(new), len(old))
    if outside < 0:
        return Spread(median, math.nan, math.nan)
    return Spread(median, quotients[outside], quotients[-1 - outside])


def changes(new: Mapping[str, Any], old: Mapping[str, Any]) -> Iterator[Change]:
    """Compare two recorded runs where both have the same."""
    for suite, found in new["suites"].items():
        earlier = old["suites"].get(suite, {}).get("workloads", {})
        for name, workload in found.get("workloads", {}).items():
            if name in earlier:
                yield from _of_workload(suite, name, workload, earlier[name])


def _of_workload(
    suite: str, name: str, new: Mapping[str, Any], old: Mapping[str, Any]
) -> Iterator[Change]:
    metric = new["metrics"][0]
    base = new["base"]
    if any(base not in run["contestants"] for run in (new, old)):
        return
    for contestant in new["contestants"]:
        if contestant == base or contestant not in old["contestants"]:
            continue
        ratios = [_ratios(run, contestant, base, metric["name"]) for run in (new, old)]
        if all(ratios):
            yield Change(
                suite,
                name,
                contestant,
                base,
                metric["title"],
                metric["more"],
                statistics.median(ratios[1]),
                statistics.median(ratios[0]),
                compared(*ratios),
            )


def _ratios(
    run: Mapping[str, Any], contestant: str, base: str, metric: str
) -> list[float]:
    ours, theirs = (
        [sample.get(metric, 0.0) for sample in run["contestants"][name]["samples"]]
        for name in (contestant, base)
    )
    if not all(theirs) or not all(ours) or len(ours) != len(theirs):
        return []
    return [a / b for a, b in zip(ours, theirs, strict=True)]


def table(found: Sequence[Change]) -> list[list[str]]:
    """Give the rows that are shown, with their head."""
    head = ["workload", "contestant", "ratio to", "was", "is", "factor", "verdict"]
    rows = [
        [
            f"{change.suite}, {change.workload}",
            _title(change.contestant),
            _title(change.base),
            f"{change.old:.2f}",
            f"{change.new:.2f}",
            _factor(change.factor),
            change.verdict,
        ]
        for change in found
    ]
    return [head, *rows]


def _factor(factor: Spread) -> str:
    if math.isnan(factor.low):
        return f"{factor.median:.2f}"
    return f"{factor.median:.2f} ({factor.low:.2f}..{factor.high:.2f})"


def _title(name: str) -> str:
    return ENTRIES[name].title if name in ENTRIES else name


def _outside(new: int, old: int) -> int:
    """How many quotients may lie below (and above) the interval; -1: there is none."""
    if min(new, old) < _ENOUGH:
        return -1
    ways, tail, outside = math.comb(new + old, new), 0, -1
    while 1 - 2 * (tail + _arrangements(new, old, outside + 1)) / ways >= _CONFIDENCE:
        outside += 1
        tail += _arrangements(new, old, outside)
    return outside


@cache
def _arrangements(new: int, old: int, inversions: int) -> int:
    """In how many orders of both samples so many pairs stand the wrong way round."""
    if inversions < 0:
        return 0
    if not new or not old:
        return int(inversions == 0)
    last_is_new = _arrangements(new - 1, old, inversions - old)
    return last_is_new + _arrangements(new, old - 1, inversions)
