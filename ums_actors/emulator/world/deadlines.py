"""What falls due next."""

from __future__ import annotations

import heapq
from typing import Final

__all__ = ["Deadlines"]

SLACK: Final = 64
"""Entries that are void may pile up to this many beyond those that count."""


class Deadlines:
    """One deadline (epoch ms) for each key that has any."""

    def __init__(self) -> None:
        self._dues: dict[str, int] = {}
        self._heap: list[tuple[int, str]] = []

    def __contains__(self, key: str) -> bool:
        return key in self._dues

    def put(self, key: str, due: int) -> None:
        """Set the deadline of a key, in place of one that it has."""
        self._dues[key] = due
        heapq.heappush(self._heap, (due, key))
        if len(self._heap) > 2 * len(self._dues) + SLACK:
            self._heap = [(due, key) for key, due in self._dues.items()]
            heapq.heapify(self._heap)

    def drop(self, key: str) -> None:
        """Let a key have no deadline."""
        self._dues.pop(key, None)

    def next(self) -> int | None:
        """Give the earliest deadline, None if there is none."""
        while self._heap:
            due, key = self._heap[0]
            if self._dues.get(key) == due:
                return due
            heapq.heappop(self._heap)
        return None

    def take(self, now: int) -> str | None:
        """Remove a key that is due and give it, the earliest first; None if none is."""
        due = self.next()
        if due is None or due > now:
            return None
        _, key = heapq.heappop(self._heap)
        del self._dues[key]
        return key
