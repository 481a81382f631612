from __future__ import annotations

import pytest

from ums_actors.emulator import Refused, choices

ONE, TWO = "acc.1001", "acc.1002"
CONSUMER = "carla"
TEXT = {"type": "ContentEvent", "message": "hi"}


def refusal(ground, conversation, by, event=TEXT, dialog=None, **more):
    with pytest.raises(Refused) as caught:
        ground.publish(conversation, by, event, dialog, **more)
    assert " " in caught.value.text
    return caught.value.code


def test_sequences_are_shared_by_messages_and_confirmations(ground):
    conversation = ground.open()
    assert ground.say(conversation, CONSUMER) == 0
    assert ground.read(conversation, ONE, 0) == 1
    state = {"type": "ChatStateEvent", "chatState": "COMPOSING"}
    assert ground.publish(conversation, ONE, state) == 0
    assert ground.say(conversation, ONE) == 2
    assert [it.sequence for it in conversation.events_from(0)] == [0, 1, 2]


def test_each_dialog_counts_for_itself(ground):
    conversation = ground.open()
    member = {"field": "DialogChange", "type": "CREATE"}
    ground.change(conversation, ONE, {**member, "dialog": {"dialogType": "AGENTS"}})
    agents = conversation.details.dialogs[1].dialog_id
    assert ground.say(conversation, ONE) == 0
    assert ground.say(conversation, ONE, dialog=agents) == 0
    assert refusal(ground, conversation, CONSUMER, dialog=agents) == 403


def test_an_event_is_told_before_the_change_that_repeats_it(ground):
    conversation = ground.open()
    ground.told.clear()
    ground.say(conversation, ONE)
    event, changed = ground.told
    assert (event.body["message"], changed) == ("hi", conversation)
    assert changed.last_content is event


@pytest.mark.parametrize(
    "event",
    [
        {"type": "ChatStateEvent", "chatState": "PAUSE"},
        {"type": "AcceptStatusEvent", "status": "READ", "sequenceList": [0]},
    ],
)
def test_what_is_no_message_changes_no_conversation(ground, event):
    conversation = ground.open()
    ground.say(conversation, CONSUMER)
    ground.told.clear()
    ground.publish(conversation, ONE, event)
    assert [it.body["type"] for it in ground.told] == [event["type"]]


def test_an_event_knows_who_was_to_hear_it(ground):
    conversation = ground.open()
    ground.say(conversation, CONSUMER)
    member = {"field": "ParticipantsChange", "type": "ADD", "role": "MANAGER"}
    ground.change(conversation, TWO, member)
    ground.say(conversation, ONE)
    ground.say(conversation, ONE, audience="AGENTS_AND_MANAGERS")
    assert [it.recipients for it in conversation.events_from(0)] == [
        (CONSUMER, ONE),
        (CONSUMER, ONE, TWO),
        (ONE, TWO),
    ]


def test_a_consumer_writes_nothing_private(ground):
    conversation = ground.open()
    code = refusal(ground, conversation, CONSUMER, audience="AGENTS_AND_MANAGERS")
    assert code == 403
    assert conversation.events == {}


@pytest.mark.parametrize("audience", ["NOBODY", ["ALL"], 5])
def test_an_unknown_audience_is_refused(ground, audience):
    assert refusal(ground, ground.open(), ONE, audience=audience) == 400


@pytest.mark.parametrize("audience", [None, "", "ALL"])
def test_everybody_is_the_usual_audience(ground, audience):
    conversation = ground.open()
    ground.say(conversation, ONE, audience=audience)
    assert conversation.last_content.audience == "ALL"


def test_where_and_by_whom_nothing_is_published(ground):
    conversation = ground.open()
    assert refusal(ground, conversation, TWO) == 403
    assert refusal(ground, conversation, "dora") == 403
    assert refusal(ground, conversation, ONE, dialog="nowhere") == 404
    close = {"field": "Stage", "conversationState": "CLOSE"}
    ground.change(conversation, ONE, close)
    assert refusal(ground, conversation, ONE) == 409
    assert refusal(ground, conversation, CONSUMER) == 409


def test_a_dialog_has_a_bound_which_chat_states_do_not_touch(ground, monkeypatch):
    monkeypatch.setattr(choices, "MAX_EVENTS", 1)
    conversation = ground.open()
    ground.say(conversation, ONE)
    assert refusal(ground, conversation, ONE) == 429
    state = {"type": "ChatStateEvent", "chatState": "GONE"}
    assert ground.publish(conversation, ONE, state) == 0


def test_the_service_announces_states_of_its_own(ground):
    conversation = ground.open()
    ground.told.clear()
    identity = conversation.conversation_id
    ground.world.announce(conversation, identity, CONSUMER, "BACKGROUND")
    (event,) = ground.told
    assert event.body == {"type": "ChatStateEvent", "chatState": "BACKGROUND"}
    assert (event.sequence, event.timestamp) == (None, None)
    assert event.recipients == (CONSUMER, ONE)
    assert event.author.role == "CONSUMER"
