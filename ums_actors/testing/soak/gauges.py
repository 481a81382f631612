"""What a process holds, seen again and again."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import NamedTuple

from ums_actors.testing.soak.memory import read_memory
from ums_actors.testing.soak.slope import Slope, slope_of

__all__ = ["Gauges", "Reading"]

_SELF = Path("/proc/self")
_SETTLED = 1 / 3
"""Part of the time after which caches and pools have their size."""
_SLACK = 8
"""Threads and descriptors by which two quiet moments may differ: those of pools that
grow when they are needed, and of HTTP connections that are kept for a while."""


class Reading(NamedTuple):
    """One moment: seconds since the start, and what there was."""

    at: float
    threads: int
    descriptors: int
    memory: int
    """Bytes in RAM."""
    in_use: int
    """Bytes that somebody holds; see :class:`~ums_actors.testing.soak.memory.Memory`.
    """
    kept: int
    """Bytes that malloc has free, and keeps."""


class Gauges:
    """Readings of this process at quiet moments; Linux, where /proc tells."""

    def __init__(self) -> None:
        self._begun = time.monotonic()
        self.readings: list[Reading] = []

    def read(self) -> Reading:
        """Take a reading."""
        memory = read_memory()
        reading = Reading(
            time.monotonic() - self._begun,
            threading.active_count(),
            len(list((_SELF / "fd").iterdir())),
            memory.resident,
            memory.in_use,
            memory.kept,
        )
        self.readings.append(reading)
        return reading

    def growth(self) -> dict[str, int]:
        """Give by how much the last reading is above the most of the first half."""
        half = self.readings[: max(1, len(self.readings) // 2)]
        last = self.readings[-1]
        return {
            name: max(0, getattr(last, name) - max(getattr(it, name) for it in half))
            for name in ("threads", "descriptors")
        }

    def are_flat(self) -> bool:
        """Say whether threads and descriptors are where they were."""
        return all(growth <= _SLACK for growth in self.growth().values())

    def slope(self, what: str = "memory") -> Slope:
        """Give the growth of a field of the readings, an hour, in the settled part."""
        settled = self.readings[-1].at * _SETTLED if self.readings else 0.0
        return slope_of(
            [(it.at, getattr(it, what)) for it in self.readings if it.at >= settled]
        )
