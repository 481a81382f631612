from __future__ import annotations

import pytest

from ums_actors.errors import LocalProtocolError
from ums_actors.testing.notifications import ACCOUNT, dialog

CONSUMER = ("CONSUMER", "cons")
U1 = f"{ACCOUNT}.u1"


@pytest.fixture
def survey(office):
    talk = office.tell(
        dialogs=[
            dialog("C", CONSUMER, state="CLOSE"),
            dialog(
                "D",
                CONSUMER,
                ("MANAGER", U1, "SUGGESTED"),
                ("READER", U1),
                dialogType="POST_SURVEY",
                metaData={"appInstallId": "a"},
                at=1500,
            ),
        ]
    )
    return talk.get_dialog("D")


def asked(office):
    return office.asked[-1][1]


def test_it_shows_its_state(survey):
    assert (survey.dialog_type, survey.channel_type) == ("POST_SURVEY", "MESSAGING")
    assert (survey.state, survey.is_open, survey.is_main) == ("OPEN", True, False)
    assert (survey.start_time, survey.update_time, survey.end_time) == (100, 1500, None)
    assert survey.meta_data == {"appInstallId": "a"}
    assert repr(survey) == "<Dialog D POST_SURVEY OPEN>"


def test_it_is_kept_true_and_remembers_its_end(office, survey):
    closed = dialog(
        "D",
        CONSUMER,
        dialogType="POST_SURVEY",
        state="CLOSE",
        closedBy="CONSUMER",
        closedCause="done",
        endTs=1600,
        at=1600,
    )
    talk = office.tell(at=1600, dialogs=[dialog("C"), closed])
    assert (survey.state, survey.end_time) == ("CLOSE", 1600)
    assert (survey.closed_by, survey.closed_cause) == ("CONSUMER", "done")
    office.tell(at=1700, dialogs=[dialog("C")])
    assert survey.state == "CLOSE"
    assert survey.conversation is talk


def test_two_objects_of_the_same_dialog_are_equal(office, survey):
    again = survey.conversation.dialog("POST_SURVEY")
    assert again == survey
    assert len({again, survey}) == 1
    assert again != survey.conversation.main_dialog


def test_oneself_is_rather_who_takes_part_than_who_is_asked(survey):
    assert survey.self_participant.role == "READER"
    assert survey.assigned_agent is None
    assert survey.consumer.user_id == "cons"


def test_another_dialog_than_the_main_one_is_named(office, survey):
    survey.join("MANAGER")
    (field,) = asked(office)["conversationField"]
    assert field["dialogId"] == "D"
    survey.leave()
    (field,) = asked(office)["conversationField"]
    assert (field["dialogId"], field["role"]) == ("D", "READER")
    survey.conversation.main_dialog.join("MANAGER")
    (field,) = asked(office)["conversationField"]
    assert "dialogId" not in field


def test_closing_says_who_and_why(office, survey):
    survey.close("AGENT", "enough")
    (field,) = asked(office)["conversationField"]
    assert field["dialog"] == {
        "dialogId": "D",
        "state": "CLOSE",
        "closedBy": "AGENT",
        "closedCause": "enough",
    }
    with pytest.raises(LocalProtocolError, match="reason='ME' must be one of AGENT"):
        survey.close("ME")


def test_what_is_said_of_messages(office, survey):
    survey.send_accept_status([1, 2])
    assert asked(office)["event"]["status"] == "ACCEPT"
    survey.send_read_status(iter([3]))
    assert asked(office)["event"] == {
        "type": "AcceptStatusEvent",
        "status": "READ",
        "sequenceList": [3],
    }
    before = len(office.asked)
    assert survey.send_read_status([]).get(timeout=0) is None
    assert len(office.asked) == before


def test_what_one_is_doing(office, survey):
    done = survey.set_chat_state("COMPOSING")
    assert asked(office)["dialogId"] == "D"
    office.answers[-1](b'{"sequence": 0}')
    assert done.get(timeout=0) is None
    with pytest.raises(LocalProtocolError, match="chat_state='SINGING' must be"):
        survey.set_chat_state("SINGING")


def test_what_others_are_doing(office, survey):
    assert survey.consumer.chat_state is None
    who = survey.consumer
    office.say(
        dialogId="D",
        originatorId="cons",
        event={"type": "ChatStateEvent", "chatState": "COMPOSING"},
    )
    assert survey.consumer.chat_state == "COMPOSING"
    assert who == survey.consumer


def test_it_is_heard_of_in_its_place(office, survey):
    survey.subscribe(print)
    assert office.subscribed[-1][2] == {
        "where": None,
        "conversation_id": "C",
        "dialog_id": "D",
    }
    list(survey.events())
    assert office.subscribed[-1][1] == {"conversation_id": "C", "dialog_id": "D"}


@pytest.mark.parametrize(
    ("asked_for", "told"),
    [
        ({"newer_than": "3"}, "newer_than='3' must be a whole number, -1 or more"),
        ({"older_than": -1}, "older_than=-1 must be a whole number, 0 or more"),
        ({"max_quantity": 0}, "max_quantity=0 must be a whole number, 1 or more"),
        ({"max_quantity": True}, "max_quantity=True must be"),
    ],
)
def test_numbers_that_cannot_be_are_not_asked_for(office, survey, asked_for, told):
    with pytest.raises(LocalProtocolError, match=told):
        survey.query_messages(**asked_for)
    assert office.asked == []
