"""Requests about rings."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any, Final

from ums_actors.emulator.failures import Refused
from ums_actors.emulator.requests.routes import Routes, body_of
from ums_actors.emulator.wire.frames import Answer, Request, notification

if TYPE_CHECKING:
    from ums_actors.emulator.sides.client import Client
    from ums_actors.emulator.world.world import World

__all__ = ["BRAND"]


def _subscribe_routing(_world: World, client: Client, request: Request) -> Answer:
    body_of(request)
    client.subscriptions.require_room()
    identity = str(uuid.uuid4())
    client.subscriptions.routing.add(identity)
    body: dict[str, Any] = {"subscriptionId": identity, "changes": []}
    client.notify(notification(".ams.routing.RoutingTaskNotification", body), True)
    return Answer({"subscriptionId": identity}, ".ams.GenericSubscribe$Response")


def _update_ring(_world: World, _client: Client, request: Request) -> Answer:
    body_of(request)
    raise Refused(404, "Ring not found")  # nobody is rung: conversations are seen


BRAND: Final[Routes] = {
    ".ams.routing.SubscribeRoutingTasks": _subscribe_routing,
    ".ams.routing.UpdateRingState": _update_ring,
}
