from __future__ import annotations

import pytest

ONE, TWO = "acc.1001", "acc.1002"
CONSUMER = "carla"


def part(kind, role, user=None, **more):
    return {
        "field": "ParticipantsChange",
        "type": kind,
        "role": role,
        "userId": user,
        **more,
    }


NOTE = {"field": "Note", "note": "n"}
SKILL = {"field": "Skill", "type": "UPDATE", "skill": "s9"}
TTR = {"field": "TTRField", "ttrType": "URGENT", "value": 0}
ETTR = {"field": "ManualETTR", "time": 1_700_000_100_000}
CSAT = {"field": "CSATRate", "csatRate": "4", "status": "FILLED"}
CLOSE = {"field": "ConversationStateField", "conversationState": "CLOSE"}
STAGE = {"field": "Stage", "conversationState": "CLOSE"}
DELAY = {"field": "DelayField", "delay": {"type": "NIGHT", "tillWhen": 1}}
TOPIC = {"field": "TopicField", "topic": "t"}
HANDLER = {"field": "ConversationHandler", "accountId": "a", "skillId": "s"}
COBROWSE = {
    "field": "DialogChange",
    "type": "CREATE",
    "dialog": {"dialogType": "OTHER", "channelType": "COBROWSE"},
}


@pytest.mark.parametrize(
    ("member", "text"),
    [
        (CLOSE, "OK Conversation resolved successfully"),
        (STAGE, "OK Conversation resolved successfully"),
        (part("ADD", "MANAGER", TWO), "OK Agent added successfully"),
        (part("REMOVE", "ASSIGNED_AGENT", ONE), "OK Agent removed successfully"),
        (part("SUGGEST", "ASSIGNED_AGENT", TWO), "OK Agent removed successfully"),
        (part("UPDATE", "READER", ONE), "OK Agent added successfully"),
        (SKILL, "Skill changed successfully"),
        (NOTE, "OK Update note success"),
        (TTR, "Update TTR ended successfully"),
        (ETTR, "Update manual Ettr ended successfully"),
        (CSAT, "OK CSAT processed successfully"),
        (DELAY, "Update delay ended successfully"),
        (TOPIC, "OK Update topic success"),
        (HANDLER, "OK Update conversation handler success"),
        (COBROWSE, "OK Dialog created successfully"),
    ],
)
def test_each_member_has_its_literal_text(ground, member, text):
    conversation = ground.open()
    assert ground.change(conversation, ONE, member) == text


def test_closing_a_dialog_has_the_text_of_closing_a_conversation(ground):
    conversation = ground.open()
    dialog = {"dialogId": conversation.conversation_id, "state": "CLOSE"}
    member = {"field": "DialogChange", "type": "UPDATE", "dialog": dialog}
    text = ground.change(conversation, ONE, member)
    assert text == "OK Conversation resolved successfully"


def test_a_list_has_the_text_of_its_last_member(ground):
    conversation = ground.open()
    assert ground.change(conversation, ONE, SKILL, NOTE) == "OK Update note success"
    assert ground.change(conversation, ONE, NOTE, SKILL) == "Skill changed successfully"


def test_a_list_is_one_change(ground):
    conversation = ground.open()
    ground.told.clear()
    ground.change(conversation, ONE, SKILL, NOTE, TTR)
    assert ground.told == [conversation]


@pytest.mark.parametrize(
    "members",
    [
        (),
        ({"field": "NoField"},),
        ({},),
        ("text",),
        (None,),
        ([NOTE],),
        ({"field": ["Note"]},),
        (NOTE, {"field": "NoField"}),
    ],
)
def test_what_is_no_field_is_refused(ground, members):
    assert ground.refusal(ground.open(), ONE, *members) == 400


@pytest.mark.parametrize("place", [0, 1, 2])
def test_one_member_that_is_refused_fails_the_whole_list(ground, place):
    conversation = ground.open(assign=None)
    ground.change(conversation, ONE, part("ADD", "MANAGER", ONE))
    ground.told.clear()
    members = [SKILL, NOTE]
    members.insert(place, part("REMOVE", "ASSIGNED_AGENT", TWO))
    assert ground.refusal(conversation, ONE, *members) == 400
    assert ground.told == []


@pytest.mark.parametrize("member", [CLOSE, STAGE, TTR, CSAT])
def test_a_consumer_may_change_some_things(ground, member):
    assert ground.change(ground.open(), CONSUMER, member)


@pytest.mark.parametrize(
    "member",
    [
        NOTE,
        SKILL,
        ETTR,
        DELAY,
        TOPIC,
        HANDLER,
        COBROWSE,
        part("ADD", "MANAGER", TWO),
        part("ADD", "ASSIGNED_AGENT", TWO),
        part("REMOVE", "ASSIGNED_AGENT", ONE),
        part("SUGGEST", "ASSIGNED_AGENT", TWO),
        part("UPDATE", "CONSUMER", "dora"),
        part("SUGGEST", "CONSUMER", "dora"),
    ],
)
def test_only_the_brand_may_change_the_rest(ground, member):
    conversation = ground.open()
    assert ground.refusal(conversation, CONSUMER, member) == 403
    assert ground.refusal(conversation, CONSUMER, CSAT, member) == 403


@pytest.mark.parametrize("member", [CLOSE, STAGE, TTR, CSAT, NOTE])
def test_another_consumer_may_change_nothing(ground, member):
    conversation = ground.open()
    ground.open(consumer="dora")
    assert ground.refusal(conversation, "dora", member) == 403


@pytest.mark.parametrize(
    "member",
    [CLOSE, STAGE, NOTE, SKILL, TTR, ETTR, TOPIC, part("ADD", "MANAGER", TWO)],
)
def test_what_is_closed_is_changed_no_more(ground, member):
    conversation = ground.open()
    ground.change(conversation, ONE, CLOSE)
    assert ground.refusal(conversation, ONE, member) == 409


def test_a_consumer_may_say_how_it_was_when_it_is_over(ground):
    conversation = ground.open()
    ground.change(conversation, ONE, CLOSE)
    text = ground.change(conversation, CONSUMER, CSAT)
    assert text == "OK CSAT processed successfully"


def test_members_after_a_close_in_the_same_list_count(ground):
    conversation = ground.open()
    ground.change(conversation, ONE, CLOSE, NOTE)
    assert (conversation.details.stage, conversation.details.note) == ("CLOSE", "n")


def test_a_change_marks_only_the_dialogs_that_it_changes(ground):
    conversation = ground.open()

    def times():
        return [dialog.updated for dialog in conversation.details.dialogs]

    ground.time += 10
    ground.change(conversation, ONE, COBROWSE)
    assert times() == [1_700_000_000_000, 1_700_000_010_000]
    ground.time += 10
    ground.change(conversation, ONE, NOTE)
    ground.say(conversation, ONE)
    assert times() == [1_700_000_000_000, 1_700_000_010_000]
    assert conversation.updated == 1_700_000_020_001
    ground.time += 10
    ground.change(conversation, ONE, part("ADD", "MANAGER", TWO))
    assert times() == [1_700_000_030_000, 1_700_000_010_000]
    assert conversation.updated == 1_700_000_030_000
