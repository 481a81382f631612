"""What a process holds, seen again and again."""

from __future__ import annotations

import gc
import os
import threading
import time
from pathlib import Path
from typing import NamedTuple

__all__ = ["Gauges", "Reading"]

_SELF = Path("/proc/self")
_HOUR = 3_600.0
_SETTLED = 0.25
"""Part of the readings after which caches and pools have their size."""
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


class Gauges:
    """Readings of this process at quiet moments; Linux, where /proc tells."""

    def __init__(self) -> None:
        self._begun = time.monotonic()
        self.readings: list[Reading] = []

    def read(self) -> Reading:
        """Take a reading."""
        gc.collect()
        pages = int((_SELF / "statm").read_text().split()[1])
        reading = Reading(
            time.monotonic() - self._begun,
            threading.active_count(),
            len(list((_SELF / "fd").iterdir())),
            pages * os.sysconf("SC_PAGE_SIZE"),
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

    def slope(self) -> float:
        """Give the growth of memory in bytes an hour: least squares, settled part."""
        settled = self.readings[int(len(self.readings) * _SETTLED) :]
        count = len(settled)
        mean_at = sum(it.at for it in settled) / count
        mean = sum(it.memory for it in settled) / count
        spread = sum((it.at - mean_at) ** 2 for it in settled)
        if not spread:
            return 0.0
        together = sum((it.at - mean_at) * (it.memory - mean) for it in settled)
        return together / spread * _HOUR
