"""How much memory this process takes."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

__all__ = ["resident_bytes"]

_STATM: Final = Path("/proc/self/statm")
_RESIDENT: Final = 1
"""Position of the pages that are in memory; see proc(5)."""


def resident_bytes() -> int:
    """Give the bytes of this process that are in memory; 0 where that is not known."""
    try:
        pages = int(_STATM.read_text("ascii").split()[_RESIDENT])
    except (OSError, ValueError, IndexError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")
