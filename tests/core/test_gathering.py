from __future__ import annotations

import sys

import msgspec
import pytest

from ums_actors.core.gathering import facts_of
from ums_actors.protocol.conversations import read_conversation_changes
from ums_actors.protocol.ids import IdTable
from ums_actors.testing.notifications import ACCOUNT, change, conversation, dialog, pid

U1, U2 = f"{ACCOUNT}.u1", f"{ACCOUNT}.u2"


def read(told):
    body = {"subscriptionId": "S", "changes": [change(told)]}
    (found,) = read_conversation_changes(msgspec.json.encode(body)).changes
    return found.result


@pytest.fixture
def ids():
    return IdTable(ACCOUNT)


def facts(told, ids, known=None):
    result = read(told)
    details = result.conversation_details
    ids.learn_all(details.participants, details.participants_pid)
    return facts_of(result, ids, known)[0]


def people(dialog_facts):
    return [
        (each.role, each.user_id, each.agent_id, each.state)
        for each in dialog_facts.members
    ]


def test_an_agent_has_both_ids_on_a_brands_side(ids):
    found = facts(conversation(), ids)
    assert people(found.main) == [
        ("CONSUMER", "cons", None, "ACTIVE"),
        ("ASSIGNED_AGENT", pid(U1), U1, "ACTIVE"),
    ]


def test_a_consumer_sees_the_pid_alone(ids):
    found = facts(conversation(consumer=True), ids)
    assert people(found.main) == [
        ("CONSUMER", "cons", None, "ACTIVE"),
        ("ASSIGNED_AGENT", pid(U1), None, "ACTIVE"),
    ]


def test_a_suggested_agent_stands_in_no_table_and_has_its_old_id_until_it_is_known(ids):
    asked = conversation("C", ("CONSUMER", "cons"), ("ASSIGNED_AGENT", U2, "SUGGESTED"))
    first = facts(asked, ids)
    assert people(first.main)[1] == ("ASSIGNED_AGENT", U2, U2, "SUGGESTED")
    ids.learn(U2, pid(U2))
    again = facts(asked, ids, first)
    assert people(again.main)[1] == ("ASSIGNED_AGENT", pid(U2), U2, "SUGGESTED")
    assert first.main.members[1].key == again.main.members[1].key


def test_an_agent_told_by_its_pid_is_known_by_both_ids_if_it_was_seen_before(ids):
    ids.learn(U1, pid(U1))
    told = conversation(dialogs=[dialog("C", ("MANAGER", pid(U1)))])
    assert people(facts(told, ids).main) == [("MANAGER", pid(U1), U1, "ACTIVE")]


def test_a_consumer_is_no_agent_whatever_its_id(ids):
    found = facts(conversation("C", ("CONSUMER", U1)), ids)
    assert people(found.main) == [("CONSUMER", U1, None, "ACTIVE")]


def test_an_old_dialog_without_details_has_the_people_of_the_conversation(ids):
    told = conversation(dialogs=[dialog("C")])
    assert people(facts(told, ids).main) == [
        ("CONSUMER", "cons", None, "ACTIVE"),
        ("ASSIGNED_AGENT", pid(U1), U1, "ACTIVE"),
    ]


def test_a_conversation_without_dialogs_has_its_main_one(ids):
    told = conversation(dialogs=[], state="CLOSE", stage="")
    found = facts(told, ids)
    assert (found.main.dialog_id, found.main.open, found.stage) == ("C", False, "CLOSE")
    assert len(people(found.main)) == 2
    assert facts(conversation(dialogs=[]), ids).main.open


def test_dialogs_that_are_left_out_stay_as_they_were(ids):
    first = facts(conversation(), ids)
    told = conversation(at=2000, dialogs=[], note="n")
    second = facts(told, ids, first)
    assert (second.note, second.dialogs) == ("n", first.dialogs)


def test_a_dialog_that_is_told_late_stays_as_it_was_and_is_counted(ids):
    first = facts(conversation(dialogs=[dialog("C", at=1000, state="CLOSE")]), ids)
    told = conversation(at=1001, dialogs=[dialog("C", at=999)])
    second, late = facts_of(read(told), ids, first)
    assert (second.main.state, late) == ("CLOSE", 1)
    told = conversation(at=1001, dialogs=[dialog("C", at=1000)])
    second, late = facts_of(read(told), ids, first)
    assert (second.main.state, late) == ("OPEN", 0)


def test_dialogs_that_are_told_late_are_counted_each_and_hide_no_other(ids):
    names = "CDE"
    first = facts(conversation(dialogs=[dialog(each) for each in names]), ids)
    told = [dialog(each, at=999 if each in "CD" else 1001) for each in names]
    second, late = facts_of(read(conversation(at=1001, dialogs=told)), ids, first)
    assert late == 2
    assert [each.updated for each in second.dialogs] == [1000, 1000, 1001]


def test_a_conversation_without_dialogs_has_none_that_is_late(ids):
    told = read(conversation(dialogs=[]))
    first, late = facts_of(told, ids, None)
    assert late == 0
    assert facts_of(told, ids, first)[1] == 0


@pytest.mark.parametrize("name", ["note", "groupId", "topic"])
def test_what_is_left_out_or_empty_has_been_cleared(ids, name):
    first = facts(conversation(**{name: "x"}), ids)
    attribute = {"groupId": "group_id"}.get(name, name)
    assert getattr(first, attribute) == "x"
    for cleared in ({}, {name: ""}, {name: None}):
        second = facts(conversation(**cleared), ids, first)
        assert getattr(second, attribute) is None


def test_the_last_message_may_be_left_out_and_is_remembered(ids):
    last = {"lastContentEventNotification": {"sequence": 3, "dialogId": "C"}}
    first = facts(conversation(result=last), ids)
    second = facts(conversation(at=1001), ids, first)
    assert second.last_content.sequence == 3


def test_unread_messages_are_read_beside_the_details_and_in_them(ids):
    unread = {"numberOfunreadMessages": {"cons": 2}}
    assert facts(conversation(result=unread), ids).unread == {"cons": 2}
    assert facts(conversation(**unread), ids).unread == {"cons": 2}


@pytest.mark.parametrize(
    ("told", "rate"),
    [
        ({"csat": {"csatRate": 4}, "csatRate": 2}, 4),
        ({"csatRate": 2}, 2),
        ({"csatRate": 0}, None),
        ({}, None),
    ],
)
def test_the_rating_is_read_from_its_part_or_else_from_the_details(ids, told, rate):
    csat = facts(conversation(**told), ids).csat
    assert (None if csat is None else csat.csat_rate) == rate


def test_a_dialog_that_is_not_the_main_one_has_an_id_of_its_own(ids):
    found = facts(conversation(dialogs=[dialog("C"), dialog("D")]), ids)
    assert [each.dialog_id for each in found.dialogs] == ["C", "D"]


def test_a_dialog_without_an_id_is_the_main_one(ids):
    found = facts(conversation(dialogs=[dialog("")]), ids)
    assert [each.dialog_id for each in found.dialogs] == ["C"]


def test_parts_that_did_not_change_are_kept_once(ids):
    context = {"type": "SharkContext", "lang": "en-US"}
    first = facts(conversation(context=context), ids)
    second = facts(conversation(context=context, at=2000), ids, first)
    assert second.context is first.context
    assert second.main.members is first.main.members
    assert second.main.dialog_id is second.conversation_id


def test_the_context_does_not_keep_its_frame(ids):
    told = change(conversation(context={"type": "SharkContext"}))
    frame = msgspec.json.encode({"subscriptionId": "S", "changes": [told]})
    before = sys.getrefcount(frame)
    found, _ = facts_of(read_conversation_changes(frame).changes[0].result, ids, None)
    assert bytes(found.context) == b'{"type":"SharkContext"}'
    assert sys.getrefcount(frame) == before


def test_each_part_of_a_conversation_is_where_it_belongs(ids):
    details = {
        "brandId": "brand",
        "skillId": "skill",
        "groupId": "group",
        "note": "note",
        "topic": "topic",
        "state": "CLOSE",
        "stage": "LOCKED",
        "startTs": 1,
        "endTs": 2,
        "closeReason": "AGENT",
        "metaDataLastUpdateTs": 3,
        "firstConversation": True,
        "ttr": {"ttrType": "URGENT", "value": 4},
        "manualETTR": 5,
        "delay": {"till": 6},
        "campaignInfo": {"campaignId": "campaign"},
        "conversationHandlerDetails": {"accountId": "handler"},
        "appInstId": "app",
    }
    result = {
        "lastUpdateTime": 7,
        "effectiveTTR": 8,
        "numberOfunreadMessages": {"cons": 9},
        "lastContentEventNotification": {"sequence": 10, "dialogId": "C"},
    }
    found = facts(conversation(result=result, **details), ids)
    assert (found.account_id, found.skill_id, found.group_id) == (
        "brand",
        "skill",
        "group",
    )
    assert (found.note, found.topic, found.close_reason) == ("note", "topic", "AGENT")
    assert (found.state, found.stage) == ("CLOSE", "LOCKED")
    assert (found.started, found.ended, found.updated, found.changed) == (1, 2, 3, 7)
    assert found.first_conversation
    assert (found.ttr.ttr_type, found.ttr.value) == ("URGENT", 4)
    assert (found.manual_ettr, found.delay, found.effective_ttr) == (5, {"till": 6}, 8)
    assert found.campaign.campaign_id == "campaign"
    assert (found.handler.account_id, found.app_install_id) == ("handler", "app")
    assert (found.unread, found.last_content.sequence) == ({"cons": 9}, 10)
    assert found.conversation_id == "C"


def test_each_part_of_a_dialog_is_where_it_belongs(ids):
    told = dialog(
        "D",
        ("READER", U1),
        at=3,
        dialogType="OTHER",
        channelType="PIGEON",
        state="LIMBO",
        creationTs=1,
        endTs=2,
        closedBy="me",
        closedCause="why",
        metaData=["more"],
    )
    (found,) = facts(conversation(dialogs=[told]), ids).dialogs
    assert (found.dialog_id, found.dialog_type) == ("D", "OTHER")
    assert (found.channel_type, found.state) == ("PIGEON", "LIMBO")
    assert (found.created, found.ended, found.updated) == (1, 2, 3)
    assert (found.closed_by, found.closed_cause) == ("me", "why")
    assert found.meta_data == ["more"]
    assert people(found) == [("READER", pid(U1), U1, "ACTIVE")]


@pytest.mark.parametrize(
    "second",
    [
        [("CONSUMER", "cons")],
        [("CONSUMER", "cons"), ("ASSIGNED_AGENT", U2)],
        [("CONSUMER", "cons"), ("MANAGER", U1)],
        [("CONSUMER", "cons"), ("ASSIGNED_AGENT", U1, "SUGGESTED")],
        [("CONSUMER", "cons"), ("ASSIGNED_AGENT", U1), ("READER", U2)],
    ],
)
def test_people_who_differ_in_any_way_are_told_anew(ids, second):
    first = facts(conversation("C", ("CONSUMER", "cons"), ("ASSIGNED_AGENT", U1)), ids)
    now = facts(conversation("C", *second, at=2000), ids, first)
    fresh = facts(conversation("C", *second, at=2000), ids)
    assert people(now.main) == people(fresh.main) != people(first.main)


def test_words_of_the_protocol_are_kept_once(ids):
    def told(at):
        return facts(conversation(at=at, dialogs=[dialog("C", ("CONSUMER", "x"))]), ids)

    for name in ("state", "dialog_type"):
        one, other = (getattr(told(at).main, name) for at in (1000, 2000))
        assert one is other
    one, other = (told(at).main.members[0] for at in (1000, 2000))
    assert one.role is other.role
    assert one.state is other.state


def test_unknown_words_stay_as_they_came(ids):
    told = conversation(
        stage="LIMBO", dialogs=[dialog("C", ("SEER", "x", "NEAR"), dialogType="DREAM")]
    )
    found = facts(told, ids)
    assert (found.stage, found.open, found.main.dialog_type) == ("LIMBO", True, "DREAM")
    assert people(found.main) == [("SEER", "x", None, "NEAR")]
