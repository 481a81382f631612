"""Who hears which events of a fleet."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Protocol

from ums_actors.actors.selection import Selection, selection

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ums_actors.actors.events import Event
    from ums_actors.fleet.spec import Key

__all__ = ["Hearer", "Switchboard"]


class Hearer(Protocol):
    """Somebody who hears; any thread, nothing of it blocks or raises."""

    def put(self, key: Key, event: Event) -> bool:
        """Take an event; tell whether none of this agent's was lost for it."""
        ...

    def waiting(self, key: Key) -> int:
        """Count what waits of one agent."""
        ...

    def untaken(self, key: Key) -> list[Event]:
        """Give what waits of one agent, or is in hand; a copy."""
        ...

    def leave(self, key: Key) -> None:
        """Take note that an agent is gone; what waits is still heard."""
        ...

    def end(self) -> None:
        """Take nothing more; what waits is still heard."""
        ...

    @property
    def depth(self) -> int:
        """How many events wait."""
        ...

    @property
    def dropped(self) -> int:
        """How many events were lost."""
        ...


class Switchboard:
    """Passes each event on to those who want its kind; any thread.

    Attributes:
        kinds: event classes that the fleet's agents tell of; none means all but taps.
    """

    def __init__(self, kinds: Iterable[type[Event]]) -> None:
        self.kinds: tuple[type[Event], ...] = selection(kinds).kinds
        self._lock = threading.Lock()
        self._hearers: tuple[tuple[Hearer, Selection], ...] = ()
        self._by_kind: dict[type[Event], tuple[Hearer, ...]] = {}
        self._lost = 0
        self._ended = False

    def add(self, hearer: Hearer, kinds: tuple[type[Event], ...]) -> None:
        """Let somebody hear events of these classes from now on."""
        with self._lock:
            self._hearers = (*self._hearers, (hearer, selection(kinds)))
            self._by_kind = {}
            ended = self._ended
        if ended:
            hearer.end()

    def end(self) -> None:
        """Let nobody hear anything more, now or later; what waits is still heard."""
        with self._lock:
            self._ended, hearers = True, self._hearers
        for hearer, _ in hearers:
            hearer.end()

    def remove(self, hearer: Hearer) -> None:
        """Let somebody hear no more; idempotent."""
        with self._lock:
            left = tuple(each for each in self._hearers if each[0] is not hearer)
            if len(left) < len(self._hearers):
                self._lost += hearer.dropped
            self._hearers, self._by_kind = left, {}

    def tell(self, key: Key, event: Event) -> bool:
        """Pass an event on; tell whether none of this agent's was lost for it."""
        kept = True
        for hearer in self._of(type(event)):
            kept = hearer.put(key, event) and kept
        return kept

    def waiting(self, key: Key) -> int:
        """Count the events of an agent that wait with those who hear."""
        return sum(hearer.waiting(key) for hearer, _ in self._hearers)

    def untaken(self, key: Key) -> list[Event]:
        """Give the events of an agent that wait or are in hand."""
        return [each for hearer, _ in self._hearers for each in hearer.untaken(key)]

    def leave(self, key: Key) -> None:
        """Tell all that an agent is gone."""
        for hearer, _ in self._hearers:
            hearer.leave(key)

    @property
    def depth(self) -> int:
        """How many events wait."""
        return sum(hearer.depth for hearer, _ in self._hearers)

    @property
    def dropped(self) -> int:
        """How many events were lost, since somebody was slow."""
        return self._lost + sum(hearer.dropped for hearer, _ in self._hearers)

    def _of(self, kind: type[Event]) -> tuple[Hearer, ...]:
        known = self._by_kind
        found = known.get(kind)
        if found is None:
            found = known[kind] = tuple(
                hearer for hearer, chosen in self._hearers if chosen.wants(kind)
            )
        return found
