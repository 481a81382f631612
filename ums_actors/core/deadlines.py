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
    Other timeouts share a heap, where discarded entries stay until they surface or
    outnumber the live ones.
    """

    __slots__ = ("_classes", "_heap", "_home", "_others")

    def __init__(self) -> None:
        self._home: dict[K, OrderedDict[K, float] | dict[K, float]] = {}
        self._classes: dict[float, OrderedDict[K, float]] = {}
        self._others: dict[K, float] = {}
        self._heap: list[tuple[float, int, K]] = []

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
        self._home[key] = self._others
        self._others[key] = deadline
        heapq.heappush(self._heap, (deadline, next(_TIE), key))

    def discard(self, key: K) -> None:
        """Forget ``key``, if it is in here."""
        home = self._home.pop(key, None)
        if home is None:
            return
        del home[key]
        if home is self._others:
            self._compact()

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
        while (first := self._first_other()) is not None and first[0] <= now:
            heapq.heappop(self._heap)
            del self._others[first[2]]
            due.append((first[0], first[2]))
        due.sort(key=itemgetter(0))
        for _, key in due:
            del self._home[key]
        return [key for _, key in due]

    def next_at(self) -> float | None:
        """Give the earliest deadline, None if there is none."""
        heads = [
            next(iter(queue.values())) for queue in self._classes.values() if queue
        ]
        first = self._first_other()
        if first is not None:
            heads.append(first[0])
        return min(heads, default=None)

    def clear(self) -> None:
        """Forget all keys."""
        self._home.clear()
        self._classes.clear()
        self._others.clear()
        self._heap.clear()

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

    def _first_other(self) -> tuple[float, int, K] | None:
        """Give the first live entry of the heap; drop the dead ones before it."""
        heap = self._heap
        while heap:
            deadline, _, key = heap[0]
            if self._others.get(key) == deadline:
                return heap[0]
            heapq.heappop(heap)
        return None

    def _compact(self) -> None:
        if len(self._heap) > _HEAP_SLACK + 2 * len(self._others):
            self._heap = [
                (deadline, next(_TIE), key) for key, deadline in self._others.items()
            ]
            heapq.heapify(self._heap)
