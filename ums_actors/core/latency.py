"""How long things took in the last while, as a coarse histogram that forgets."""

from __future__ import annotations

import math
from typing import Final

__all__ = ["Latency"]

_LEAST: Final = 1e-5
"""Seconds; the first bucket is all below."""
_STEP: Final = math.log(1.1)
_LAST: Final = 200
"""Bucket of all that took longer: about half an hour."""


class Latency:
    """Durations of the last one to two spans, of which quantiles are known to 5 %.

    Args:
        span: seconds after which the older half is forgotten.
    """

    __slots__ = ("_before", "_began", "_present", "_span")

    def __init__(self, span: float = 15.0) -> None:
        self._span = span
        self._began = -math.inf
        self._present: dict[int, int] = {}
        self._before: dict[int, int] = {}

    def add(self, now: float, seconds: float) -> None:
        """Take a duration in, at monotonic second ``now``."""
        self._turn(now)
        bucket = 0
        if seconds > _LEAST:
            bucket = min(_LAST, 1 + int(math.log(seconds / _LEAST) / _STEP))
        self._present[bucket] = self._present.get(bucket, 0) + 1

    def quantiles(self, now: float, *shares: float) -> tuple[float | None, ...]:
        """Give the duration that such a share did not exceed; None if none is known.

        Args:
            now: monotonic seconds.
            shares: each from 0 to 1, such as 0.99.
        """
        self._turn(now)
        counts = dict(self._before)
        for bucket, count in self._present.items():
            counts[bucket] = counts.get(bucket, 0) + count
        total = sum(counts.values())
        return tuple(_found(counts, share * total) for share in shares)

    def _turn(self, now: float) -> None:
        """Forget what is too old."""
        age = now - self._began
        if age < self._span:
            return
        self._before = self._present if age < 2 * self._span else {}
        self._present = {}
        self._began = now


def _found(counts: dict[int, int], rank: float) -> float | None:
    seen = 0
    for bucket in sorted(counts):
        seen += counts[bucket]
        if seen >= rank:
            return _LEAST * math.exp((bucket - 0.5) * _STEP)
    return None
