"""What is asked for, by the names that errors and the log have for it."""

from __future__ import annotations

from typing import Final

__all__ = ["SHIFT_STATUS", "STATISTICS"]

SHIFT_STATUS: Final = "shift-status"
STATISTICS: Final = "msgstatistics"
