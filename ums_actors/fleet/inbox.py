"""Events of many agents on their way to somebody who iterates over them."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from ums_actors.actors.inbox import Waited
from ums_actors.core.fair import FairLines
from ums_actors.fleet.events import AgentEvent

if TYPE_CHECKING:
    from ums_actors.actors.events import Event
    from ums_actors.core.fair import Taken
    from ums_actors.fleet.limits import Limits
    from ums_actors.fleet.spec import Key

__all__ = ["FairInbox", "as_event"]


def as_event(taken: Taken[Key, Event]) -> AgentEvent:
    """Say whose an event is."""
    (account_id, user), event, missed = taken
    return AgentEvent(user=user, account_id=account_id, event=event, missed=missed)


class FairInbox(Waited):
    """A bounded line for each agent, emptied in turns; any thread."""

    def __init__(self, limits: Limits) -> None:
        super().__init__()
        self._lines: FairLines[Key, Event] = FairLines(
            limits.events, limits.events_per_agent
        )
        self._filling = threading.Lock()

    def __len__(self) -> int:
        return len(self._lines)

    def put(self, key: Key, event: Event) -> bool:
        """Take an event; tell whether none of this agent's was lost for it."""
        with self._filling:
            if self.ended:
                return True
            loser = self._lines.push(key, event)
        self._wake()
        return loser != key

    def waiting(self, key: Key) -> int:
        """Count what waits of one agent."""
        return self._lines.waiting(key)

    def leave(self, key: Key) -> None:
        """Take note that an agent is gone."""
        with self._filling:
            self._lines.forget(key)

    @property
    def depth(self) -> int:
        """How many events wait."""
        return len(self._lines)

    @property
    def dropped(self) -> int:
        """How many events were lost."""
        return self._lines.dropped

    def discard(self) -> None:
        """Add nothing any more, and forget what waits."""
        self.end()
        with self._filling:
            self._lines.clear()

    def take(self) -> AgentEvent | None:
        """Give what is next, or None."""
        with self._filling:
            taken = self._lines.take()
        return None if taken is None else as_event(taken)
