"""Requests about conversations: seeing them, changing them, opening one."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any, Final

from ums_actors.emulator import choices
from ums_actors.emulator.failures import Refused
from ums_actors.emulator.requests.routes import Routes, body_of
from ums_actors.emulator.sides.changes import change_notification, changes_of
from ums_actors.emulator.sides.filters import Filter
from ums_actors.emulator.sides.subscriptions import Subscription
from ums_actors.emulator.values import as_id, as_list
from ums_actors.emulator.wire.frames import Answer, Request
from ums_actors.emulator.world.origin import Origin
from ums_actors.emulator.world.properties import NO_PROPERTIES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ums_actors.emulator.sides.client import Client
    from ums_actors.emulator.world.conversation import Conversation
    from ums_actors.emulator.world.world import World

__all__ = ["BOTH", "BRAND"]

_SUBSCRIBED: Final = ".ams.aam.SubscribeExConversations$Response"
_SUBSCRIBED_OLDER: Final = ".ams.GenericSubscribe$Response"
_CREATED: Final = ".ams.cm.RequestConversation$Response"


def _subscribe(world: World, client: Client, request: Request) -> Answer:
    return _subscribed(world, client, request, is_older=False)


def _subscribe_older(world: World, client: Client, request: Request) -> Answer:
    return _subscribed(world, client, request, is_older=True)


def _subscribed(
    world: World, client: Client, request: Request, *, is_older: bool
) -> Answer:
    client.subscriptions.require_room()
    subscription = Subscription(_query(client, body_of(request)), is_older)
    identity = str(uuid.uuid4())
    client.subscriptions.conversations[identity] = subscription
    _show(world, client, identity, subscription)
    kind = _SUBSCRIBED_OLDER if is_older else _SUBSCRIBED
    return Answer({"subscriptionId": identity}, kind)


def _resubscribe(world: World, client: Client, request: Request) -> Answer:
    """Put another query in the place of a subscription's own.

    The body is that of a subscription with its id, by our choice: nobody has published
    it. What the new query does not show is deleted, then comes its snapshot.
    """
    body = body_of(request)
    identity = str(as_id(body.get("subscriptionId")))
    subscription = client.subscriptions.conversations.get(identity)
    if subscription is None:
        raise Refused(404, "Subscription not found")
    gone = subscription.replace(world.account, _query(client, body))
    if gone:
        text = changes_of(world, client, "DELETE", gone)
        _tell(client, identity, subscription, text)
    _show(world, client, identity, subscription)
    return Answer(choices.SUBSCRIPTION_UPDATED)


def _query(client: Client, body: dict[str, Any]) -> Filter:
    return Filter.of(body, None if client.is_brand else client.identity)


def _show(
    world: World, client: Client, identity: str, subscription: Subscription
) -> None:
    candidates = _candidates(world, subscription.query)
    shown = subscription.snapshot(world.account, candidates)
    text = changes_of(world, client, "UPSERT", shown)
    _tell(client, identity, subscription, text)


def _tell(
    client: Client, identity: str, subscription: Subscription, changes: str
) -> None:
    frame = change_notification(
        client, identity, changes, is_older=subscription.is_older
    )
    client.notify(frame, True)


def _candidates(world: World, query: Filter) -> Iterable[Conversation]:
    """Give those that may match: a consumer's query need not look at all there are."""
    if query.consumer is not None:
        return world.conversations_of(query.consumer)
    return world.conversations.values()


def _unsubscribe(_world: World, client: Client, request: Request) -> Answer:
    identity = str(as_id(body_of(request).get("subscriptionId")))
    if not client.subscriptions.end(identity):
        raise Refused(404, "Subscription not found")
    return Answer(choices.UNSUBSCRIBED)


def _update_field(world: World, client: Client, request: Request) -> Answer:
    body = body_of(request)
    conversation = world.find(str(as_id(body.get("conversationId"))))
    members = as_list(body.get("conversationField"))
    return Answer(world.update(conversation, client.identity, members))


def _request_conversation(world: World, client: Client, request: Request) -> Answer:
    body = body_of(request)
    consumer = as_id(body.get("consumerId"))
    if consumer is None:
        raise Refused(400, "An AgentRequestConversation needs a consumerId")
    if not world.is_consumer(consumer):
        raise Refused(404, "Consumer not found")
    properties = world.client_properties.get(client.identity, NO_PROPERTIES)
    conversation = world.open(
        consumer=consumer,
        skill=as_id(body.get("skillId")),
        assign=client.user,
        origin=Origin.of(body, properties),
    )
    return Answer({"conversationId": conversation.conversation_id}, _CREATED)


BOTH: Final[Routes] = {
    ".ams.aam.SubscribeExConversations": _subscribe,
    ".ams.aam.UpdateExConversationSubscription": _resubscribe,
    ".ams.aam.UnsubscribeExConversations": _unsubscribe,
    ".ams.cm.SubscribeConversations": _subscribe_older,
    ".ams.cm.UnsubscribeConversations": _unsubscribe,
    ".ams.cm.UpdateConversationField": _update_field,
}
BRAND: Final[Routes] = {
    ".ams.cm.AgentRequestConversation": _request_conversation,
    ".ams.cm.types.RequestConversation": _request_conversation,
}
