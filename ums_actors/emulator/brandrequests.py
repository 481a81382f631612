"""The requests of a brand socket, and their answers."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from ums_actors.emulator import choices
from ums_actors.emulator.brandside import (
    BrandClient,
    agent_state_change,
    change_notification,
)
from ums_actors.emulator.failures import Refused
from ums_actors.emulator.filters import Filter
from ums_actors.emulator.frames import Answer, Request, encode, notification
from ums_actors.emulator.records import conversation_record, event_record
from ums_actors.emulator.subscriptions import Subscription
from ums_actors.emulator.values import as_list, as_object
from ums_actors.emulator.world import World

if TYPE_CHECKING:
    from ums_actors.emulator.conversation import Conversation, Event

__all__ = ["answer_request", "dotted"]

Handler = Callable[[World, BrandClient, Request], Answer]


def dotted(name: str) -> str:
    """Give the brand's name of a request type; short names are accepted too."""
    return _ALIASES.get(name, name)


def answer_request(world: World, client: BrandClient, request: Request) -> Answer:
    """Carry a request out.

    Raises:
        Refused: it cannot be.
    """
    handler = _HANDLERS.get(dotted(request.type))
    if handler is None:
        raise Refused(400, "Unknown request type")
    return handler(world, client, request)


def _body(request: Request) -> dict[str, Any]:
    body = as_object(request.body)
    if body is None:
        raise Refused(400, "The body is no object")
    return body


# -- clock, profile, agent state


def _get_clock(world: World, _client: BrandClient, _request: Request) -> Answer:
    return Answer({"currentTime": world.now()}, ".GetClock$Response")


def _keep_alive(_world: World, _client: BrandClient, _request: Request) -> Answer:
    return Answer(choices.KEPT_ALIVE)


def _get_user_profile(world: World, client: BrandClient, request: Request) -> Answer:
    kind = ".ams.userprofile.GetUserProfile$Response"
    body = request.body  # a bare id stands for {"userId": id}
    asked = body if isinstance(body, str) else _body(request).get("userId")
    identity = str(asked or client.user.old_id)
    if (user := world.users.find(identity)) is not None:
        return Answer({"userId": user.old_id, "firstName": user.name}, kind)
    if not world.is_consumer(identity):
        raise Refused(404, "User not found")
    profile = {"userId": identity, "firstName": "", "lastName": "", "role": "CONSUMER"}
    return Answer({**profile, "privateData": {}, "authenticatedData": {}}, kind)


def _set_agent_state(world: World, client: BrandClient, request: Request) -> Answer:
    body = _body(request)
    availability = str(body.get("availability"))
    if availability not in choices.AGENT_STATES:
        raise Refused(400, "Unknown availability")
    user = world.users.find(str(body.get("agentUserId") or client.user.old_id))
    if user is None:
        raise Refused(404, "User not found")
    world.set_agent_state(user, availability)
    return Answer(choices.AGENT_STATE_UPDATED, code=202)


# -- subscriptions


def _subscribe_conversations(
    world: World, client: BrandClient, request: Request
) -> Answer:
    client.subscriptions.require_room()
    subscription = Subscription(Filter.of(_body(request)))
    identity = str(uuid.uuid4())
    shown = subscription.snapshot(world.account, world.conversations.values())
    changes = [
        {"type": "UPSERT", "result": conversation_record(world, conversation)}
        for conversation in shown
    ]
    client.subscriptions.conversations[identity] = subscription
    client.notify(change_notification(identity, encode(changes)), True)
    return Answer(
        {"subscriptionId": identity}, ".ams.aam.SubscribeExConversations$Response"
    )


def _unsubscribe(_world: World, client: BrandClient, request: Request) -> Answer:
    identity = str(_body(request).get("subscriptionId"))
    if not client.subscriptions.end(identity):
        raise Refused(404, "Subscription not found")
    return Answer(choices.UNSUBSCRIBED)


def _subscribe_routing(_world: World, client: BrandClient, request: Request) -> Answer:
    _body(request)
    client.subscriptions.require_room()
    identity = str(uuid.uuid4())
    client.subscriptions.routing.add(identity)
    body: dict[str, Any] = {"subscriptionId": identity, "changes": []}
    client.notify(notification(".ams.routing.RoutingTaskNotification", body), True)
    return Answer({"subscriptionId": identity}, ".ams.GenericSubscribe$Response")


def _subscribe_agents(world: World, client: BrandClient, request: Request) -> Answer:
    named = _body(request).get("agentId")
    asked = None if named is None else str(named)
    client.subscriptions.require_room()
    identity = str(uuid.uuid4())
    changes = [
        agent_state_change(user, world.agent_state(user))
        for user in world.users
        if asked in (None, user.old_id)
    ]
    client.subscriptions.agent_states[identity] = asked
    body = {"subscriptionId": identity, "changes": changes}
    client.notify(notification(".ams.routing.AgentStateNotification", body), True)
    return Answer({"subscriptionId": identity}, ".ams.GenericSubscribe$Response")


def _update_ring(_world: World, _client: BrandClient, request: Request) -> Answer:
    _body(request)
    raise Refused(404, "Ring not found")  # nobody is rung: conversations are seen


# -- conversations


def _update_field(world: World, client: BrandClient, request: Request) -> Answer:
    body = _body(request)
    conversation = world.find(str(body.get("conversationId")))
    members = as_list(body.get("conversationField"))
    return Answer(world.update(conversation, client.user.old_id, members))


def _dialog_of(world: World, body: dict[str, Any]) -> tuple[Conversation, str]:
    dialog_id = str(body.get("dialogId") or body.get("conversationId"))
    conversation = world.find_dialog(dialog_id)
    if body.get("conversationId") not in (None, conversation.conversation_id):
        raise Refused(400, "The dialog belongs to another conversation")
    return conversation, dialog_id


def _publish(world: World, client: BrandClient, request: Request) -> Answer:
    body = _body(request)
    conversation, dialog_id = _dialog_of(world, body)
    sequence = world.publish(
        conversation,
        dialog_id,
        client.user.old_id,
        body.get("event"),
        audience=body.get("messageAudience") or "ALL",
        metadata=as_list(request.metadata) or None,
    )
    return Answer({"sequence": sequence}, ".ams.ms.PublishEvent$Response")


def _query(world: World, _client: BrandClient, request: Request) -> Answer:
    body = _body(request)
    conversation, dialog_id = _dialog_of(world, body)
    names = ("newerThanSequence", "olderThanSequence", "maxQuantity")
    newest, oldest, most = numbers = [body.get(name) for name in names]
    if not all(number is None or type(number) is int for number in numbers):
        raise Refused(400, "A bound of the query is no number")
    events = conversation.events.get(dialog_id, [])
    start = max(newest or 0, 0)
    stop = len(events) if oldest is None else max(oldest + 1, 0)
    chosen = _at_most(most, events[start:stop], from_start=newest is not None)
    return Answer([event_record(it) for it in chosen], ".ams.ms.QueryMessages$Response")


def _at_most(most: int | None, events: list[Event], *, from_start: bool) -> list[Event]:
    """Both bounds are inclusive; the quantity counts from the bound that is given."""
    if most is None:
        return events
    most = max(most, 0)
    return (
        events[:most] if from_start else events[len(events) - min(most, len(events)) :]
    )


_HANDLERS: Final[dict[str, Handler]] = {
    ".GetClock": _get_clock,
    "KeepAlive": _keep_alive,
    ".ams.userprofile.GetUserProfile": _get_user_profile,
    ".ams.routing.SetAgentState": _set_agent_state,
    ".ams.aam.SubscribeExConversations": _subscribe_conversations,
    ".ams.aam.UnsubscribeExConversations": _unsubscribe,
    ".ams.UnsubscribeBody": _unsubscribe,
    ".ams.routing.SubscribeRoutingTasks": _subscribe_routing,
    ".ams.routing.SubscribeAgentsState": _subscribe_agents,
    ".ams.routing.UpdateRingState": _update_ring,
    ".ams.cm.UpdateConversationField": _update_field,
    ".ams.ms.PublishEvent": _publish,
    ".ams.ms.QueryMessages": _query,
}
_ALIASES: Final = {
    "GetClock": ".GetClock",
    ".KeepAlive": "KeepAlive",
    "cqm.SubscribeExConversations": ".ams.aam.SubscribeExConversations",
    "cqm.UnsubscribeExConversations": ".ams.aam.UnsubscribeExConversations",
    "userprofile.GetUserProfile": ".ams.userprofile.GetUserProfile",
    "up.GetUserProfile": ".ams.userprofile.GetUserProfile",
    "cm.UpdateConversationField": ".ams.cm.UpdateConversationField",
    "ms.PublishEvent": ".ams.ms.PublishEvent",
    "ms.QueryMessages": ".ams.ms.QueryMessages",
} | {
    f"{short}.{name}": f".ams.routing.{name}"
    for short in ("routing", "rs")
    for name in (
        "SetAgentState",
        "SubscribeRoutingTasks",
        "SubscribeAgentsState",
        "UpdateRingState",
    )
}
