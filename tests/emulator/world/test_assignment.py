from __future__ import annotations

import pytest

from ums_actors.emulator.world.assignment import (
    answer_due,
    assign,
    assigned_agent,
    is_asking,
    suggested_agent,
    withdraw_suggestion,
)
from ums_actors.emulator.world.conversation import Participant
from ums_actors.emulator.world.users import Users
from ums_actors.emulator.world.world import World

NOW = 1_700_000_000_000
TEXT = {"type": "ContentEvent", "message": "hi"}


@pytest.fixture
def world():
    return World("acc", Users("acc", 3), lambda: NOW / 1000)


@pytest.fixture
def conversation(world):
    return world.open()


def put(conversation, *members):
    conversation.details.main.participants.extend(
        Participant(identity, role, state) for identity, role, state in members
    )


def listed(conversation):
    people = conversation.details.main.participants[1:]  # after the consumer
    return [(it.id, it.role, it.state) for it in people]


def test_who_is_assigned_and_who_is_suggested(conversation):
    assert assigned_agent(conversation) is None
    assert suggested_agent(conversation) is None
    put(conversation, ("x", "MANAGER", "ACTIVE"), ("x", "READER", "SUGGESTED"))
    assert suggested_agent(conversation) is None
    put(conversation, ("a", "ASSIGNED_AGENT", "SUGGESTED"))
    assert assigned_agent(conversation) is None
    put(conversation, ("b", "ASSIGNED_AGENT", "ACTIVE"))
    assert assigned_agent(conversation) == "b"
    assert suggested_agent(conversation) == "a"
    conversation.details.main.state = "CLOSE"
    assert assigned_agent(conversation) is None
    assert suggested_agent(conversation) is None


def test_a_consumer_asks_by_content_alone(world, conversation):
    identity = conversation.conversation_id
    assert not is_asking(conversation)
    accept = {"type": "AcceptStatusEvent", "status": "READ", "sequenceList": [0]}
    for event in (accept, {"type": "ChatStateEvent", "chatState": "COMPOSING"}):
        world.publish(conversation, identity, conversation.consumer, event)
    assert not is_asking(conversation)
    world.publish(conversation, identity, conversation.consumer, TEXT)
    assert is_asking(conversation)
    conversation.details.main.state = "CLOSE"
    assert not is_asking(conversation)


def test_when_the_answer_is_due(world, conversation):
    assert answer_due(conversation, NOW + 5) == NOW + 5 + 3_600_000
    world.publish(
        conversation, conversation.conversation_id, conversation.consumer, TEXT
    )
    assert answer_due(conversation, NOW + 5) == NOW + 3_600_000
    conversation.details.manual_ettr = 7
    assert answer_due(conversation, NOW + 5) == 7


def test_the_new_agent_is_the_only_one_and_other_roles_stay(conversation):
    put(
        conversation,
        ("old", "ASSIGNED_AGENT", "ACTIVE"),
        ("new", "ASSIGNED_AGENT", "SUGGESTED"),
        ("new", "READER", "ACTIVE"),
    )
    assign(conversation.details, "new")
    assert listed(conversation) == [
        ("new", "ASSIGNED_AGENT", "ACTIVE"),
        ("new", "READER", "ACTIVE"),
    ]
    assign(conversation.details, "another")
    assert listed(conversation) == [
        ("new", "READER", "ACTIVE"),
        ("another", "ASSIGNED_AGENT", "ACTIVE"),
    ]


def test_only_the_suggestion_of_that_agent_is_withdrawn(conversation):
    kept = [
        ("a", "READER", "SUGGESTED"),
        ("b", "ASSIGNED_AGENT", "SUGGESTED"),
        ("c", "ASSIGNED_AGENT", "ACTIVE"),
    ]
    put(conversation, ("a", "ASSIGNED_AGENT", "SUGGESTED"), *kept)
    for agent in ("a", "c"):
        withdraw_suggestion(conversation.details, agent)
    assert listed(conversation) == kept
