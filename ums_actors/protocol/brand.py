"""The brand dialect: names on the wire, and a builder for each request.

Each builder gives a :class:`Request`, which ``send`` takes as it is. The texts are
those of successful answers, where the protocol says them in words.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ums_actors.arguments import identifier, whole
from ums_actors.protocol.contexts import context_parts
from ums_actors.protocol.enums import ChannelType, DialogCloseReason, one_of
from ums_actors.protocol.fields import UPDATE_CONVERSATION
from ums_actors.protocol.profiles import UserProfile, read_user_profile
from ums_actors.protocol.publishing import PUBLISH_EVENT, publish_text
from ums_actors.protocol.records import (
    MessageEvent,
    read_clock,
    read_conversation_id,
    read_message_events,
    read_nothing,
    read_subscription_id,
    read_text,
)
from ums_actors.protocol.requests import Request
from ums_actors.protocol.requests import text as _text
from ums_actors.protocol.subscription import conversation_query, update_body
from ums_actors.protocol.transfer import transfer_fields

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = [
    "AGENT_STATE_NOTIFICATION",
    "CLOSED_TEXTS",
    "CONVERSATION_NOTIFICATION",
    "CREATE_CONVERSATION",
    "GET_CLOCK",
    "GET_USER_PROFILE",
    "JOINED_TEXTS",
    "KEEP_ALIVE",
    "LEFT_TEXTS",
    "MESSAGE_NOTIFICATION",
    "PUBLISH_EVENT",
    "QUERY_MESSAGES",
    "ROUTING_NOTIFICATION",
    "SET_AGENT_STATE",
    "SUBSCRIBE_CONVERSATIONS",
    "SUBSCRIBE_ROUTING_TASKS",
    "TRANSFERRED_TEXTS",
    "UNSUBSCRIBE_CONVERSATIONS",
    "UPDATE_CONVERSATION",
    "UPDATE_RING_STATE",
    "UPDATE_SUBSCRIPTION",
    "close_conversation",
    "close_dialog",
    "create_conversation",
    "get_clock",
    "get_user_profile",
    "join_dialog",
    "keep_alive",
    "leave_dialog",
    "publish_text",
    "query_messages",
    "set_agent_state",
    "subscribe_conversations",
    "transfer_conversation",
    "unsubscribe_conversations",
    "update_subscription",
]

GET_CLOCK: Final = ".GetClock"
KEEP_ALIVE: Final = "KeepAlive"
GET_USER_PROFILE: Final = ".ams.userprofile.GetUserProfile"
SET_AGENT_STATE: Final = ".ams.routing.SetAgentState"
SUBSCRIBE_CONVERSATIONS: Final = ".ams.aam.SubscribeExConversations"
UNSUBSCRIBE_CONVERSATIONS: Final = ".ams.aam.UnsubscribeExConversations"
UPDATE_SUBSCRIPTION: Final = ".ams.aam.UpdateExConversationSubscription"
CREATE_CONVERSATION: Final = ".ams.cm.AgentRequestConversation"
QUERY_MESSAGES: Final = ".ams.ms.QueryMessages"
SUBSCRIBE_ROUTING_TASKS: Final = ".ams.routing.SubscribeRoutingTasks"
UPDATE_RING_STATE: Final = ".ams.routing.UpdateRingState"

CONVERSATION_NOTIFICATION: Final = ".ams.aam.ExConversationChangeNotification"
MESSAGE_NOTIFICATION: Final = ".ams.ms.OnlineEventDistribution"
ROUTING_NOTIFICATION: Final = ".ams.routing.RoutingTaskNotification"
AGENT_STATE_NOTIFICATION: Final = ".ams.routing.AgentStateNotification"

CLOSED_TEXTS: Final = frozenset({"OK Conversation resolved successfully"})
JOINED_TEXTS: Final = frozenset({"OK Agent added successfully"})
LEFT_TEXTS: Final = frozenset({"OK Agent removed successfully"})
# The answer is the text of the list's last member: REMOVE, Skill or SUGGEST.
TRANSFERRED_TEXTS: Final = LEFT_TEXTS | JOINED_TEXTS | {"Skill changed successfully"}


def get_clock() -> Request[int]:
    """Ask for the server's time; the answer is milliseconds since 1970."""
    return Request(GET_CLOCK, {}, read_clock)


def keep_alive() -> Request[None]:
    """Do nothing, which keeps a line alive; both dialects have it under this name."""
    return Request(KEEP_ALIVE, {}, read_nothing)


def get_user_profile(user_id: str | None = None) -> Request[UserProfile]:
    """Ask for a profile: the own one, or that of ``user_id``."""
    body = {} if user_id is None else {"userId": identifier("user_id", user_id)}
    return Request(GET_USER_PROFILE, body, read_user_profile)


def set_agent_state(agent_id: str, agent_state: str) -> Request[str]:
    """Set an agent's availability; ``agent_id`` is ``account.user``."""
    body = {
        "availability": _text("agent_state", agent_state),
        "channels": ["MESSAGING"],
        "agentUserId": identifier("agent_id", agent_id),
    }
    return Request(SET_AGENT_STATE, body, read_text)


def subscribe_conversations(
    query: Any = None, agent: Callable[[str, str], str] | None = None
) -> Request[str]:
    """Subscribe to conversations; see :func:`conversation_query` for both."""
    return Request(
        SUBSCRIBE_CONVERSATIONS, conversation_query(query, agent), read_subscription_id
    )


def update_subscription(subscription_id: str, query: dict[str, Any]) -> Request[str]:
    """Put another query, in wire form, in the place of a subscription's own."""
    return Request(UPDATE_SUBSCRIPTION, update_body(subscription_id, query), read_text)


def unsubscribe_conversations(subscription_id: str) -> Request[str]:
    """End a subscription."""
    body = {"subscriptionId": identifier("subscription_id", subscription_id)}
    return Request(UNSUBSCRIBE_CONVERSATIONS, body, read_text)


def create_conversation(
    consumer_id: str, skill_id: str | None = None, context: Any = None
) -> Request[str]:
    """Open a conversation with a consumer; the answer is its id.

    Args:
        consumer_id: with whom.
        skill_id: the skill it belongs to.
        context: a record, mostly ``ProactiveContext``, or an object with a ``type``.
    """
    body: dict[str, Any] = {
        "channelType": ChannelType.MESSAGING,
        "consumerId": identifier("consumer_id", consumer_id),
    }
    if skill_id is not None:
        body["skillId"] = identifier("skill_id", skill_id)
    if context is not None:
        body["conversationContext"] = context_parts(context)
    return Request(CREATE_CONVERSATION, body, read_conversation_id)


def close_conversation(conversation_id: str) -> Request[str]:
    """Close a conversation with all its dialogs; no survey is started."""
    field = {"field": "ConversationStateField", "conversationState": "CLOSE"}
    return _update(conversation_id, [field])


def close_dialog(
    conversation_id: str,
    dialog_id: str,
    close_reason: str | None = None,
    cause: str | None = None,
) -> Request[str]:
    """Close one dialog; ``close_reason`` says who did, ``cause`` why."""
    dialog = {"dialogId": identifier("dialog_id", dialog_id), "state": "CLOSE"}
    if close_reason is not None:
        reason = one_of("dialog_close_reason", close_reason, DialogCloseReason)
        dialog["closedBy"] = reason
    if cause is not None:
        dialog["closedCause"] = _text("cause", cause)
    field = {"field": "DialogChange", "type": "UPDATE", "dialog": dialog}
    return _update(conversation_id, [field])


def join_dialog(
    conversation_id: str, dialog_id: str | None, agent_id: str, role: str
) -> Request[str]:
    """Add an agent to a dialog, or to the conversation when ``dialog_id`` is None."""
    return _participant(conversation_id, dialog_id, agent_id, role, "ADD")


def leave_dialog(
    conversation_id: str, dialog_id: str | None, agent_id: str, role: str
) -> Request[str]:
    """Take an agent out of a dialog, in the role it has."""
    return _participant(conversation_id, dialog_id, agent_id, role, "REMOVE")


def transfer_conversation(
    conversation_id: str,
    *,
    skill_id: str | None = None,
    agent_id: str | None = None,
    remove_from_existing_role: str | None = None,
    remove_agent_id: str | None = None,
) -> Request[str]:
    """Hand a conversation over; see :func:`transfer_fields` for the rules."""
    fields = transfer_fields(
        skill_id=skill_id,
        agent_id=agent_id,
        remove_from_existing_role=remove_from_existing_role,
        remove_agent_id=remove_agent_id,
    )
    return _update(conversation_id, fields)


def query_messages(
    dialog_id: str,
    newer_than: int | None = None,
    older_than: int | None = None,
    max_quantity: int | None = None,
) -> Request[list[MessageEvent]]:
    """Ask for a dialog's events; the answer is a list of them.

    Whether ``newer_than`` itself is among them differs between servers: ask with the
    last sequence known and drop what is there already.
    """
    body: dict[str, Any] = {"dialogId": _text("dialog_id", dialog_id)}
    for name, key, value, least in (
        ("max_quantity", "maxQuantity", max_quantity, 1),
        ("newer_than", "newerThanSequence", newer_than, -1),
        ("older_than", "olderThanSequence", older_than, 0),
    ):
        if value is not None:
            body[key] = whole(name, value, least, ", or left out")
    return Request(QUERY_MESSAGES, body, read_message_events)


def _participant(
    conversation_id: str, dialog_id: str | None, agent_id: str, role: str, change: str
) -> Request[str]:
    field = {
        "field": "ParticipantsChange",
        "userId": identifier("agent_id", agent_id),
        "role": _text("role", role),
        "type": change,
    }
    if dialog_id is not None:
        field["dialogId"] = identifier("dialog_id", dialog_id)
    return _update(conversation_id, [field])


def _update(conversation_id: str, fields: list[dict[str, Any]]) -> Request[str]:
    body = {
        "conversationId": identifier("conversation_id", conversation_id),
        "conversationField": fields,
    }
    return Request(UPDATE_CONVERSATION, body, read_text)
