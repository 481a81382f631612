from __future__ import annotations

import msgspec
import pytest

from ums_actors.protocol.conversations import ConversationResult
from ums_actors.protocol.lenient import read_record
from ums_actors.testing.notifications import ACCOUNT, conversation, dialog, pid

U1 = f"{ACCOUNT}.u1"


@pytest.mark.parametrize(
    ("told", "name", "value"),
    [
        ({"skillId": "7"}, "skill_id", "7"),
        ({"skillId": 7}, "skill_id", "7"),
        ({"groupId": "g"}, "group_id", "g"),
        ({"note": "n"}, "note", "n"),
        ({"topic": "t"}, "topic", "t"),
        ({"stage": "CLOSE"}, "is_open", False),
        ({"stage": "LOCKED"}, "stage", "LOCKED"),
        ({"startTs": 5}, "start_time", 5),
        ({"endTs": 6}, "close_time", 6),
        ({"at": 77}, "update_time", 77),
        ({"closeReason": "CONSUMER"}, "close_reason", "CONSUMER"),
        ({"firstConversation": True}, "first_conversation", True),
        ({"ttr": {"ttrType": "URGENT", "value": 60}}, "ttr_type", "URGENT"),
        ({"ttr": {"ttrType": "URGENT", "value": 60}}, "ttr_value", 60),
        ({}, "ttr_type", None),
        ({"result": {"effectiveTTR": -1}}, "ttr_effective", -1),
        ({"manualETTR": 9}, "ttr_effective_manual", 9),
        ({"delay": {"type": "NIGHT"}}, "delay", {"type": "NIGHT"}),
        ({"campaignInfo": {"campaignId": 1}}, "campaign_id", "1"),
        ({"campaignInfo": {"engagementId": "2"}}, "engagement_id", "2"),
        ({"appInstId": "a"}, "app_install_id", "a"),
        ({"context": {"type": "SharkContext"}}, "context", {"type": "SharkContext"}),
        (
            {"context": {"clientProperties": {"os": "X"}}},
            "client_properties",
            {"os": "X"},
        ),
        ({"context": [1]}, "client_properties", None),
        ({}, "context", None),
        (
            {"conversationHandlerDetails": {"accountId": "1", "skillId": "2"}},
            "handler_skill_id",
            "2",
        ),
        (
            {"conversationHandlerDetails": {"accountId": "1", "skillId": "2"}},
            "handler_account_id",
            "1",
        ),
        ({"brandId": "87"}, "account_id", "87"),
        ({"brandId": None}, "account_id", ACCOUNT),
        ({}, "is_removed", False),
    ],
)
def test_what_is_told_is_shown(read, told, name, value):
    assert getattr(read(**told), name) == value


@pytest.fixture
def read(office):
    """Read what is told as from the wire, leniently."""

    def told(**more):
        raw = msgspec.json.encode(conversation("C", **more))
        office.book.upsert(read_record(raw, ConversationResult), "s")
        return office.book.get("C").view

    return told


def test_satisfaction_is_shown(office):
    assert office.tell().csat is None
    assert office.tell(at=1001, csatRate=4).csat.csat_rate == 4


def test_unread_messages_are_counted_by_user_and_for_oneself(office, consumers_office):
    unread = {"numberOfunreadMessages": {U1: 2, "cons": 1, "stranger": 4}}
    talk = office.tell(result=unread)
    assert talk.number_of_unread_messages == {pid(U1): 2, "cons": 1, "stranger": 4}
    assert talk.unread == 2
    talk = consumers_office.tell(result=unread)
    assert talk.unread == 1
    assert office.tell(at=1001).unread == 0


def test_what_was_told_of_it_is_counted(office):
    office.tell(at=2000)
    office.tell(at=2000)
    office.tell(at=1999)
    talk = office.tell(at=2001, dialogs=[dialog("C", at=1999)])
    assert talk.notification_count == 4
    assert talk.notification_ignored_count == 1
    assert talk.notification_out_of_order_count == 2


def test_it_is_the_same_object_until_it_is_removed(office):
    talk = office.tell()
    assert office.tell(at=2000, note="n") is talk
    assert talk.note == "n"
    office.book.abandon()
    assert talk.is_removed
    assert office.tell(at=3000) is not talk
    assert talk.note == "n"


def test_it_says_what_it_is(office):
    assert repr(office.tell()) == "<Conversation C OPEN>"
