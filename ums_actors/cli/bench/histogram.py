"""Durations in a bounded table: exact to one part in a hundred."""

from __future__ import annotations

import math
from typing import Final

__all__ = ["Histogram"]

_LEAST: Final = 1e-6
"""Seconds; shorter ones count as this."""
_STEP: Final = math.log(1.02)
"""Of the logarithm from one row to the next: its middle is off by 1 % at most."""
_ROWS: Final = 1 + int(math.log(1e9) / _STEP)
"""Up to a thousand seconds; longer ones count as that."""


class Histogram:
    """Counts durations; one thread at a time."""

    def __init__(self) -> None:
        self._rows = [0] * _ROWS
        self.count: int = 0
        self.longest: float | None = None

    def add(self, seconds: float) -> None:
        """Count one."""
        row = int(math.log(max(seconds, _LEAST) / _LEAST) / _STEP)
        self._rows[min(row, _ROWS - 1)] += 1
        self.count += 1
        self.longest = max(self.longest or 0.0, seconds)

    def quantile(self, part: float) -> float | None:
        """Give the seconds that this part of them took at most; None if there are none.

        Args:
            part: 0.5 for the median.
        """
        wanted, seen = max(1, math.ceil(part * self.count)), 0
        for row, count in enumerate(self._rows):
            seen += count
            if seen >= wanted and self.longest is not None:
                return min(_LEAST * math.exp((row + 0.5) * _STEP), self.longest)
        return None
