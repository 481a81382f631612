"""Lines of many who share one server: a turn for each, and one bound for all."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Hashable
from typing import Generic, NamedTuple, TypeVar

from ums_actors.arguments import whole

__all__ = ["FairLines", "Taken"]

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")


class Taken(NamedTuple, Generic[K, T]):
    """What was next.

    Attributes:
        key: whose it is.
        item: what it is.
        missed: how many of this line's were lost just before it.
    """

    key: K
    item: T
    missed: int


class _Line(Generic[T]):
    __slots__ = ("hand", "held", "items", "missed")

    def __init__(self) -> None:
        self.items: deque[T] = deque()
        self.missed = 0
        self.held = False
        self.hand: T | None = None  # what was taken when it was held


class FairLines(Generic[K, T]):
    """First in, first out in each line; round robin between those that wait.

    A line that is full loses its oldest. When all together are too many, the longest
    line does, so that one who floods takes no room from the others.

    Args:
        limit: items that may wait in all lines together.
        each: items that may wait in one line.

    Attributes:
        dropped: how many were lost for want of room.

    Raises:
        LocalProtocolError: a number is out of its bounds.
    """

    __slots__ = (
        "_by_length",
        "_each",
        "_limit",
        "_lines",
        "_longest",
        "_ready",
        "_total",
        "dropped",
    )

    def __init__(self, limit: int, each: int) -> None:
        self._limit = whole("limit", limit, 1, " items")
        self._each = whole("each", each, 1, " items")
        self._lines: dict[K, _Line[T]] = {}
        self._ready: OrderedDict[K, None] = OrderedDict()
        self._by_length: dict[int, dict[K, None]] = {}
        self._longest = 0
        self._total = 0
        self.dropped: int = 0

    def __len__(self) -> int:
        return self._total

    def waiting(self, key: K) -> int:
        """Count what waits in one line."""
        line = self._lines.get(key)
        return 0 if line is None else len(line.items)

    def untaken(self, key: K) -> list[T]:
        """Give what waits in one line, and what was taken from it if it is held."""
        line = self._lines.get(key)
        if line is None:
            return []
        return [*line.items] if line.hand is None else [line.hand, *line.items]

    def push(self, key: K, item: T) -> K | None:
        """Add to a line; give who lost its oldest for it, None if nobody did."""
        line = self._lines.get(key)
        if line is None:
            line = self._lines[key] = _Line()
        line.items.append(item)
        length = len(line.items)
        self._changed(key, length - 1, length)
        if length == 1 and not line.held:
            self._ready[key] = None
        if length > self._each or (
            self._total > self._limit and length == self._longest
        ):
            loser = key
        elif self._total > self._limit:
            loser = next(iter(self._by_length[self._longest]))
        else:
            return None
        self._lose(loser)
        return loser

    def take(self, *, hold: bool = False) -> Taken[K, T] | None:
        """Give the oldest of the line whose turn it is; None if nothing may be taken.

        Args:
            hold: let nothing more be taken from this line until :meth:`release`.
        """
        if not self._ready:
            return None
        key, _ = self._ready.popitem(last=False)
        line = self._lines[key]
        item = line.items.popleft()
        left = len(line.items)
        self._changed(key, left + 1, left)
        missed, line.missed = line.missed, 0
        line.held, line.hand = hold, item if hold else None
        if left and not hold:
            self._ready[key] = None
        self._tidy(key, line)
        return Taken(key, item, missed)

    def release(self, key: K) -> None:
        """Let more be taken from a line that was held; the others go first."""
        line = self._lines[key]
        line.held, line.hand = False, None
        if line.items:
            self._ready[key] = None
        self._tidy(key, line)

    def forget(self, key: K) -> None:
        """Keep no count of what a line has lost, unless something waits in it."""
        line = self._lines.get(key)
        if line is not None and not line.items:
            line.missed = 0
            self._tidy(key, line)

    def clear(self) -> int:
        """Let nothing wait any more; give how many did."""
        lost = self._total
        for key, line in list(self._lines.items()):
            self._changed(key, len(line.items), 0)
            line.items.clear()
            line.missed = 0
            self._tidy(key, line)
        self._ready.clear()
        return lost

    def _lose(self, key: K) -> None:
        line = self._lines[key]
        line.items.popleft()
        line.missed += 1
        self.dropped += 1
        left = len(line.items)
        self._changed(key, left + 1, left)
        if not left:
            self._ready.pop(key, None)

    def _changed(self, key: K, before: int, after: int) -> None:
        """Keep the lines by their length, so that the longest is found at once."""
        self._total += after - before
        if before:
            group = self._by_length[before]
            del group[key]
            if not group:
                del self._by_length[before]
        if after:
            self._by_length.setdefault(after, {})[key] = None
        self._longest = max(self._longest, after)
        while self._longest and self._longest not in self._by_length:
            self._longest -= 1

    def _tidy(self, key: K, line: _Line[T]) -> None:
        if not (line.items or line.missed or line.held):
            del self._lines[key]
