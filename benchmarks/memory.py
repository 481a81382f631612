"""What this process takes of the machine's memory."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

__all__ = ["resident"]

_STATM: Final = Path("/proc/self/statm")
_RESIDENT: Final = 1  # its field, in pages


def resident() -> int:
    """Give the resident bytes.

    Raises:
        ModuleNotFoundError: the system does not tell, and ``psutil`` is not there.
    """
    if _STATM.exists():
        pages = int(_STATM.read_text().split()[_RESIDENT])
        return pages * os.sysconf("SC_PAGE_SIZE")
    import psutil  # of the extra  # noqa: PLC0415

    found: int = psutil.Process().memory_info().rss
    return found
