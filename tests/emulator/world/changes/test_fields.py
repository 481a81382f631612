from __future__ import annotations

import pytest

ONE = "acc.1001"
NOW = 1_700_000_000_000


def test_the_skill_may_be_a_number(ground):
    conversation = ground.open()
    ground.change(conversation, ONE, {"field": "Skill", "skill": 4321})
    assert conversation.details.skill == "4321"


def test_notes_and_topics_are_set_and_emptied(ground):
    conversation = ground.open()
    for field, key in (("Note", "note"), ("TopicField", "topic")):
        ground.change(conversation, ONE, {"field": field, key: "x" * 5_000})
        assert getattr(conversation.details, key) == "x" * 5_000
        ground.change(conversation, ONE, {"field": field, key: None})
        assert getattr(conversation.details, key) == ""


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ({"ttrType": "NORMAL", "value": 0}, ("NORMAL", 3_600)),
        ({"ttrType": "PRIORITIZED", "value": 0}, ("PRIORITIZED", 600)),
        ({"ttrType": "URGENT"}, ("URGENT", 300)),
        ({"ttrType": "URGENT", "value": None}, ("URGENT", 300)),
        ({"ttrType": "URGENT", "value": 60}, ("URGENT", 60)),
        ({"ttrType": "CUSTOM", "value": 77}, ("CUSTOM", 77)),
        ({"ttrType": "CUSTOM", "value": 0}, ("CUSTOM", 3_600)),
        ({"value": 5}, ("CUSTOM", 5)),
    ],
)
def test_times_to_respond(ground, told, kept):
    conversation = ground.open()
    ground.change(conversation, ONE, {"field": "TTRField", **told})
    assert (conversation.details.ttr_type, conversation.details.ttr_value) == kept


def test_the_effective_ttr_is_when_an_answer_is_due(ground):
    conversation = ground.open()
    assert conversation.effective_ttr == -1
    ground.say(conversation, "carla")
    assert conversation.effective_ttr == NOW + 3_600_000
    ground.change(conversation, ONE, {"field": "TTRField", "ttrType": "URGENT"})
    assert conversation.effective_ttr == NOW + 300_000
    ground.say(conversation, ONE, audience="AGENTS_AND_MANAGERS")
    assert conversation.effective_ttr == NOW + 300_000
    ground.say(conversation, ONE)
    assert conversation.effective_ttr == -1


def test_a_manual_time_or_a_delay_is_the_effective_one(ground):
    conversation = ground.open()
    ground.say(conversation, "carla")
    for told in (
        {"delay": {"type": "NIGHT", "tillWhen": NOW + 9_000_000}},
        {"tillWhen": NOW + 9_000_000},
    ):
        ground.change(conversation, ONE, {"field": "DelayField", **told})
        assert conversation.effective_ttr == NOW + 9_000_000
        delay = {"type": "NIGHT", "tillWhen": NOW + 9_000_000}
        assert conversation.details.delay == delay
    ground.change(conversation, ONE, {"field": "ManualETTR", "time": NOW + 5})
    assert conversation.effective_ttr == NOW + 5
    ground.change(conversation, ONE, {"field": "ManualETTR", "time": 0})
    ground.change(conversation, ONE, {"field": "DelayField", "tillWhen": 0})
    assert conversation.details.delay is None
    assert conversation.effective_ttr == NOW + 3_600_000
    close = {"field": "Stage", "conversationState": "CLOSE"}
    ground.change(conversation, ONE, close)
    assert conversation.effective_ttr == -1


@pytest.mark.parametrize(
    ("told", "rate"),
    [(str(rate), rate) for rate in range(6)] + [(rate, rate) for rate in range(6)],
)
def test_the_csat_rate_may_be_a_text_or_a_number(ground, told, rate):
    conversation = ground.open()
    member = {"field": "CSATRate", "csatRate": told, "status": "FILLED"}
    ground.change(conversation, ONE, {**member, "csatResolutionConfirmation": True})
    assert conversation.details.csat == {
        "csatRate": rate,
        "csatResolutionConfirmation": True,
        "status": "FILLED",
    }


@pytest.mark.parametrize("status", ["SKIPPED", "EMPTY", "PARTIALLY_FILLED"])
def test_a_survey_that_is_not_filled_needs_no_rate(ground, status):
    conversation = ground.open()
    ground.change(conversation, ONE, {"field": "CSATRate", "status": status})
    assert conversation.details.csat["status"] == status


def test_the_handler_is_told_bare_or_in_its_details(ground):
    conversation = ground.open()
    handler = {"accountId": "a", "skillId": 7}
    for told in (handler, {"conversationHandlerDetails": handler}):
        conversation.details.handler = None
        ground.change(conversation, ONE, {"field": "ConversationHandler", **told})
        assert conversation.details.handler == {"accountId": "a", "skillId": "7"}


@pytest.mark.parametrize(
    "member",
    [
        {"field": "Skill"},
        {"field": "Skill", "skill": ""},
        {"field": "Skill", "skill": ["s"]},
        {"field": "Skill", "skill": True},
        {"field": "Note", "note": 5},
        {"field": "Note", "note": ["n"]},
        {"field": "Note", "note": "x" * 5_001},
        {"field": "TopicField", "topic": {"x": 1}},
        {"field": "TopicField", "topic": "x" * 5_001},
        {"field": "TTRField", "ttrType": "SOON", "value": 1},
        {"field": "TTRField", "ttrType": ["URGENT"], "value": 1},
        {"field": "TTRField", "ttrType": "CUSTOM", "value": "long"},
        {"field": "TTRField", "ttrType": "CUSTOM", "value": -1},
        {"field": "TTRField", "ttrType": "CUSTOM", "value": True},
        {"field": "ManualETTR"},
        {"field": "ManualETTR", "time": "now"},
        {"field": "ManualETTR", "time": -1},
        {"field": "DelayField"},
        {"field": "DelayField", "delay": {"type": "NIGHT"}},
        {"field": "DelayField", "delay": "NIGHT"},
        {"field": "CSATRate"},
        {"field": "CSATRate", "csatRate": "6"},
        {"field": "CSATRate", "csatRate": 6},
        {"field": "CSATRate", "csatRate": -1},
        {"field": "CSATRate", "csatRate": True},
        {"field": "CSATRate", "csatRate": "great"},
        {"field": "CSATRate", "csatRate": 4.5},
        {"field": "CSATRate", "csatRate": 4, "status": "GREAT"},
        {"field": "CSATRate", "csatRate": 4, "csatResolutionConfirmation": "yes"},
        {"field": "CSATRate", "csatRate": 9, "status": "SKIPPED"},
        {"field": "ConversationHandler"},
        {"field": "ConversationHandler", "accountId": "a"},
        {"field": "ConversationHandler", "accountId": {}, "skillId": "s"},
    ],
)
def test_a_field_of_nonsense_is_refused(ground, member):
    assert ground.refusal(ground.open(), ONE, member) == 400
