from __future__ import annotations

import pytest

from ums_actors.emulator.records.consumer import (
    consumer_conversation_record,
    consumer_event_record,
    public_events,
)
from ums_actors.emulator.world.users import Users
from ums_actors.emulator.world.world import World


@pytest.fixture
def world():
    return World("acc7", Users("acc7", 1))


@pytest.fixture
def bot(world):
    (user,) = world.users
    return user


@pytest.fixture
def conversation(world, bot):
    return world.open(consumer="c1", assign=bot)


def say(world, conversation, by, text, audience="ALL"):
    event = {"type": "ContentEvent", "contentType": "text/plain", "message": text}
    dialog = conversation.details.main.dialog_id
    world.publish(conversation, dialog, by, event, audience=audience)


def test_an_agents_event_names_the_agent_by_pid_alone(world, bot, conversation):
    say(world, conversation, bot.old_id, "hello")
    (event,) = conversation.events_from(0)
    record = consumer_event_record(event)
    assert record["originatorId"] == bot.pid == record["originatorMetadata"]["id"]
    assert "originatorPId" not in record
    assert bot.old_id not in str(record)


def test_private_events_are_left_out(world, bot, conversation):
    say(world, conversation, bot.old_id, "one")
    say(world, conversation, bot.old_id, "psst", "AGENTS_AND_MANAGERS")
    say(world, conversation, "c1", "two")
    public = public_events(conversation.events_from(0))
    assert [event.sequence for event in public] == [0, 2]


def test_the_record_of_a_conversation_is_v3(world, bot, conversation):
    say(world, conversation, bot.old_id, "one")
    say(world, conversation, bot.old_id, "psst", "AGENTS_AND_MANAGERS")
    conversation.details.note = "difficult"
    record = consumer_conversation_record(world, conversation)
    details = record["conversationDetails"]
    assert details["note"] == ""
    assert details["participants"] == [
        {"id": "c1", "role": "CONSUMER"},
        {"id": bot.pid, "role": "ASSIGNED_AGENT"},
    ]
    assert "participantsPId" not in details
    members = details["dialogs"][0]["participantsDetails"]
    assert [it["id"] for it in members] == ["c1", bot.pid]
    assert record["numberOfunreadMessages"] == {"c1": 1}
    assert record["lastContentEventNotification"]["event"]["message"] == "one"
    assert bot.old_id not in str(record)


def test_a_suggested_agent_is_in_the_dialog_alone(world, bot, conversation):
    conversation.details.main.participants[1].state = "SUGGESTED"
    details = consumer_conversation_record(world, conversation)["conversationDetails"]
    assert details["participants"] == [{"id": "c1", "role": "CONSUMER"}]
    (_, member) = details["dialogs"][0]["participantsDetails"]
    assert member == {"id": bot.pid, "role": "ASSIGNED_AGENT", "state": "SUGGESTED"}
