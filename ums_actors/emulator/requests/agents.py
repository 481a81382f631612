"""Requests about the availability of agents."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Final

from ums_actors.emulator import choices
from ums_actors.emulator.failures import Refused
from ums_actors.emulator.records.agents import agent_state_change
from ums_actors.emulator.requests.routes import Routes, body_of
from ums_actors.emulator.wire.frames import Answer, Request, notification

if TYPE_CHECKING:
    from ums_actors.emulator.sides.client import Client
    from ums_actors.emulator.world.world import World

__all__ = ["BRAND"]


def _set_agent_state(world: World, client: Client, request: Request) -> Answer:
    body = body_of(request)
    availability = str(body.get("availability"))
    if availability not in choices.AGENT_STATES:
        raise Refused(400, "Unknown availability")
    user = world.users.find(str(body.get("agentUserId") or client.identity))
    if user is None:
        raise Refused(404, "User not found")
    world.set_agent_state(user, availability)
    return Answer(choices.AGENT_STATE_UPDATED, code=202)


def _named(world: World, agent: object) -> str | None:
    """Give the old id of the one agent who is asked for, None for all."""
    if agent is None:
        return None
    user = world.users.find(str(agent))
    if user is None:
        raise Refused(404, "User not found")
    return user.old_id


def _subscribe_agents(world: World, client: Client, request: Request) -> Answer:
    asked = _named(world, body_of(request).get("agentId"))
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


BRAND: Final[Routes] = {
    ".ams.routing.SetAgentState": _set_agent_state,
    ".ams.routing.SubscribeAgentsState": _subscribe_agents,
}
