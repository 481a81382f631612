"""Which agents can be rung, and who is to be rung first."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Protocol

from ums_actors.emulator import choices

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ums_actors.emulator.world.rings import Ring, RoutingTask
    from ums_actors.emulator.world.world import World

__all__ = ["Ear", "Roster"]


class Ear(Protocol):
    """Hears of the rings of one agent.

    Attributes:
        agent: the agent's old id.
        is_own: whether it is the agent who listens; only then can they be rung.
    """

    agent: str
    is_own: bool

    def ring_changed(self, ring: Ring) -> None:
        """Hear that a ring is new, changed or repeated."""


class Roster:
    """The agents as routing sees them, all by old id.

    Args:
        world: for their states and skills.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._ears: dict[str, list[Ear]] = {}
        self._listening: Counter[str] = Counter()
        self._assigned: dict[str, str] = {}
        self._loads: Counter[str] = Counter()
        self._last_rung: dict[str, int] = {}
        self._rung = 0

    # -- who listens

    def add(self, ear: Ear) -> None:
        """Take in an ear."""
        self._ears.setdefault(ear.agent, []).append(ear)
        if ear.is_own:
            self._listening[ear.agent] += 1

    def remove(self, ear: Ear) -> None:
        """Let an ear go."""
        ears = self._ears[ear.agent]
        ears.remove(ear)
        if not ears:
            del self._ears[ear.agent]
        if ear.is_own:
            self._listening[ear.agent] -= 1
            if not self._listening[ear.agent]:
                del self._listening[ear.agent]

    def tell(self, ring: Ring) -> None:
        """Tell all who listen for the ring's agent."""
        for ear in self._ears.get(ring.agent, ()):
            ear.ring_changed(ring)

    # -- who can be rung

    def takers(self, skill: str) -> Iterator[str]:
        """Give the agents who can be rung for a skill."""
        return (agent for agent in self._listening if self.may_take(agent, skill))

    def may_take(self, agent: str, skill: str) -> bool:
        """Say whether an agent can be rung for a skill."""
        user = self._world.users.find(agent)
        return (
            user is not None
            and user.has_skill(skill)
            and self._is_ready(agent, choices.QUEUE_STATES)
        )

    def may_take_over(self, agent: str) -> bool:
        """Say whether an agent can be rung for a transfer to them."""
        return self._is_ready(agent, choices.TRANSFER_STATES)

    def _is_ready(self, agent: str, states: frozenset[str]) -> bool:
        if agent not in self._listening:
            return False
        return self._world.agent_states.get(agent, "OFFLINE") in states

    # -- who comes first

    def best(self, agents: list[str], task: RoutingTask) -> str:
        """Give the least loaded of some agents who has not rung for longest.

        Who let this task's ring expire comes after all others.
        """

        def rank(agent: str) -> tuple[int, int, int]:
            rung = self._last_rung.get(agent, 0)
            return task.missed[agent], self._loads[agent], rung

        return min(agents, key=rank)

    def note_rung(self, agent: str) -> None:
        """Note that an agent rings now."""
        self._rung += 1
        self._last_rung[agent] = self._rung

    def note_assigned(self, conversation_id: str, agent: str | None) -> None:
        """Note whose an open conversation is, None if nobody's or over."""
        before = self._assigned.pop(conversation_id, None)
        if before is not None:
            self._loads[before] -= 1
        if agent is not None:
            self._assigned[conversation_id] = agent
            self._loads[agent] += 1
