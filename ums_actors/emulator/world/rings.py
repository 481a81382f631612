"""Rings: a conversation that is offered to one agent."""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ums_actors.emulator.choices import KEPT_RINGS, RING_ENDS

if TYPE_CHECKING:
    from ums_actors.emulator.world.conversation import Conversation

__all__ = ["Ring", "RingBook", "RoutingTask"]


@dataclass(eq=False, slots=True)
class RoutingTask:
    """The search for the agent of one conversation; one agent rings at a time.

    Attributes:
        skill: whose agents may be rung.
        ring: the one that waits, if any.
        rejected: agents (old ids) who said no in this round.
        missed: how often an agent let a ring expire.
        suggested: the one agent whom a transfer asks for, None when all are asked.
        suggested_until: epoch ms at which the suggestion ends if nothing rings.
        assigned: who got the conversation, once that is known.
        completed: whether the search is over.
    """

    task_id: str
    conversation: Conversation
    skill: str
    ring: Ring | None = None
    rejected: set[str] = field(default_factory=set)
    missed: Counter[str] = field(default_factory=Counter)
    suggested: str | None = None
    suggested_until: int = 0
    assigned: str | None = None
    completed: bool = False

    @property
    def key(self) -> str:
        """The conversation's id."""
        return self.conversation.conversation_id


@dataclass(eq=False, slots=True)
class Ring:
    """One offer to one agent (old id); times are epoch milliseconds.

    Attributes:
        is_transfer: whether a transfer asks for just this agent.
        length: how long it waits, in milliseconds.
        weight: when the consumer is to have an answer.
    """

    ring_id: str
    task: RoutingTask
    agent: str
    is_transfer: bool
    length: int
    expires: int
    weight: int
    state: str = "WAITING"


class RingBook:
    """All rings that wait, and the latest of those that are over."""

    def __init__(self) -> None:
        self._outcomes: Counter[str] = Counter()
        self._rings: dict[str, Ring] = {}
        self._over: deque[str] = deque()
        self._waiting: dict[str, dict[str, Ring]] = {}

    def free_id(self, stem: str, now: int) -> str:
        """Give an id for a new ring: the stem and the time, or one a little later."""
        while f"{stem}{now}" in self._rings:
            now += 1
        return f"{stem}{now}"

    def add(self, ring: Ring) -> None:
        """Take in a ring that waits."""
        self._rings[ring.ring_id] = ring
        self._waiting.setdefault(ring.agent, {})[ring.ring_id] = ring

    def finish(self, ring: Ring, state: str) -> None:
        """End a ring that waits; it stays known for a while."""
        ring.state = state
        self._outcomes[state] += 1
        waiting = self._waiting[ring.agent]
        del waiting[ring.ring_id]
        if not waiting:
            del self._waiting[ring.agent]
        self._over.append(ring.ring_id)
        if len(self._over) > KEPT_RINGS:
            del self._rings[self._over.popleft()]

    def find(self, ring_id: str) -> Ring | None:
        """Find a ring that waits or is over."""
        return self._rings.get(ring_id)

    def counts(self) -> dict[str, int]:
        """Say how many wait, and how many have ended in each state."""
        ended = {state.lower(): self._outcomes[state] for state in RING_ENDS}
        return {"waiting": len(self._rings) - len(self._over), **ended}

    def waiting(self, agent: str | None = None) -> list[Ring]:
        """List the rings of an agent that wait, or all that do."""
        if agent is not None:
            return list(self._waiting.get(agent, {}).values())
        return [ring for rings in self._waiting.values() for ring in rings.values()]
