"""The connections that there are, looked into on their own loops, with a deadline."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Final, cast

from ums_actors.metrics.reading import read
from ums_actors.metrics.totals import Totals

if TYPE_CHECKING:
    from ums_actors.actors.kernel import Kernel
    from ums_actors.runtime import Loop
    from ums_actors.runtime.instrument import Measured

__all__ = ["Census"]

SLICE: Final = 20
"""Connections that are looked into in one turn of a loop: a millisecond or so."""


class _Round:
    """One walk over the connections of a loop, a slice a turn; loop thread."""

    __slots__ = ("_books", "_left", "done", "totals")

    def __init__(self, books: _Books) -> None:
        self._books = books
        self._left: list[Kernel] | None = None
        self.totals = Totals()
        self.done = threading.Event()

    def walk(self) -> None:
        """Look into some, and into the others in the turns to come."""
        if not self.step(SLICE):
            self._books.loop.call_soon(self.walk)

    def step(self, count: int) -> bool:
        """Look into as many; tell whether that were all."""
        books = self._books
        if self._left is None:  # who ends from now on is still among these
            self.totals.merge(books.gone)
            self._left = list(books.there.values())
        for _ in range(min(count, len(self._left))):
            kernel = self._left.pop()
            read(kernel, books.name_of(kernel.connection_id), self.totals)
        if not self._left:
            self.done.set()
        return not self._left


class _Books:
    """What is known of the connections of one loop.

    Attributes:
        there: those that have not ended; added to on any thread.
        gone: what those that have ended counted; loop thread.
        last: the totals of the last round that was waited for.
        pending: a round that the loop has not finished.
    """

    def __init__(self, loop: Loop, names: dict[str, str]) -> None:
        self.loop = loop
        self.there: dict[str, Kernel] = {}
        self.gone = Totals()
        self.last = Totals()
        self.pending: _Round | None = None
        self._names = names

    def name_of(self, connection_id: str) -> str:
        return self._names.get(connection_id, "")

    def end(self, kernel: Kernel) -> None:
        """Keep what a connection has counted, and forget it; loop thread."""
        if self.there.pop(kernel.connection_id, None) is not None:
            totals = Totals()
            read(kernel, self.name_of(kernel.connection_id), totals)
            self.gone.merge(totals.counters())
            self._names.pop(kernel.connection_id, None)


class Census:
    """Counts what the connections of any number of loops have and have done.

    Args:
        patience: seconds that a loop has to answer; a busy one is not waited for any
            longer, and its numbers are those of the time before.
    """

    def __init__(self, patience: float) -> None:
        self._patience = patience
        self._names: dict[str, str] = {}
        self._books: dict[Loop, _Books] = {}
        self._buried = Totals()  # what was counted on loops that have ended
        self._adding = threading.Lock()
        self._taking = threading.Lock()
        self._taken: tuple[Totals, int] = Totals(), 0

    def add(self, connection: Measured) -> None:
        """Take note of a connection; any thread."""
        loop = connection.loop
        with self._adding:
            books = self._books.get(loop)
            if books is None:
                books = self._books[loop] = _Books(loop, self._names)
        books.there[connection.connection_id] = cast("Kernel", connection)

    def remove(self, connection: Measured) -> None:
        """Keep what it has counted, and forget it; its loop's thread."""
        books = self._books.get(connection.loop)
        if books is not None:
            books.end(cast("Kernel", connection))

    def rename(self, connection_id: str, name: str) -> None:
        """Give a connection a name; any thread."""
        self._names[connection_id] = name

    def name_of(self, connection_id: str) -> str:
        """Give the name of a connection; empty if it has none; any thread."""
        return self._names.get(connection_id, "")

    def take(self) -> tuple[Totals, int]:
        """Give all numbers, and how many loops did not answer in time; any thread.

        It waits for no loop longer than the patience, and not at all on a loop thread:
        what somebody else is counting meanwhile is then given as it last was.
        """
        on_loop = any(loop.owned() for loop in tuple(self._books))
        if not self._taking.acquire(blocking=not on_loop):
            return self._taken
        try:
            self._taken = self._take(0.0 if on_loop else self._patience)
            return self._taken
        finally:
            self._taking.release()

    def _take(self, patience: float) -> tuple[Totals, int]:
        with self._adding:
            books = list(self._books.values())
        for each in books:
            self._begin(each)
        deadline = time.monotonic() + patience
        totals, silent = Totals(), 0
        for each in books:
            if each.loop.stopping:
                self._bury(each)
                continue
            if not self._finish(each, deadline):
                silent += 1
            totals.merge(each.last)
        totals.merge(self._buried)
        return totals, silent

    def _begin(self, books: _Books) -> None:
        if books.loop.owned():
            at_once = _Round(books)
            at_once.step(len(books.there))
            books.pending = at_once
        elif books.pending is None:  # else one more would not be sooner
            books.pending = _Round(books)
            books.loop.call_soon(books.pending.walk)

    def _finish(self, books: _Books, deadline: float) -> bool:
        walking, left = books.pending, max(0.0, deadline - time.monotonic())
        if walking is None or not walking.done.wait(left):
            return False
        books.pending, books.last = None, walking.totals
        return True

    def _bury(self, books: _Books) -> None:
        """Keep what is last known of a loop that has ended."""
        self._finish(books, 0.0)
        with self._adding:
            self._books.pop(books.loop, None)
        self._buried.merge(books.last.counters())
