"""The brand dialect: names on the wire, and a builder for each request.

Each builder gives a :class:`Call`, which ``send`` takes as it is. The texts are those
of successful answers, where the protocol says them in words.
"""

from __future__ import annotations

from typing import Any, Final

from ums_actors.errors import LocalProtocolError
from ums_actors.protocol.enums import MessageAudience
from ums_actors.protocol.requests import Call
from ums_actors.protocol.subscription import conversation_query
from ums_actors.protocol.transfer import transfer_fields

__all__ = [
    "AGENT_STATE_NOTIFICATION",
    "CLOSED_TEXTS",
    "CONVERSATION_NOTIFICATION",
    "GET_CLOCK",
    "GET_USER_PROFILE",
    "JOINED_TEXTS",
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
    "close_conversation",
    "close_dialog",
    "get_clock",
    "get_user_profile",
    "join_dialog",
    "leave_dialog",
    "publish_text",
    "query_messages",
    "set_agent_state",
    "subscribe_conversations",
    "transfer_conversation",
    "unsubscribe_conversations",
]

GET_CLOCK: Final = ".GetClock"
GET_USER_PROFILE: Final = ".ams.userprofile.GetUserProfile"
SET_AGENT_STATE: Final = ".ams.routing.SetAgentState"
SUBSCRIBE_CONVERSATIONS: Final = ".ams.aam.SubscribeExConversations"
UNSUBSCRIBE_CONVERSATIONS: Final = ".ams.aam.UnsubscribeExConversations"
UPDATE_CONVERSATION: Final = ".ams.cm.UpdateConversationField"
PUBLISH_EVENT: Final = ".ams.ms.PublishEvent"
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


def get_clock() -> Call:
    """Ask for the server's time; the answer is ``{"currentTime": milliseconds}``."""
    return Call(GET_CLOCK, {})


def get_user_profile(user_id: str | None = None) -> Call:
    """Ask for a profile: the own one, or that of ``user_id``."""
    return Call(GET_USER_PROFILE, {} if user_id is None else {"userId": user_id})


def set_agent_state(agent_id: str, agent_state: str) -> Call:
    """Set an agent's availability; ``agent_id`` is ``account.user``."""
    body = {
        "availability": _text("agent_state", agent_state),
        "channels": ["MESSAGING"],
        "agentUserId": _text("agent_id", agent_id),
    }
    return Call(SET_AGENT_STATE, body)


def subscribe_conversations(query: Any = None) -> Call:
    """Subscribe to conversations; see :func:`conversation_query` for the keys."""
    return Call(SUBSCRIBE_CONVERSATIONS, conversation_query(query))


def unsubscribe_conversations(subscription_id: str) -> Call:
    """End a subscription."""
    body = {"subscriptionId": _text("subscription_id", subscription_id)}
    return Call(UNSUBSCRIBE_CONVERSATIONS, body)


def close_conversation(conversation_id: str) -> Call:
    """Close a conversation with all its dialogs; no survey is started."""
    field = {"field": "ConversationStateField", "conversationState": "CLOSE"}
    return _update(conversation_id, [field])


def close_dialog(
    conversation_id: str,
    dialog_id: str,
    close_reason: str | None = None,
    cause: str | None = None,
) -> Call:
    """Close one dialog; ``close_reason`` says who did, ``cause`` why."""
    dialog = {"dialogId": _text("dialog_id", dialog_id), "state": "CLOSE"}
    if close_reason is not None:
        dialog["closedBy"] = close_reason
    if cause is not None:
        dialog["closedCause"] = cause
    field = {"field": "DialogChange", "type": "UPDATE", "dialog": dialog}
    return _update(conversation_id, [field])


def join_dialog(
    conversation_id: str, dialog_id: str | None, agent_id: str, role: str
) -> Call:
    """Add an agent to a dialog, or to the conversation when ``dialog_id`` is None."""
    return _participant(conversation_id, dialog_id, agent_id, role, "ADD")


def leave_dialog(
    conversation_id: str, dialog_id: str | None, agent_id: str, role: str
) -> Call:
    """Take an agent out of a dialog, in the role it has."""
    return _participant(conversation_id, dialog_id, agent_id, role, "REMOVE")


def transfer_conversation(
    conversation_id: str,
    *,
    skill_id: str | None = None,
    agent_id: str | None = None,
    remove_from_existing_role: str | None = None,
    remove_agent_id: str | None = None,
) -> Call:
    """Hand a conversation over; see :func:`transfer_fields` for the rules."""
    fields = transfer_fields(
        skill_id=skill_id,
        agent_id=agent_id,
        remove_from_existing_role=remove_from_existing_role,
        remove_agent_id=remove_agent_id,
    )
    return _update(conversation_id, fields)


def publish_text(
    conversation_id: str,
    dialog_id: str,
    text: str,
    audience: str = MessageAudience.ALL,
) -> Call:
    """Say something in a dialog; the answer is ``{"sequence": n}``."""
    event = {
        "type": "ContentEvent",
        "contentType": "text/plain",
        "message": _text("text", text),
    }
    body = {
        "conversationId": _text("conversation_id", conversation_id),
        "dialogId": _text("dialog_id", dialog_id),
        "messageAudience": audience,
        "event": event,
    }
    return Call(PUBLISH_EVENT, body)


def query_messages(
    dialog_id: str,
    newer_than: int | None = None,
    older_than: int | None = None,
    max_quantity: int | None = None,
) -> Call:
    """Ask for a dialog's events; the answer is a list.

    Whether ``newer_than`` itself is among them differs between servers: ask with the
    last sequence known and drop what is there already.
    """
    body: dict[str, Any] = {"dialogId": _text("dialog_id", dialog_id)}
    if max_quantity is not None:
        body["maxQuantity"] = max_quantity
    if newer_than is not None:
        body["newerThanSequence"] = newer_than
    if older_than is not None:
        body["olderThanSequence"] = older_than
    return Call(QUERY_MESSAGES, body)


def _participant(
    conversation_id: str, dialog_id: str | None, agent_id: str, role: str, change: str
) -> Call:
    field = {
        "field": "ParticipantsChange",
        "userId": _text("agent_id", agent_id),
        "role": _text("role", role),
        "type": change,
    }
    if dialog_id is not None:
        field["dialogId"] = _text("dialog_id", dialog_id)
    return _update(conversation_id, [field])


def _update(conversation_id: str, fields: list[dict[str, Any]]) -> Call:
    body = {
        "conversationId": _text("conversation_id", conversation_id),
        "conversationField": fields,
    }
    return Call(UPDATE_CONVERSATION, body)


def _text(name: str, value: Any) -> str:
    if isinstance(value, str) and value:
        return value
    given = "an empty string" if value == "" else type(value).__name__
    raise LocalProtocolError(f"{name} must be a non-empty string, not {given}")
