"""The availability of agents: its records, and the requests that ask for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

from ums_actors.arguments import identifier
from ums_actors.protocol.lenient import read_record
from ums_actors.protocol.records import read_subscription_id, read_text
from ums_actors.protocol.requests import Request

if TYPE_CHECKING:
    import msgspec

    from ums_actors.protocol.envelopes import Frame

__all__ = [
    "SUBSCRIBE_AGENTS_STATE",
    "UNSUBSCRIBE",
    "AgentAvailability",
    "AgentStateChange",
    "AgentStateChanges",
    "read_agent_state_changes",
    "subscribe_agents_state",
    "unsubscribe",
]

SUBSCRIBE_AGENTS_STATE: Final = ".ams.routing.SubscribeAgentsState"
UNSUBSCRIBE: Final = ".ams.UnsubscribeBody"
"""Ends a subscription that is not to conversations; the same on both sides."""


class AgentAvailability(Struct, frozen=True, rename="camel", gc=False):
    """Whether one agent takes conversations; ``agent_user_id`` is ``account.user``."""

    agent_user_id: str = ""
    availability: str = ""
    description: str = ""
    channels: list[str] = []


class AgentStateChange(Struct, frozen=True, rename="camel", gc=False):
    """UPSERT of an agent's state, or DELETE: it left the subscription."""

    type: str = ""
    result: AgentAvailability = AgentAvailability()


class AgentStateChanges(Struct, frozen=True, rename="camel", gc=False):
    """The body of an agent state notification."""

    subscription_id: str = ""
    changes: list[AgentStateChange] = []


def read_agent_state_changes(raw: msgspec.Raw | Frame) -> AgentStateChanges:
    """Read the body of an agent state notification.

    Raises:
        RemoteProtocolError: it is not a JSON object.
    """
    return read_record(raw, AgentStateChanges)


def subscribe_agents_state(account_id: str, agent_id: str) -> Request[str]:
    """Subscribe to an agent's availability; ``agent_id`` is ``account.user``."""
    body: dict[str, Any] = {
        "brandId": identifier("account_id", account_id),
        "agentId": identifier("agent_id", agent_id),
    }
    return Request(SUBSCRIBE_AGENTS_STATE, body, read_subscription_id)


def unsubscribe(subscription_id: str) -> Request[str]:
    """End a subscription to rings or agents' states."""
    body = {"subscriptionId": identifier("subscription_id", subscription_id)}
    return Request(UNSUBSCRIBE, body, read_text)
