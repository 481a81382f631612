"""Rings, and the availability of agents: what is subscribed to of routing."""

from __future__ import annotations

import abc
from typing import TYPE_CHECKING, Any

from ums_actors.actors.subscription import Kind
from ums_actors.connection.conversations import Conversations
from ums_actors.protocol.agents import (
    SUBSCRIBE_AGENTS_STATE,
    subscribe_agents_state,
    unsubscribe,
)
from ums_actors.protocol.brand import SUBSCRIBE_ROUTING_TASKS
from ums_actors.protocol.ids import ME
from ums_actors.protocol.routing import (
    UPDATE_ROUTING_TASKS,
    subscribe_routing_tasks,
    update_routing_tasks,
)
from ums_actors.runtime.steps import run_steps

if TYPE_CHECKING:
    from collections.abc import Callable

    from ums_actors.protocol.requests import Call
    from ums_actors.runtime import LoopFuture

__all__ = ["Routing"]


class Routing(Conversations, abc.ABC):
    """Routing tasks and agents' states; UMS.md 3.7 and 3.8 have their wire forms."""

    def create_routing_task_subscription(
        self, agent_id: str | None = None, wait_for_ready: bool = False
    ) -> LoopFuture[str]:
        """Have conversations offered, on this line and all later ones.

        They come as :class:`~ums_actors.RingOffered` while the agent is ONLINE.

        Args:
            agent_id: to whom (``account.user``); the own user if not given.
            wait_for_ready: be done only when the first notification has been applied.

        Returns:
            a future of the subscription id on the present line.
        """
        return self._subscribe(
            Kind.ROUTING,
            SUBSCRIBE_ROUTING_TASKS,
            self._rings_of(agent_id),
            wait_for_ready,
        )

    def update_routing_task_subscription(
        self, subscription_id: str, agent_id: str | None = None
    ) -> LoopFuture[None]:
        """Be told of another agent's rings, on this line and all later ones.

        Those of the earlier agent that still wait come as RingUpdated, CANCELLED; then
        the other's. Done when the service has taken it, or has been asked with it on a
        later line.

        Args:
            subscription_id: the first id of the subscription or its present one.
            agent_id: whose, by either id; the own user's if not given. On a
                subscription made elsewhere it waits for the first login, in its
                place among the other requests.

        Raises (through the future):
            RequestRejected: the service would not; all stays as it was.
        """
        account_id, renewed = self._kernel.account_id, self._rings_of(agent_id)

        def update(present: str, agent: Callable[..., str]) -> Call:
            who = agent(ME if agent_id is None else agent_id)
            return update_routing_tasks(account_id, present, who)

        known = self._known(Kind.ROUTING, subscription_id)
        if known is None:
            done = self._call_naming(lambda agent: update(subscription_id, agent))
            return run_steps(self._taken(done, lambda _: None))
        return self._update(
            known,
            UPDATE_ROUTING_TASKS,
            renewed,
            lambda present: update(present, self._agent),
        )

    def _rings_of(self, agent_id: str | None) -> Callable[[], Call]:
        account_id = self._kernel.account_id
        if agent_id is not None:
            self._likely_agent(agent_id)  # a bad id fails here
        return lambda: subscribe_routing_tasks(
            account_id, self._agent_or_self(agent_id)
        )

    def unsubscribe_routing_tasks(self, subscription_id: str) -> LoopFuture[Any]:
        """Be offered no more, by the first id or the present one, for good."""
        return self._call(unsubscribe(self._forget(Kind.ROUTING, subscription_id)))

    def subscribe_agents_state(
        self, agent_id: str | None = None, wait_for_ready: bool = False
    ) -> LoopFuture[str]:
        """Hear of an agent's availability, on this line and all later ones.

        It comes as :class:`~ums_actors.AgentStateChanged`, first as it is now.

        Args:
            agent_id: whose, by either id; the own user's if not given.
            wait_for_ready: be done only when the first notification has been applied.

        Returns:
            a future of the subscription id on the present line.
        """
        account_id = self._kernel.account_id
        if agent_id is not None:
            self._likely_agent(agent_id)  # a bad id fails here

        def call() -> Call:
            return subscribe_agents_state(account_id, self._agent_or_self(agent_id))

        return self._subscribe(
            Kind.AGENT_STATES, SUBSCRIBE_AGENTS_STATE, call, wait_for_ready
        )

    def unsubscribe_agents_state(self, subscription_id: str) -> LoopFuture[Any]:
        """Hear of it no more, by the first id or the present one, for good."""
        present = self._forget(Kind.AGENT_STATES, subscription_id)
        return self._call(unsubscribe(present))

    def _agent_or_self(self, agent_id: str | None) -> str:
        return self._own_id() if agent_id is None else self._agent(agent_id)
