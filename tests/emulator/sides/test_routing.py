from __future__ import annotations

import json

import pytest

from ums_actors.emulator.sides.client import Client
from ums_actors.emulator.sides.routing import RoutingSubscription
from ums_actors.emulator.world.users import Users
from ums_actors.emulator.world.world import World

TEXT = {"type": "ContentEvent", "message": "hi"}


@pytest.fixture
def world():
    world = World("acc", Users("acc", 2), lambda: 1_700_000_000.0)
    for user in world.users:
        world.set_agent_state(user, "ONLINE")
    return world


@pytest.fixture
def client(world):
    told = []
    user = world.users.named("bot1")
    client = Client(user, user.old_id, lambda text, strictly: told.append(text))
    client.told = told
    return client


def ask(world):
    conversation = world.open()
    identity = conversation.conversation_id
    world.publish(conversation, identity, conversation.consumer, TEXT)


def states(client):
    told = []
    for text in client.told:
        frame = json.loads(text)
        assert frame["type"] == ".ams.routing.RoutingTaskNotification"
        changes = frame["body"]["changes"]
        told.append([it["result"]["ringsDetails"][0]["ringState"] for it in changes])
    return told


def test_rings_that_wait_already_come_after_the_snapshot_of_a_first_socket(
    world, client
):
    ask(world)
    ask(world)
    RoutingSubscription(world, client, client.identity).begin()
    assert states(client) == [[], ["WAITING"], ["WAITING"]]


def test_a_second_subscription_finds_them_in_its_snapshot(world, client):
    RoutingSubscription(world, client, client.identity).begin()
    ask(world)
    ask(world)
    client.told.clear()
    RoutingSubscription(world, client, client.identity).begin()
    assert states(client) == [["WAITING", "WAITING"]]


def test_all_end_with_the_socket_and_none_begins_after(world, client):
    subscriptions = client.subscriptions
    for _ in range(2):
        RoutingSubscription(world, client, client.identity).begin()
    assert len(subscriptions.routing) == 2
    subscriptions.end_all()
    assert subscriptions.routing == {}
    RoutingSubscription(world, client, client.identity).begin()
    ask(world)
    assert world.router.counts()["waiting"] == 0
    assert states(client) == [[], []]
