from __future__ import annotations

import gc

import pytest

from ums_actors.emulator.sides import subscriptions
from ums_actors.emulator.sides.filters import Filter
from ums_actors.emulator.sides.subscriptions import Subscription
from ums_actors.emulator.world.users import Users
from ums_actors.emulator.world.world import World

CLOSE = {"field": "ConversationStateField", "conversationState": "CLOSE"}


@pytest.fixture
def world():
    return World("acc", Users("acc", 2), lambda: 1_700_000_000.0)


def closed(world, conversation):
    world.update(conversation, conversation.consumer, [CLOSE])
    return conversation


def test_what_leaves_the_query_is_deleted_once(world):
    subscription = Subscription(Filter.of({"stage": ["OPEN"]}))
    conversation = world.open()
    assert subscription.change("acc", conversation) == "UPSERT"
    assert subscription.change("acc", conversation) == "UPSERT"
    closed(world, conversation)
    assert subscription.change("acc", conversation) == "DELETE"
    assert subscription.change("acc", conversation) is None


def test_what_was_never_shown_is_not_deleted(world):
    subscription = Subscription(Filter.of({"stage": ["OPEN"]}))
    conversation = closed(world, world.open())
    assert subscription.change("acc", conversation) is None


def test_a_snapshot_has_the_latest_up_to_a_limit(world, monkeypatch):
    monkeypatch.setattr(subscriptions, "SNAPSHOT_LIMIT", 2)
    first, second, third = (world.open() for _ in range(3))
    event = {"type": "ContentEvent", "message": "hi"}
    world.publish(first, first.conversation_id, first.consumer, event)
    world.publish(third, third.conversation_id, third.consumer, event)
    subscription = Subscription(Filter())
    shown = subscription.snapshot("acc", [first, second, third])
    assert set(shown) == {first, third}
    # it is covered all the same
    closed(world, second)
    assert set(subscription.shown) == {first, second, third}


def test_one_that_did_not_fit_into_the_snapshot_is_deleted_when_it_leaves(
    world, monkeypatch
):
    monkeypatch.setattr(subscriptions, "SNAPSHOT_LIMIT", 1)
    first, second = world.open(at=1), world.open(at=2)
    subscription = Subscription(Filter.of({"stage": ["OPEN"]}))
    assert subscription.snapshot("acc", [first, second]) == [second]
    assert subscription.change("acc", closed(world, first)) == "DELETE"


@pytest.mark.parametrize(("newest", "shown"), [(4, 0), (5, 1), (6, 1)])
def test_the_bounds_of_a_query_are_shown_too(world, newest, shown):
    conversation = world.open(at=5)
    query = Filter.of({"minLastUpdatedTime": 5, "maxLastUpdatedTime": newest})
    assert len(Subscription(query).snapshot("acc", [conversation])) == shown


def test_another_query_gives_what_it_does_not_show_any_more(world):
    subscription = Subscription(Filter())
    first, second = world.open(), closed(world, world.open())
    subscription.snapshot("acc", [first, second])
    assert subscription.replace("acc", Filter.of({"stage": "CLOSE"})) == [first]
    assert set(subscription.shown) == {second}


def test_what_the_world_forgets_is_forgotten(world):
    subscription = Subscription(Filter())
    conversation = closed(world, world.open())
    subscription.change("acc", conversation)
    world.conversations._drop(conversation.conversation_id)
    del conversation
    gc.collect()
    assert len(subscription.shown) == 0
