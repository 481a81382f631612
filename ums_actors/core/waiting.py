"""Requests that are not on any line now: queued ones, and those that rest."""

from __future__ import annotations

from collections import OrderedDict
from itertools import chain, islice
from typing import TYPE_CHECKING

from ums_actors.core.deadlines import Deadlines

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ums_actors.core.entry import Entry

__all__ = ["Waiting"]


class Waiting:
    """Who waits to be let out: a queue, and before it those who were out already.

    One that was refused (429) *rests* until a time on a monotonic clock; from then on
    it is *due*, and goes before the queue.

    Args:
        limit: how many may wait; beyond it :attr:`full` says so, nothing else.

    Attributes:
        queue: those in the queue by their ids, the first first; to be read only.
        rested: those that rest, or have, by their ids; likewise.
    """

    __slots__ = ("_due", "_limit", "_times", "queue", "rested")

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self.queue: OrderedDict[str, Entry] = OrderedDict()
        self.rested: dict[str, Entry] = {}
        self._times: Deadlines[str] | None = None  # mostly nobody has to rest
        self._due: dict[str, None] = {}  # of those who rest, as far as was looked

    def __len__(self) -> int:
        return len(self.queue) + len(self.rested)

    @property
    def full(self) -> bool:
        """Whether no more should be let in."""
        return len(self) >= self._limit

    @property
    def queued(self) -> int:
        """How many are in the queue."""
        return len(self.queue)

    @property
    def resting(self) -> int:
        """How many rest, or have rested."""
        return len(self.rested)

    def put(self, entry: Entry) -> None:
        """Queue it behind the others."""
        self.queue[entry.id] = entry

    def put_back(self, entries: Iterable[Entry]) -> None:
        """Queue them before the others, in their own order."""
        for entry in reversed([*entries]):
            self.queue[entry.id] = entry
            self.queue.move_to_end(entry.id, last=False)

    def rest(self, entry: Entry, until: float) -> None:
        """Let it rest."""
        self.rested[entry.id] = entry
        if self._times is None:
            self._times = Deadlines()
        self._times.add_at(entry.id, until)

    def take_rested(self, now: float, at_most: int) -> list[Entry]:
        """Take out those that have rested, the first of them first."""
        if self._times is None:
            return []
        for request_id in self._times.expired(now):
            self._due[request_id] = None
        taken = [*self._due][: max(0, at_most)]
        return [entry for name in taken if (entry := self.pop(name)) is not None]

    def take_queued(self, at_most: int) -> list[Entry]:
        """Take out the first of the queue."""
        count = min(len(self.queue), max(0, at_most))
        return [self.queue.popitem(last=False)[1] for _ in range(count)]

    def pop(self, request_id: str) -> Entry | None:
        """Take one out; None if it is not in here."""
        entry = self.queue.pop(request_id, None)
        if entry is None and (entry := self.rested.pop(request_id, None)) is not None:
            if self._times is not None:
                self._times.discard(request_id)
            self._due.pop(request_id, None)
        return entry

    def take_all_resting(self) -> list[Entry]:
        """Take out all who rest, in the order in which they came."""
        entries = [*self.rested.values()]
        self.rested.clear()
        self._times = None
        self._due.clear()
        return entries

    def first(self, count: int) -> list[tuple[str, Entry]]:
        """Give so many, and where each is; those who rest come before the queue."""
        resting = (("resting", each) for each in self.rested.values())
        queued = (("queued", each) for each in self.queue.values())
        return [*islice(chain(resting, queued), count)]

    def next_due(self) -> float | None:
        """Give when the next has rested enough; None if nobody rests."""
        return None if self._times is None else self._times.next_at()
