"""Ratios of paired rounds, and whether they say anything.

Absolute figures of a shared machine mean little: each round of one contestant is
compared with the same round of another, made within the same seconds. The interval
around a median comes from order alone (no assumption on the noise), with a confidence
of 90 % or more.
"""

from __future__ import annotations

import math
import statistics
from enum import StrEnum
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "ENOUGH_ROUNDS",
    "Spread",
    "Verdict",
    "paired",
    "spread",
    "verdict",
    "within",
]

_CONFIDENCE: Final = 0.9
ENOUGH_ROUNDS: Final = 5
"""With fewer rounds even the extremes are no interval of 90 %: 1 - 2 / 2**n."""


class Verdict(StrEnum):
    """What the rounds say about a ratio's least value, or a figure's greatest."""

    REACHED = "reached"
    MISSED = "missed"
    TOO_NOISY = "too noisy to say"
    TOO_FEW = "too few rounds to say"


class Spread(NamedTuple):
    """A median with the interval that holds it."""

    median: float
    low: float
    high: float

    @property
    def noise(self) -> float:
        """Half the interval's width, as a part of the median."""
        return (self.high - self.low) / (2 * self.median) if self.median else 0.0


def spread(values: Sequence[float]) -> Spread:
    """Give the median of at least one value and its interval."""
    ordered = sorted(values)
    outside = _outside(len(ordered))
    return Spread(statistics.median(ordered), ordered[outside], ordered[-1 - outside])


def paired(ours: Sequence[float], theirs: Sequence[float]) -> Spread:
    """Compare round with round; both must have the same rounds."""
    return spread([a / b for a, b in zip(ours, theirs, strict=True)])


def verdict(ratio: Spread, rounds: int, least: float) -> Verdict:
    """Say whether a ratio is at least ``least``, or that this cannot be said."""
    if rounds < ENOUGH_ROUNDS:
        return Verdict.TOO_FEW
    if ratio.low >= least:
        return Verdict.REACHED
    return Verdict.MISSED if ratio.high < least else Verdict.TOO_NOISY


def within(values: Sequence[float], most: float) -> Verdict:
    """Say whether a figure is at most ``most``, or that this cannot be said."""
    found = spread(values)
    if len(values) < ENOUGH_ROUNDS:
        return Verdict.TOO_FEW
    if found.high <= most:
        return Verdict.REACHED
    return Verdict.MISSED if found.low > most else Verdict.TOO_NOISY


def _outside(count: int) -> int:
    """How many values may lie below (and above) the interval of the median."""
    outside, tail = 0, 0.0
    while True:
        tail += math.comb(count, outside) / 2**count
        if 1 - 2 * tail < _CONFIDENCE:
            return max(0, outside - 1)
        outside += 1
