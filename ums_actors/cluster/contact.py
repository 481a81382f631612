"""What a process knows of a shard's actor."""

from __future__ import annotations

import math
from typing import Any, Final

__all__ = ["Contact"]

FRESH: Final = 1.0
"""Seconds for which a shard that has answered is taken to be there."""


class Contact:
    """The actor of a shard, and when it was heard of; loop thread.

    Attributes:
        handle: Ray's; None if it was not found yet, or may be another by now.
    """

    __slots__ = ("_heard_at", "handle")

    def __init__(self) -> None:
        self.handle: Any = None
        self._heard_at = -math.inf

    def is_fresh(self, now: float) -> bool:
        """Tell whether it is taken to be there, without being asked."""
        return self.handle is not None and now - self._heard_at < FRESH

    def heard(self, now: float) -> None:
        """Take note that it has answered, and has its agents."""
        self._heard_at = now

    def doubt(self) -> None:
        """Have it looked up anew before the next call."""
        self.handle = None
        self._heard_at = -math.inf
