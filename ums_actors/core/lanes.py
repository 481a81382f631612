"""One thing at a time in each lane, in the order of arrival."""

from __future__ import annotations

from collections import deque
from typing import Generic, TypeVar

__all__ = ["Lanes"]

T = TypeVar("T")


class Lanes(Generic[T]):
    """Lanes by name; the first of each is under way."""

    __slots__ = ("_lanes",)

    def __init__(self) -> None:
        self._lanes: dict[str, deque[T]] = {}

    def __len__(self) -> int:
        return sum(map(len, self._lanes.values()))

    def add(self, lane: str, item: T) -> bool:
        """Add something; tell whether it is the first of its lane, and may begin."""
        waiting = self._lanes.setdefault(lane, deque())
        waiting.append(item)
        return len(waiting) == 1

    def done(self, lane: str) -> T | None:
        """Take note that the first has ended; give the next, which may begin."""
        waiting = self._lanes[lane]
        waiting.popleft()
        if waiting:
            return waiting[0]
        del self._lanes[lane]
        return None

    def clear(self) -> list[T]:
        """Empty all lanes; give what was in them, lane by lane."""
        items = [item for lane in self._lanes.values() for item in lane]
        self._lanes.clear()
        return items
