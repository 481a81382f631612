"""Many deadlines, of which the next one is known at any time."""

from __future__ import annotations

import heapq
import itertools
from collections import OrderedDict
from collections.abc import Hashable
from operator import itemgetter
from typing import Generic, TypeVar

__all__ = ["Deadlines"]

K = TypeVar("K", bound=Hashable)

_CLASS_LIMIT = 8
"""Distinct timeouts with a queue of their own; a connection has three or four."""

_HEAP_SLACK = 64
"""Dead heap entries that are not worth a compaction."""


_TIE = itertools.count()
"""Decides between equal deadlines: keys need no order."""


class Deadlines(Generic[K]):
    """Keys with a deadline each; seconds on a monotonic clock that never goes back.

    Requests of one timeout fall due in the order in which they came, so each of the
    few timeouts in use has an ``OrderedDict`` as its queue, which costs half of a heap.
    Other timeouts share a heap.
    """

    __slots__ = ("_classes", "_home", "_others")

    def __init__(self) -> None:
        self._home: dict[K, OrderedDict[K, float] | dict[K, float]] = {}
        self._classes: dict[float, OrderedDict[K, float]] = {}
        self._others: _Heap[K] | None = None

    def __len__(self) -> int:
        return len(self._home)

    def __contains__(self, key: object) -> bool:
        return key in self._home

    def add(self, key: K, timeout: float, now: float) -> None:
        """Let ``key`` fall due at ``now + timeout``.

        Raises:
            KeyError: it is in here.
        """
        if key in self._home:
            raise KeyError(key)
        queue = self._classes.get(timeout)
        if queue is None:
            queue = self._new_class(timeout)
            if queue is None:
                self.add_at(key, now + timeout)
                return
        self._home[key] = queue
        queue[key] = now + timeout

    def add_at(self, key: K, deadline: float) -> None:
        """Let ``key`` fall due at ``deadline``.

        Raises:
            KeyError: it is in here.
        """
        if key in self._home:
            raise KeyError(key)
        others = self._others
        if others is None:
            others = self._others = _Heap()
        self._home[key] = others.deadlines
        others.add(key, deadline)

    def discard(self, key: K) -> None:
        """Forget ``key``, if it is in here."""
        home = self._home.pop(key, None)
        if home is None:
            return
        del home[key]
        if self._others is not None and home is self._others.deadlines:
            self._others.compact()

    def expired(self, now: float) -> list[K]:
        """Remove and give the keys whose deadline is reached, earliest first."""
        due: list[tuple[float, K]] = []
        for queue in self._classes.values():
            while queue:
                key, deadline = next(iter(queue.items()))
                if deadline > now:
                    break
                del queue[key]
                due.append((deadline, key))
        if self._others is not None:
            due += self._others.expired(now)
        due.sort(key=itemgetter(0))
        for _, key in due:
            del self._home[key]
        return [key for _, key in due]

    def next_at(self) -> float | None:
        """Give the earliest deadline, None if there is none."""
        heads = [
            next(iter(queue.values())) for queue in self._classes.values() if queue
        ]
        first = None if self._others is None else self._others.first()
        if first is not None:
            heads.append(first[0])
        return min(heads, default=None)

    def clear(self) -> None:
        """Forget all keys."""
        self._home.clear()
        self._classes.clear()
        self._others = None

    def _new_class(self, timeout: float) -> OrderedDict[K, float] | None:
        """Make a queue for a timeout, in place of an empty one if there are many."""
        if len(self._classes) >= _CLASS_LIMIT:
            empty = next(
                (old for old, queue in self._classes.items() if not queue), None
            )
            if empty is None:
                return None
            del self._classes[empty]
        queue = self._classes[timeout] = OrderedDict()
        return queue


class _Heap(Generic[K]):
    """Deadlines in no order; discarded entries stay until they surface or are many.

    Attributes:
        deadlines: those that count, by their keys.
    """

    __slots__ = ("_heap", "deadlines")

    def __init__(self) -> None:
        self.deadlines: dict[K, float] = {}
        self._heap: list[tuple[float, int, K]] = []

    def __len__(self) -> int:
        return len(self._heap)

    def add(self, key: K, deadline: float) -> None:
        """Let ``key`` fall due at ``deadline``."""
        self.deadlines[key] = deadline
        heapq.heappush(self._heap, (deadline, next(_TIE), key))

    def first(self) -> tuple[float, int, K] | None:
        """Give the first live entry; drop the dead ones before it."""
        heap = self._heap
        while heap:
            deadline, _, key = heap[0]
            if self.deadlines.get(key) == deadline:
                return heap[0]
            heapq.heappop(heap)
        return None

    def expired(self, now: float) -> list[tuple[float, K]]:
        """Remove and give what is due."""
        due: list[tuple[float, K]] = []
        while (first := self.first()) is not None and first[0] <= now:
            heapq.heappop(self._heap)
            del self.deadlines[first[2]]
            due.append((first[0], first[2]))
        return due

    def compact(self) -> None:
        """Throw the dead ones out, if they outnumber the live ones."""
        if len(self._heap) > _HEAP_SLACK + 2 * len(self.deadlines):
            self._heap = [
                (deadline, next(_TIE), key) for key, deadline in self.deadlines.items()
            ]
            heapq.heapify(self._heap)
