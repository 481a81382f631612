"""Rings: which conversations are offered to this user."""

from __future__ import annotations

import abc
from typing import TYPE_CHECKING

from ums_actors.actors.subscription import Kind
from ums_actors.connection.conversations import Conversations
from ums_actors.protocol.brand import SUBSCRIBE_ROUTING_TASKS
from ums_actors.protocol.routing import subscribe_routing_tasks

if TYPE_CHECKING:
    from ums_actors.protocol.requests import Call
    from ums_actors.runtime import LoopFuture

__all__ = ["Routing"]


class Routing(Conversations, abc.ABC):
    """Routing tasks; UMS.md 3.7 has their wire forms."""

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
        account_id = self._kernel.account_id
        if agent_id is not None:
            subscribe_routing_tasks(account_id, agent_id)  # a bad id fails here

        def call() -> Call:
            return subscribe_routing_tasks(account_id, agent_id or self._own_id())

        return self._subscribe(
            Kind.ROUTING, SUBSCRIBE_ROUTING_TASKS, call, wait_for_ready
        )
