"""Requests about rings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ums_actors.emulator import choices
from ums_actors.emulator.failures import Refused
from ums_actors.emulator.requests.routes import Routes, body_of
from ums_actors.emulator.sides.routing import RoutingSubscription
from ums_actors.emulator.wire.frames import Answer, Request

if TYPE_CHECKING:
    from ums_actors.emulator.sides.client import Client
    from ums_actors.emulator.world.world import World

__all__ = ["BRAND"]

_SUBSCRIBED: Final = ".ams.GenericSubscribe$Response"


def _subscribe(world: World, client: Client, request: Request) -> Answer:
    body = body_of(request)
    if body.get("brandId") not in (None, world.account):
        raise Refused(403, "The brandId is another account's")
    user = world.users.find(str(body.get("agentId") or client.identity))
    if user is None:
        raise Refused(404, "User not found")
    client.subscriptions.require_room()
    subscription = RoutingSubscription(world, client, user.old_id)
    subscription.begin()
    return Answer({"subscriptionId": subscription.identity}, _SUBSCRIBED)


def _update_subscription(world: World, client: Client, request: Request) -> Answer:
    # the body is not published: taken for that of the subscription, its id beside it
    body = body_of(request)
    subscription = client.subscriptions.routing.get(str(body.get("subscriptionId")))
    if subscription is None:
        raise Refused(404, "Subscription not found")
    user = world.users.find(str(body.get("agentId") or subscription.agent))
    if user is None:
        raise Refused(404, "User not found")
    subscription.move(user.old_id)
    return Answer({"subscriptionId": subscription.identity}, _SUBSCRIBED)


def _update_ring(world: World, client: Client, request: Request) -> Answer:
    body = body_of(request)
    ring_id, state = str(body.get("ringId")), str(body.get("ringState"))
    world.router.answer(ring_id, client.identity, state)
    return Answer(choices.RING_UPDATED, code=202)


BRAND: Final[Routes] = {
    ".ams.routing.SubscribeRoutingTasks": _subscribe,
    ".ams.routing.UpdateRingState": _update_ring,
    ".ams.routing.UpdateRoutingTaskSubscription": _update_subscription,
}
