"""Rings: records of routing tasks, and the requests that ask for and answer them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from ums_actors.arguments import identifier
from ums_actors.errors import LocalProtocolError
from ums_actors.protocol.brand import SUBSCRIBE_ROUTING_TASKS, UPDATE_RING_STATE
from ums_actors.protocol.enums import ChannelType, RingState
from ums_actors.protocol.lenient import read_record
from ums_actors.protocol.records import read_subscription_id, read_text
from ums_actors.protocol.requests import Request
from ums_actors.protocol.requests import text as _text
from ums_actors.protocol.subscription import update_body

if TYPE_CHECKING:
    import msgspec

    from ums_actors.protocol.envelopes import Frame

__all__ = [
    "UPDATE_ROUTING_TASKS",
    "RingDetails",
    "RoutingTask",
    "RoutingTaskChange",
    "RoutingTaskChanges",
    "read_routing_task_changes",
    "subscribe_routing_tasks",
    "update_ring_state",
    "update_routing_tasks",
]

UPDATE_ROUTING_TASKS: Final = ".ams.routing.UpdateRoutingTaskSubscription"

ANSWERS: Final = (RingState.ACCEPTED, RingState.REJECTED)
"""What a client may say of a ring."""


class RingDetails(Struct, frozen=True, rename="camel", gc=False):
    """One offer of a conversation to one agent; times are milliseconds.

    Attributes:
        ring_state: see :class:`~ums_actors.protocol.enums.RingState`; others may come.
        ring_expiration: how long it rings.
        ring_expiration_ts: until when, since 1970 by the server's clock.
        weight: the more urgent, the smaller.
    """

    ring_id: str = ""
    ring_state: str = ""
    ring_expiration: int | None = None
    ring_expiration_ts: int | None = None
    weight: int | None = None
    conv_id: str = ""
    consumer_id: str = ""
    skill_id: str = ""
    brand_id: str = ""


class RoutingTask(Struct, frozen=True, rename="camel", gc=False):
    """A conversation on its way to an agent."""

    routing_task_id: str = ""
    task_completed: bool = False
    conversation_id: str = ""
    consumer_id: str = ""
    skill_id: str = ""
    brand_id: str = ""
    assigned_agent_id: str | None = None
    rings_details: list[RingDetails] = []

    def rings(self) -> list[RingDetails]:
        """Give the rings that have an id; what they leave out is the task's."""
        return [
            replace(
                ring,
                conv_id=ring.conv_id or self.conversation_id,
                consumer_id=ring.consumer_id or self.consumer_id,
                skill_id=ring.skill_id or self.skill_id,
                brand_id=ring.brand_id or self.brand_id,
            )
            for ring in self.rings_details
            if ring.ring_id
        ]


class RoutingTaskChange(Struct, frozen=True, rename="camel", gc=False):
    """UPSERT of a routing task, or DELETE: it left the subscription."""

    type: str = ""
    result: RoutingTask = RoutingTask()


class RoutingTaskChanges(Struct, frozen=True, rename="camel", gc=False):
    """The body of a routing task notification."""

    subscription_id: str = ""
    changes: list[RoutingTaskChange] = []


def read_routing_task_changes(raw: msgspec.Raw | Frame) -> RoutingTaskChanges:
    """Read the body of a routing task notification.

    Raises:
        RemoteProtocolError: it is not a JSON object.
    """
    return read_record(raw, RoutingTaskChanges)


def subscribe_routing_tasks(account_id: str, agent_id: str) -> Request[str]:
    """Subscribe to an agent's rings; ``agent_id`` is ``account.user``."""
    body = {
        "channelType": ChannelType.MESSAGING,
        "brandId": identifier("account_id", account_id),
        "agentId": identifier("agent_id", agent_id),
    }
    return Request(SUBSCRIBE_ROUTING_TASKS, body, read_subscription_id)


def update_routing_tasks(
    account_id: str, subscription_id: str, agent_id: str
) -> Request[str]:
    """Have a subscription tell of another agent's rings.

    The body of this request is not published (UMS.md 3.7): it is taken to be that of
    the subscription, with the id beside it, as for conversations.
    """
    body = subscribe_routing_tasks(account_id, agent_id).body
    return Request(UPDATE_ROUTING_TASKS, update_body(subscription_id, body), read_text)


def update_ring_state(ring_id: str, state: str) -> Request[str]:
    """Answer a ring: ACCEPTED or REJECTED."""
    if state not in ANSWERS:
        raise LocalProtocolError(
            f"a ring is answered by {' or '.join(ANSWERS)}, not by {state!r}"
        )
    body = {"ringId": _text("ring_id", ring_id), "ringState": state}
    return Request(UPDATE_RING_STATE, body, read_text)
