from __future__ import annotations

import pytest

ONE = "acc.1001"
CONSUMER = "carla"


def close(**more):
    return {"field": "ConversationStateField", "conversationState": "CLOSE", **more}


def close_dialog(dialog, **more):
    dialog = {"dialogId": dialog, "state": "CLOSE", **more}
    return {"field": "DialogChange", "type": "UPDATE", "dialog": dialog}


@pytest.mark.parametrize(
    ("by", "more", "reason"),
    [
        (ONE, {}, "AGENT"),
        (CONSUMER, {}, "CONSUMER"),
        (ONE, {"closedBy": "SYSTEM"}, "SYSTEM"),
        (CONSUMER, {"closedBy": "TIMEOUT"}, "TIMEOUT"),
        (ONE, {"closedBy": None, "closedCause": None}, "AGENT"),
    ],
)
def test_who_closes_is_the_reason(ground, by, more, reason):
    for is_dialog in (False, True):
        conversation = ground.open()
        dialog = close_dialog(conversation.conversation_id, **more)
        ground.change(conversation, by, dialog if is_dialog else close(**more))
        details = conversation.details
        assert (details.stage, details.main.state) == ("CLOSE", "CLOSE")
        assert details.close_reason == details.main.closed_by == reason
        assert details.ended == details.main.ended == 1_700_000_000_000


def test_the_cause_is_kept(ground):
    conversation = ground.open()
    member = close_dialog(conversation.conversation_id, closedCause="Closed by agent")
    ground.change(conversation, ONE, member)
    assert conversation.details.main.closed_cause == "Closed by agent"


@pytest.mark.parametrize(
    "member",
    [
        {"field": "Stage"},
        {"field": "Stage", "conversationState": "OPEN"},
        {"field": "ConversationStateField", "conversationState": "LOCKED"},
        close(closedBy="KING"),
        close(closedBy=["AGENT"]),
        close(closedCause=5),
        close(closedCause="x" * 5_001),
    ],
)
def test_a_close_of_nonsense_is_refused(ground, member):
    assert ground.refusal(ground.open(), ONE, member) == 400


def test_a_survey_follows_the_main_dialog(ground):
    conversation = ground.open(survey=True)
    ground.change(conversation, ONE, close_dialog(conversation.conversation_id))
    details = conversation.details
    assert (details.main.state, details.stage) == ("CLOSE", "OPEN")
    assert (details.close_reason, details.ended) == (None, None)
    _, survey = details.dialogs
    assert survey.dialog_id != conversation.conversation_id
    assert (survey.dialog_type, survey.state) == ("POST_SURVEY", "OPEN")
    assert [(it.id, it.role) for it in survey.participants] == [(CONSUMER, "CONSUMER")]
    assert survey.metadata.keys() == {"appInstallId"}


def test_the_consumer_answers_in_the_survey_and_its_end_is_the_end(ground):
    conversation = ground.open(survey=True)
    ground.change(conversation, ONE, close_dialog(conversation.conversation_id))
    survey = conversation.details.dialogs[1].dialog_id
    assert ground.say(conversation, CONSUMER, "5", survey) == 0
    assert ground.world.find_dialog(survey) is conversation
    ground.time += 5
    ground.change(conversation, CONSUMER, close_dialog(survey))
    details = conversation.details
    assert (details.stage, details.close_reason) == ("CLOSE", "AGENT")
    assert details.dialogs[1].closed_by == "CONSUMER"
    assert (details.main.ended, details.ended) == (1_700_000_000_000, 1_700_000_005_000)


def test_closing_the_conversation_starts_no_survey_and_ends_one(ground):
    conversation = ground.open(survey=True)
    ground.change(conversation, ONE, close())
    assert len(conversation.details.dialogs) == 1
    other = ground.open(survey=True)
    ground.change(other, ONE, close_dialog(other.conversation_id))
    ground.change(other, CONSUMER, close())
    assert [it.state for it in other.details.dialogs] == ["CLOSE", "CLOSE"]
    assert (other.details.stage, other.details.close_reason) == ("CLOSE", "AGENT")


def test_a_survey_may_follow_every_conversation(make_ground):
    ground = make_ground(survey=True)
    conversation = ground.open()
    ground.change(conversation, CONSUMER, close_dialog(conversation.conversation_id))
    assert conversation.details.dialogs[1].dialog_type == "POST_SURVEY"


def test_a_closed_dialog_is_not_closed_again(ground):
    conversation = ground.open(survey=True)
    member = close_dialog(conversation.conversation_id)
    ground.change(conversation, ONE, member)
    assert ground.refusal(conversation, ONE, member) == 409
