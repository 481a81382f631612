"""What a process has used, where the system tells: on Linux."""

from __future__ import annotations

import gc
import os
from pathlib import Path
from typing import Final

__all__ = ["busy_seconds", "resident_bytes"]

_STATM: Final = Path("/proc/self/statm")
_TICKS: Final = os.sysconf("SC_CLK_TCK")
_PAGE: Final = os.sysconf("SC_PAGE_SIZE")
_USER, _SYSTEM = 11, 12
"""Of the numbers behind a process's name, which may hold blanks."""


def resident_bytes() -> int | None:
    """Give the memory of this process that is in RAM, garbage collected before."""
    gc.collect()
    try:
        return int(_STATM.read_text().split()[1]) * _PAGE
    except OSError:
        return None


def busy_seconds(pid: int | None) -> float | None:
    """Give the processor time that another process of this machine has used."""
    if pid is None:
        return None
    try:
        told = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    numbers = told.rpartition(")")[2].split()
    return (int(numbers[_USER]) + int(numbers[_SYSTEM])) / _TICKS
