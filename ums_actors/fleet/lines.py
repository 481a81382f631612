"""What all who hear a fleet have in common: a bounded line for each agent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ums_actors.core.fair import FairLines
from ums_actors.fleet.events import AgentEvent

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from ums_actors.actors.events import Event
    from ums_actors.core.fair import Taken
    from ums_actors.fleet.limits import Limits
    from ums_actors.fleet.spec import Key

__all__ = ["Lines", "as_event"]


def as_event(taken: Taken[Key, Event]) -> AgentEvent:
    """Say whose an event is."""
    (account_id, user), event, missed = taken
    return AgentEvent(user=user, account_id=account_id, event=event, missed=missed)


class Lines:
    """The lines of one who hears; any thread.

    Args:
        limits: bounds of what waits.
        lock: held by whoever changes them.
    """

    def __init__(
        self, limits: Limits, lock: AbstractContextManager[bool | None]
    ) -> None:
        self._lines: FairLines[Key, Event] = FairLines(
            limits.events, limits.events_per_agent
        )
        self._changing = lock

    def waiting(self, key: Key) -> int:
        """Count what waits of one agent."""
        return self._lines.waiting(key)

    def untaken(self, key: Key) -> list[Event]:
        """Give what waits of one agent, and what is in hand as far as that is known."""
        with self._changing:
            return self._lines.untaken(key)

    def leave(self, key: Key) -> None:
        """Take note that an agent is gone; what waits is still heard."""
        with self._changing:
            self._lines.forget(key)

    @property
    def depth(self) -> int:
        """How many events wait, but for those that are in hand."""
        return len(self._lines)

    @property
    def dropped(self) -> int:
        """How many events were lost."""
        return self._lines.dropped
