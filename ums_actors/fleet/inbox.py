"""Events of many agents on their way to somebody who iterates over them."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from ums_actors.actors.inbox import Waited
from ums_actors.fleet.lines import Lines, as_event

if TYPE_CHECKING:
    from ums_actors.actors.events import Event
    from ums_actors.fleet.events import AgentEvent
    from ums_actors.fleet.limits import Limits
    from ums_actors.fleet.spec import Key

__all__ = ["FairInbox"]


class FairInbox(Waited, Lines):
    """A bounded line for each agent, emptied in turns; any thread."""

    def __init__(self, limits: Limits) -> None:
        Waited.__init__(self)
        Lines.__init__(self, limits, threading.Lock())
        self._hand: tuple[Key, Event] | None = None  # until the next is asked for

    def __len__(self) -> int:
        return len(self._lines)

    def put(self, key: Key, event: Event) -> bool:
        """Take an event; tell whether none of this agent's was lost for it."""
        with self._changing:
            if self.ended:
                return True
            loser = self._lines.push(key, event)
        self._wake()
        return loser != key

    def discard(self) -> None:
        """Add nothing any more, and forget what waits."""
        self.end()
        with self._changing:
            self._lines.clear()
            self._hand = None

    def untaken(self, key: Key) -> list[Event]:
        """Give what waits of one agent, and what whoever iterates is at."""
        with self._changing:
            waiting, hand = self._lines.untaken(key), self._hand
        return [hand[1], *waiting] if hand is not None and hand[0] == key else waiting

    def take(self) -> AgentEvent | None:
        """Give what is next, or None."""
        with self._changing:
            taken = self._lines.take()
            self._hand = None if taken is None else (taken.key, taken.item)
        return None if taken is None else as_event(taken)
