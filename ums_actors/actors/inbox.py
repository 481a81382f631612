"""Events on their way to somebody who iterates over them."""

from __future__ import annotations

import abc
import threading
from collections import deque
from typing import TYPE_CHECKING, Final

from ums_actors.arguments import whole
from ums_actors.runtime import LoopFuture

if TYPE_CHECKING:
    from ums_actors.actors.events import Event

__all__ = ["EventInbox", "Waited"]


class Waited(abc.ABC):
    """Somewhere that somebody waits for events to come, or for the end; any thread.

    Attributes:
        ended: whether nothing will be added any more.
        error: why, if that was not in order.
    """

    def __init__(self) -> None:
        self.ended: bool = False
        self.error: Exception | None = None
        self._waiters: list[LoopFuture[None]] = []
        self._lock = threading.Lock()

    @abc.abstractmethod
    def __len__(self) -> int:
        """Count what can be taken."""

    @abc.abstractmethod
    def take(self) -> Event | None:
        """Give what is next, or None."""

    @abc.abstractmethod
    def discard(self) -> None:
        """Add nothing any more, and forget what waits."""

    def end(self, error: Exception | None = None) -> None:
        """Add nothing any more; what waits can still be taken."""
        if not self.ended:
            self.error, self.ended = error, True
        self._wake()

    def waiter(self) -> LoopFuture[None]:
        """Give a future that is done when there is something to take, or the end."""
        future: LoopFuture[None] = LoopFuture()
        with self._lock:
            self._waiters.append(future)
        if len(self) or self.ended:
            self._wake()
        return future

    def forget(self, waiter: LoopFuture[None]) -> None:
        """Leave nothing of one who waits no longer."""
        with self._lock:
            if waiter in self._waiters:
                self._waiters.remove(waiter)

    def _wake(self) -> None:
        if not self._waiters:
            return
        with self._lock:
            waiters, self._waiters = self._waiters, []
        for waiter in waiters:
            waiter.try_set(None)


class EventInbox(Waited):
    """A bounded line of events; filled on the loop thread, emptied on any.

    Attributes:
        limit: events that may wait; the oldest are dropped beyond.
    """

    def __init__(self, limit: int) -> None:
        super().__init__()
        self.limit: Final = whole("limit", limit, 1, " events")
        self._events: deque[Event] = deque()
        self._hand: Event | None = None  # whoever iterates has it, until the next

    def __len__(self) -> int:
        return len(self._events)

    def waiting(self) -> list[Event]:
        """Give what waits, and what whoever iterates is at; loop thread."""
        waiting = list(self._events)  # first: it is in hand before it is out of line
        return waiting if self._hand is None else [self._hand, *waiting]

    def push(self, event: Event) -> bool:
        """Add an event; tell whether none was dropped for it."""
        if self.ended:
            return True
        kept = True
        if len(self._events) >= self.limit:
            kept = self._drop() is None
        self._events.append(event)
        self._wake()
        return kept

    def _drop(self) -> Event | None:
        try:
            return self._events.popleft()
        except IndexError:  # whoever iterates was faster
            return None

    def discard(self) -> None:
        """Add nothing any more, and forget what waits."""
        self.end()
        self._events.clear()
        self._hand = None

    def take(self) -> Event | None:
        """Give the oldest event, or None; the one before is done with."""
        try:
            self._hand = self._events[0]
            self._hand = self._events.popleft()
        except IndexError:
            self._hand = None
        return self._hand
