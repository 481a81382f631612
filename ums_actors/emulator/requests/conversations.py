"""Requests about conversations: seeing them, changing them."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Final

from ums_actors.emulator import choices
from ums_actors.emulator.failures import Refused
from ums_actors.emulator.requests.routes import Routes, body_of
from ums_actors.emulator.sides.changes import change_notification, changes_of
from ums_actors.emulator.sides.filters import Filter
from ums_actors.emulator.sides.subscriptions import Subscription
from ums_actors.emulator.values import as_list
from ums_actors.emulator.wire.frames import Answer, Request

if TYPE_CHECKING:
    from ums_actors.emulator.sides.client import Client
    from ums_actors.emulator.world.world import World

__all__ = ["BOTH"]


def _subscribe(world: World, client: Client, request: Request) -> Answer:
    client.subscriptions.require_room()
    subscription = Subscription(Filter.of(body_of(request)))
    identity = str(uuid.uuid4())
    shown = subscription.snapshot(world.account, world.conversations.values())
    text = changes_of(world, client, "UPSERT", shown)
    client.subscriptions.conversations[identity] = subscription
    client.notify(change_notification(client, identity, text), True)
    return Answer(
        {"subscriptionId": identity}, ".ams.aam.SubscribeExConversations$Response"
    )


def _unsubscribe(_world: World, client: Client, request: Request) -> Answer:
    identity = str(body_of(request).get("subscriptionId"))
    if not client.subscriptions.end(identity):
        raise Refused(404, "Subscription not found")
    return Answer(choices.UNSUBSCRIBED)


def _update_field(world: World, client: Client, request: Request) -> Answer:
    body = body_of(request)
    conversation = world.find(str(body.get("conversationId")))
    members = as_list(body.get("conversationField"))
    return Answer(world.update(conversation, client.identity, members))


BOTH: Final[Routes] = {
    ".ams.aam.SubscribeExConversations": _subscribe,
    ".ams.aam.UnsubscribeExConversations": _unsubscribe,
    ".ams.cm.UpdateConversationField": _update_field,
}
