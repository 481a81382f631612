"""The blocking façade of a brand's connection."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from ums_actors.connection import (
    BrandConnectionProxy,
    BrandWebsocketConnection,
    proxy_of,
)
from ums_actors.connection.proxy import AnyBrandConnectionProxy
from ums_actors.sync.base import BlockingConnection

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ums_actors.protocol.records import MessageEvent
    from ums_actors.protocol.shifts import SkillShift

__all__ = ["AnyBrandConnection", "Connection", "connect"]

B = TypeVar("B", bound=AnyBrandConnectionProxy)


def connect(
    account_id: str,
    *,
    timeout: float = 30.0,
    fail_fast: bool = False,
    wait_for_ready: bool = False,
    subscribe: Iterable[tuple[Any, ...]] = (),
    **more: Any,
) -> Connection:
    """Open a supervised brand connection and wait until it is READY.

    Args:
        account_id: the brand's account.
        timeout: seconds for the opening, and for each later call.
        fail_fast: raise at the first failure instead of trying on until ``timeout``.
        wait_for_ready: wait for the first snapshot of conversations as well.
        subscribe: who hears from the first event on, before the first snapshot: such as
            ``[(handler, MessageReceived, RingOffered)]``; a target alone hears all.
        more: as for :class:`~ums_actors.connection.BrandWebsocketConnection`.

    Raises:
        AuthenticationRejected: the credentials are refused.
        TimeoutError: not READY in time; nothing is left behind.
    """
    ref = BrandWebsocketConnection.start(account_id, subscribe=subscribe, **more)
    return Connection(ref, proxy_of(ref), timeout)._open(fail_fast, wait_for_ready)


class AnyBrandConnection(BlockingConnection[B]):
    """What the blocking connections of a brand's user have in common."""

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

    def unsubscribe_routing_tasks(self, subscription_id: str) -> None:
        """Be offered no more, for good."""
        self.proxy.unsubscribe_routing_tasks(subscription_id).get()

    def unsubscribe_agents_state(self, subscription_id: str) -> None:
        """Hear of it no more, for good."""
        self.proxy.unsubscribe_agents_state(subscription_id).get()

    def set_brand_profile(self, profile: Any) -> str:
        """Set the parts of the brand's profile that are given."""
        return self.proxy.set_brand_profile(profile).get()

    def get_shift_status(self) -> tuple[SkillShift, ...]:
        """Ask which skills of the account have their working hours now."""
        return self.proxy.get_shift_status().get()

    def get_skills(self) -> tuple[SkillShift, ...]:
        """Give what is known of the working hours of skills, without asking."""
        return self.proxy.get_skills().get(timeout=self._timeout)

    def process_shift_status_response(self, records: Any) -> None:
        """Take working hours that were learned elsewhere."""
        self.proxy.process_shift_status_response(records).get(timeout=self._timeout)

    def get_message_statistics(self, agent_id: str | None = None) -> dict[str, Any]:
        """Ask for the message statistics of the brand, or of one of its agents."""
        return self.proxy.get_message_statistics(agent_id).get()


class Connection(AnyBrandConnection[BrandConnectionProxy]):
    """A brand's connection whose methods wait for their answers; any thread."""
