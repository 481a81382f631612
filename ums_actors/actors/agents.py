"""The availability of agents on its way to subscribers: each change once."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Final

from ums_actors.actors.events import AgentStateChanged
from ums_actors.actors.subscription import Kind
from ums_actors.protocol import brand
from ums_actors.protocol.agents import AgentAvailability, read_agent_state_changes
from ums_actors.protocol.names import spellings

if TYPE_CHECKING:
    from ums_actors.actors.kernel import Kernel
    from ums_actors.actors.subscription import Subscription
    from ums_actors.protocol.envelopes import Notification

__all__ = ["AGENT_STATE_TYPES", "AgentStates"]

AGENT_STATE_TYPES: Final = spellings(brand.AGENT_STATE_NOTIFICATION)
"""The names under which agents' states are told of."""
LIMIT: Final = 10_000
"""Agents whose state is remembered; the one heard of longest ago is forgotten."""


class AgentStates:
    """What the service said last of each agent; loop thread only."""

    __slots__ = ("_kernel", "_states")

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        self._states: OrderedDict[str, str] = OrderedDict()

    def take(self, frame: Notification) -> None:
        """Handle an agent state notification.

        Raises:
            RemoteProtocolError: it cannot be read.
        """
        body = read_agent_state_changes(frame.body)
        for change in body.changes:
            agent = change.result
            if not agent.agent_user_id:
                continue
            if change.type == "DELETE":
                self._states.pop(agent.agent_user_id, None)
            else:
                self._note(agent, body.subscription_id)
        subscription = self._subscription(body.subscription_id)
        if subscription is not None:
            subscription.snapshot_seen = subscription.ever_seen = True
            subscription.waiters.resolve(body.subscription_id)

    def _note(self, agent: AgentAvailability, subscription_id: str) -> None:
        agent_id, states = agent.agent_user_id, self._states
        previous = states.pop(agent_id, None)
        states[agent_id] = agent.availability
        while len(states) > LIMIT:
            states.popitem(last=False)
        if previous == agent.availability:
            return  # also in the snapshot of a new line
        self._kernel.subscribers.publish(
            AgentStateChanged(
                agent_id=agent_id,
                state=agent.availability,
                previous=previous,
                description=agent.description,
                subscription_id=subscription_id,
            )
        )

    def _subscription(self, subscription_id: str) -> Subscription | None:
        for known in self._kernel.subscriptions.values():
            if (
                known.kind is Kind.AGENT_STATES
                and known.subscription_id == subscription_id
            ):
                return known
        return None
