from __future__ import annotations

import pytest

from ums_actors.emulator import Refused

ONE, TWO = "acc.1001", "acc.1002"
CONSUMER = "carla"


def join(user, role="MANAGER", kind="ADD"):
    field = {"field": "ParticipantsChange", "type": kind, "role": role}
    return {**field, "userId": user}


def test_unread_counts_rise_for_the_active_and_fall_by_what_is_read(ground):
    conversation = ground.open()
    ground.change(conversation, TWO, join(TWO))
    for text in ("a", "b", "c"):
        ground.say(conversation, CONSUMER, text)
    assert conversation.unread == {ONE: 3, TWO: 3}
    ground.read(conversation, ONE, 0, 1)
    assert conversation.unread == {ONE: 1, TWO: 3}
    ground.read(conversation, ONE, 2, status="ACCEPT")
    assert conversation.unread == {ONE: 1, TWO: 3}
    ground.read(conversation, TWO, 0, 1, 2)
    assert conversation.unread == {ONE: 1, TWO: 0}


def test_a_private_message_is_unread_by_the_brand_alone(ground):
    conversation = ground.open()
    ground.change(conversation, TWO, join(TWO))
    ground.say(conversation, ONE, "pst", audience="AGENTS_AND_MANAGERS")
    assert conversation.unread == {TWO: 1}


def test_the_suggested_and_those_who_left_are_not_counted(ground):
    conversation = ground.open()
    ground.change(conversation, ONE, join(TWO, "ASSIGNED_AGENT", "SUGGEST"))
    ground.say(conversation, CONSUMER)
    assert conversation.unread == {ONE: 1}
    ground.change(conversation, ONE, join(ONE, "ASSIGNED_AGENT", "REMOVE"))
    assert conversation.unread == {}


def test_the_last_message_and_the_last_that_consumers_may_see(ground):
    conversation = ground.open()
    ground.say(conversation, ONE, "hello")
    ground.say(conversation, ONE, "pst", audience="AGENTS_AND_MANAGERS")
    ground.read(conversation, CONSUMER, 0)
    assert conversation.last_content.body["message"] == "pst"
    assert conversation.last_public_content.body["message"] == "hello"


def test_changes_are_strictly_ordered_in_time(ground):
    conversation = ground.open()
    times = [conversation.updated]
    for _ in range(3):
        ground.say(conversation, ONE)
        times.append(conversation.updated)
    ground.time -= 100
    ground.say(conversation, ONE)
    times.append(conversation.updated)
    assert times == sorted(set(times))


def test_only_the_first_of_a_consumer_is_the_first(ground):
    assert ground.open().is_first
    assert not ground.open().is_first
    assert ground.open(consumer="dora").is_first


def test_events_are_given_dialog_by_dialog(ground):
    conversation = ground.open(survey=True)
    ground.say(conversation, CONSUMER, "a")
    ground.say(conversation, CONSUMER, "b")
    dialog = {"dialogId": conversation.conversation_id, "state": "CLOSE"}
    member = {"field": "DialogChange", "type": "UPDATE", "dialog": dialog}
    ground.change(conversation, ONE, member)
    ground.say(conversation, CONSUMER, "5", conversation.details.dialogs[1].dialog_id)

    def texts(since):
        return [it.body["message"] for it in conversation.events_from(since)]

    assert texts(0) == texts(-7) == ["a", "b", "5"]
    assert texts(1) == ["b"]


def test_an_unknown_dialog_is_not_found(ground):
    with pytest.raises(Refused) as caught:
        ground.open().details.dialog("nowhere")
    assert caught.value.code == 404
