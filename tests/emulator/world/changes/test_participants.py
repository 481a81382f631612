from __future__ import annotations

import pytest

from ums_actors.emulator import choices

ONE, TWO, THREE = "acc.1001", "acc.1002", "acc.1003"
CONSUMER = "carla"
SKILL = {"field": "Skill", "type": "UPDATE", "skill": "s9"}
COBROWSE = {
    "field": "DialogChange",
    "type": "CREATE",
    "dialog": {"channelType": "COBROWSE"},
}


def part(kind, role="ASSIGNED_AGENT", user=None, **more):
    member = {"field": "ParticipantsChange", "type": kind, "role": role, **more}
    return member if user is None else {**member, "userId": user}


def who(conversation, place=0):
    dialog = conversation.details.dialogs[place]
    return {(it.id, it.role, it.state) for it in dialog.participants}


@pytest.mark.parametrize("role", ["MANAGER", "READER", "AGENT", "BRAND_BOT"])
def test_joining_and_leaving_in_each_role(ground, role):
    conversation = ground.open()
    ground.change(conversation, TWO, part("ADD", role))
    assert (TWO, role, "ACTIVE") in who(conversation)
    ground.change(conversation, TWO, part("REMOVE", role))
    assert len(who(conversation)) == 2
    assert ground.refusal(conversation, TWO, part("REMOVE", role)) == 400


def test_an_absent_agent_is_not_removed(ground):
    conversation = ground.open(assign=None)
    ground.change(conversation, ONE, part("ADD", "MANAGER"))
    assert ground.refusal(conversation, ONE, part("REMOVE", user=TWO)) == 400
    assert ground.refusal(conversation, ONE, SKILL, part("REMOVE")) == 400


def test_a_suggestion_is_no_part(ground):
    conversation = ground.open()
    ground.change(conversation, ONE, part("SUGGEST", user=TWO))
    assert (TWO, "ASSIGNED_AGENT", "SUGGESTED") in who(conversation)
    assert conversation.details.in_role("ASSIGNED_AGENT") == [ONE]
    assert ground.refusal(conversation, TWO, SKILL) == 403
    ground.change(conversation, ONE, part("REMOVE", user=TWO))
    assert len(who(conversation)) == 2


def test_who_has_the_role_is_not_suggested_for_it(ground):
    assert ground.refusal(ground.open(), ONE, part("SUGGEST", user=ONE)) == 409


def test_a_suggested_agent_is_added_once_the_place_is_free(ground):
    conversation = ground.open()
    ground.change(conversation, ONE, part("SUGGEST", user=TWO))
    assert ground.refusal(conversation, TWO, part("ADD")) == 409
    ground.change(conversation, ONE, part("REMOVE"))
    ground.change(conversation, TWO, part("ADD"))
    assert who(conversation) == {
        (CONSUMER, "CONSUMER", "ACTIVE"),
        (TWO, "ASSIGNED_AGENT", "ACTIVE"),
    }


@pytest.mark.parametrize(
    "member", [SKILL, part("SUGGEST", user=THREE), part("REMOVE", user=ONE)]
)
def test_only_a_participant_may_transfer(ground, member):
    assert ground.refusal(ground.open(), TWO, member) == 403


def test_an_update_moves_to_another_role(ground):
    conversation = ground.open()
    ground.change(conversation, ONE, part("UPDATE", "READER"))
    assert who(conversation) == {
        (CONSUMER, "CONSUMER", "ACTIVE"),
        (ONE, "READER", "ACTIVE"),
    }
    assert ground.refusal(conversation, ONE, part("UPDATE", "READER", TWO)) == 404


@pytest.mark.parametrize(
    ("member", "code"),
    [
        (part("ADD", "KING"), 400),
        (part("ADD", None), 400),
        (part("ADD", ["MANAGER"]), 400),
        (part("NOTHING", "MANAGER"), 400),
        (part(None, "MANAGER"), 400),
        (part("ADD", "MANAGER", "nobody"), 404),
        (part("ADD", "MANAGER", 1001), 404),
        (part("ADD", "MANAGER", CONSUMER), 404),
        (part("SUGGEST", user="nobody"), 404),
        (part("ADD", "CONSUMER", TWO), 404),
        (part("ADD", "MANAGER", dialogId="nowhere"), 404),
        (part("ADD", "MANAGER", dialogId=5), 404),
        (part("REMOVE", "CONSUMER", CONSUMER), 400),
    ],
)
def test_a_change_that_makes_no_sense_is_refused(ground, member, code):
    assert ground.refusal(ground.open(), ONE, member) == code


def test_the_pid_is_not_the_id_that_requests_take(ground):
    pid = ground.users.named("bot2").pid
    assert ground.refusal(ground.open(), ONE, part("ADD", "MANAGER", pid)) == 404


def test_a_named_dialog_is_changed_alone(ground):
    conversation = ground.open()
    ground.change(conversation, ONE, COBROWSE)
    dialog = conversation.details.dialogs[1].dialog_id
    ground.change(conversation, TWO, part("ADD", "CONTROLLER", dialogId=dialog))
    assert (TWO, "CONTROLLER", "ACTIVE") in who(conversation, 1)
    assert len(who(conversation)) == 2
    assert conversation.details.in_role("CONTROLLER") == [TWO]


def test_who_leaves_the_main_dialog_leaves_the_others(ground):
    conversation = ground.open()
    ground.change(conversation, ONE, COBROWSE, part("ADD", "MANAGER", TWO))
    ground.change(conversation, ONE, part("REMOVE"))
    assert conversation.details.in_role("ASSIGNED_AGENT") == []
    assert not conversation.details.takes_part(ONE)
    assert who(conversation, 1) == {(CONSUMER, "CONSUMER", "ACTIVE")}


def test_who_was_in_a_dialog_that_is_closed_takes_no_part(ground):
    conversation = ground.open()
    ground.change(conversation, ONE, COBROWSE)
    dialog = conversation.details.dialogs[1].dialog_id
    ground.change(conversation, TWO, part("ADD", "MANAGER", dialogId=dialog))
    assert conversation.details.takes_part(TWO)
    close = {"field": "DialogChange", "type": "UPDATE"}
    close["dialog"] = {"dialogId": dialog, "state": "CLOSE"}
    ground.change(conversation, ONE, close)
    assert not conversation.details.takes_part(TWO)
    assert conversation.details.in_role("MANAGER") == []


def test_a_takeover_reaches_the_other_dialogs_of_the_consumer(ground):
    conversation = ground.open()
    agents = {"field": "DialogChange", "type": "CREATE"}
    agents["dialog"] = {"dialogType": "AGENTS"}
    ground.change(conversation, ONE, COBROWSE, agents)
    ground.change(
        conversation,
        CONSUMER,
        part("REMOVE", "CONSUMER", CONSUMER),
        part("ADD", "CONSUMER", "dora"),
    )
    main, cobrowse, agents = conversation.details.dialogs
    assert main.in_role("CONSUMER") == cobrowse.in_role("CONSUMER") == ["dora"]
    assert agents.in_role("CONSUMER") == []


def test_a_closed_dialog_is_not_joined(ground):
    conversation = ground.open(survey=True)
    dialog = {"dialogId": conversation.conversation_id, "state": "CLOSE"}
    close = {"field": "DialogChange", "type": "UPDATE", "dialog": dialog}
    ground.change(conversation, ONE, close)
    assert ground.refusal(conversation, TWO, part("ADD", "MANAGER")) == 409
    survey = conversation.details.dialogs[1].dialog_id
    ground.change(conversation, TWO, part("ADD", "BRAND_BOT", dialogId=survey))
    assert ground.say(conversation, TWO, "How was it?", survey) == 0


@pytest.mark.parametrize("by", [CONSUMER, ONE])
def test_a_takeover_changes_the_consumer(ground, by):
    conversation = ground.open()
    text = ground.change(
        conversation,
        by,
        part("REMOVE", "CONSUMER", CONSUMER),
        part("ADD", "CONSUMER", "dora"),
    )
    assert text == "OK Agent added successfully"
    assert conversation.consumer == "dora"
    assert ground.world.conversations_of(CONSUMER) == []
    assert ground.world.conversations_of("dora") == [conversation]
    assert ground.say(conversation, "dora") == 0
    member = {"field": "Stage", "conversationState": "CLOSE"}
    assert ground.refusal(conversation, CONSUMER, member) == 403


def test_participants_have_a_bound(ground):
    conversation = ground.open(assign=None)
    many = [part("ADD", "CONSUMER", f"c{number}") for number in range(100)]
    ground.change(conversation, ONE, *many[1:])
    assert ground.refusal(conversation, ONE, many[0]) == 400


def test_a_takeover_by_one_consumer_too_many_changes_nothing(ground, monkeypatch):
    conversation = ground.open()
    monkeypatch.setattr(choices, "MAX_CONSUMERS", 1)
    members = [
        part("REMOVE", "CONSUMER", CONSUMER),
        part("ADD", "CONSUMER", "dora"),
    ]
    assert ground.refusal(conversation, ONE, *members) == 429
    assert conversation.consumer == CONSUMER
    assert ground.world.conversations_of(CONSUMER) == [conversation]
