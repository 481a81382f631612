"""The blocking façade of a brand's connection."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ums_actors.connection import (
    BrandConnectionProxy,
    BrandWebsocketConnection,
    proxy_of,
)
from ums_actors.sync.base import BlockingConnection

if TYPE_CHECKING:
    from ums_actors.protocol.records import MessageEvent

__all__ = ["Connection", "connect"]


def connect(
    account_id: str,
    *,
    timeout: float = 30.0,
    fail_fast: bool = False,
    wait_for_ready: bool = False,
    **more: Any,
) -> Connection:
    """Open a supervised brand connection and wait until it is READY.

    Args:
        account_id: the brand's account.
        timeout: seconds for the opening, and for each later call.
        fail_fast: raise at the first failure instead of trying on until ``timeout``.
        wait_for_ready: wait for the first snapshot of conversations as well.
        more: as for :class:`~ums_actors.connection.BrandWebsocketConnection`.

    Raises:
        AuthenticationRejected: the credentials are refused.
        TimeoutError: not READY in time; nothing is left behind.
    """
    ref = BrandWebsocketConnection.start(account_id, **more)
    return Connection(ref, proxy_of(ref), timeout)._open(fail_fast, wait_for_ready)


class Connection(BlockingConnection[BrandConnectionProxy]):
    """A brand's connection whose methods wait for their answers; any thread."""

    def query_messages(
        self, dialog_id: str, newer_than: int | None = None
    ) -> list[MessageEvent]:
        """Ask for a dialog's events after a sequence number."""
        return self.proxy.query_messages(dialog_id, newer_than).get()

    def set_agent_state(self, agent_state: str, agent_id: str | None = None) -> None:
        """Set the availability."""
        self.proxy.set_agent_state(agent_state, agent_id).get()

    def join_dialog(
        self,
        conversation_id: str,
        dialog_id: str | None = None,
        participant_role: str = "",
        agent_id: str | None = None,
    ) -> str:
        """Take part in a dialog."""
        return self.proxy.join_dialog(
            conversation_id, dialog_id, participant_role, agent_id
        ).get()

    def leave_dialog(
        self,
        conversation_id: str,
        dialog_id: str | None = None,
        participant_role: str = "",
        agent_id: str | None = None,
    ) -> str:
        """Take part no more."""
        return self.proxy.leave_dialog(
            conversation_id, dialog_id, participant_role, agent_id
        ).get()

    def transfer_conversation(self, conversation_id: str, **where: Any) -> str:
        """Hand a conversation over; see the connection's own method."""
        return self.proxy.transfer_conversation(conversation_id, **where).get()

    def create_conversation(
        self, consumer_id: str, skill_id: str | None = None, context: Any = None
    ) -> str:
        """Open a conversation with a consumer; gives its id."""
        return self.proxy.create_conversation(consumer_id, skill_id, context).get()

    def create_routing_task_subscription(
        self, agent_id: str | None = None, wait_for_ready: bool = False
    ) -> str:
        """Have conversations offered, on this line and all later ones."""
        return self.proxy.create_routing_task_subscription(
            agent_id, wait_for_ready
        ).get()

    def update_routing_task_subscription(
        self, subscription_id: str, agent_id: str | None = None
    ) -> None:
        """Be told of another agent's rings."""
        self.proxy.update_routing_task_subscription(subscription_id, agent_id).get()

    def subscribe_agents_state(
        self, agent_id: str | None = None, wait_for_ready: bool = False
    ) -> str:
        """Hear of an agent's availability, on this line and all later ones."""
        return self.proxy.subscribe_agents_state(agent_id, wait_for_ready).get()
