from __future__ import annotations

from ums_actors.testing.notifications import ACCOUNT, dialog, pid

CONSUMER = ("CONSUMER", "cons")
U1, U2 = f"{ACCOUNT}.u1", f"{ACCOUNT}.u2"
AGENT = ("ASSIGNED_AGENT", U1)


def content(text, sequence, sender="cons", role="CONSUMER", **more):
    return {
        "sequence": sequence,
        "originatorId": sender,
        "originatorMetadata": {"id": sender, "role": role},
        "serverTimestamp": 1000 + sequence,
        "event": {"type": "ContentEvent", "contentType": "text/plain", "message": text},
        **more,
    }


def test_the_main_dialog_is_that_with_the_conversations_id(office):
    talk = office.tell(dialogs=[dialog("D", dialogType="OTHER"), dialog("C")])
    assert (talk.main_dialog.dialog_id, talk.main_dialog.is_main) == ("C", True)
    assert [each.dialog_id for each in talk.dialogs] == ["D", "C"]


def test_the_main_dialog_may_have_another_id(office):
    talk = office.tell(dialogs=[dialog("X", dialogType="OTHER"), dialog("M")])
    assert talk.main_dialog.dialog_id == "M"
    talk = office.tell(at=2000, dialogs=[dialog("X", dialogType="OTHER")])
    assert (talk.main_dialog.dialog_id, talk.main_dialog.participants) == ("C", ())


def test_the_open_dialog_is_the_main_one_while_that_is_open(office):
    other = dialog("D", dialogType="OTHER", channelType="COBROWSE", at=2000)
    talk = office.tell(dialogs=[dialog("C"), other])
    assert talk.open_dialog == talk.main_dialog
    closed = dialog("D", dialogType="OTHER", state="CLOSE", at=2001)
    talk = office.tell(at=2001, dialogs=[dialog("C"), closed])
    assert talk.open_dialog.dialog_id == "C"


def test_once_the_main_dialog_is_closed_it_is_the_open_one_that_changed_last(office):
    main = dialog("C", state="CLOSE")
    first = dialog("D", dialogType="OTHER", at=2000)
    second = dialog("E", dialogType="POST_SURVEY", at=1500)
    talk = office.tell(dialogs=[main, first, second])
    assert talk.open_dialog.dialog_id == "D"
    assert office.tell(at=2000, dialogs=[main]).open_dialog is None


SCREEN = {"dialogType": "OTHER", "channelType": "COBROWSE"}


def test_a_cobrowse_dialog_is_none_of_those_in_which_something_is_said(office):
    screen = dialog("S", AGENT, **SCREEN, at=3000, metaData={"mode": "VIDEO_CALL"})
    talk = office.tell(dialogs=[screen, dialog("C", CONSUMER, ("MANAGER", U2))])
    assert (talk.main_dialog.dialog_id, talk.open_dialog.dialog_id) == ("C", "C")
    assert talk.cobrowse_dialog.dialog_id == "S"
    assert talk.cobrowse_dialog.meta_data == {"mode": "VIDEO_CALL"}
    assert [each.is_cobrowse for each in talk.dialogs] == [True, False]
    assert [each.is_main for each in talk.dialogs] == [False, True]
    assert talk.assigned_agent is None  # of the main dialog
    talk.send_text("hi")
    assert office.asked[-1][1]["dialogId"] == "C"


def test_a_cobrowse_dialog_is_not_written_in_when_the_main_one_is_closed(office):
    talk = office.tell(
        dialogs=[dialog("C", state="CLOSE"), dialog("S", **SCREEN, at=3000)]
    )
    assert talk.open_dialog is None
    talk.send_text("too late")
    assert office.asked[-1][1]["dialogId"] == "C"
    survey = dialog("P", dialogType="POST_SURVEY", at=1500)
    talk = office.tell(
        at=4000,
        dialogs=[dialog("C", state="CLOSE"), dialog("S", **SCREEN, at=3000), survey],
    )
    assert talk.open_dialog.dialog_id == "P"


def test_a_cobrowse_dialog_is_no_main_one_whatever_its_type(office):
    named = dialog("S", dialogType="MAIN", channelType="COBROWSE")
    assert office.tell(dialogs=[named]).main_dialog.dialog_id == "C"
    typed = dialog("T", dialogType="COBROWSE")
    talk = office.tell(at=2000, dialogs=[named, typed, dialog("C")])
    assert [each.is_cobrowse for each in talk.dialogs] == [True, True, False]
    assert [each.is_main for each in talk.dialogs] == [False, False, True]


def test_of_two_cobrowse_dialogs_the_open_one_is_meant(office):
    assert office.tell(dialogs=[dialog("C")]).cobrowse_dialog is None
    closed = dialog("S", **SCREEN, state="CLOSE", at=3000)
    talk = office.tell(at=3000, dialogs=[dialog("C"), closed])
    assert talk.cobrowse_dialog.dialog_id == "S"
    talk = office.tell(
        at=4000, dialogs=[dialog("C"), dialog("T", **SCREEN, at=2000), closed]
    )
    assert talk.cobrowse_dialog.dialog_id == "T"


def test_a_dialog_of_a_type_is_a_cobrowse_one_if_there_is_no_other(office):
    screen = dialog("S", **SCREEN, at=3000)
    talk = office.tell(dialogs=[dialog("C"), screen])
    assert talk.dialog("OTHER").dialog_id == "S"
    other = dialog("D", dialogType="OTHER", at=1500)
    talk = office.tell(at=4000, dialogs=[dialog("C"), screen, other])
    assert talk.dialog("OTHER").dialog_id == "D"


def test_a_dialog_is_found_by_its_type_or_its_id(office):
    talk = office.tell(
        dialogs=[
            dialog("C"),
            dialog("D", dialogType="OTHER", at=1500),
            dialog("E", dialogType="OTHER", at=1400),
        ]
    )
    assert talk.dialog("OTHER").dialog_id == "D"
    assert talk.dialog("POST_SURVEY") is None
    assert talk.get_dialog("E").dialog_type == "OTHER"
    assert talk.get_dialog("Z") is None


def test_people_are_found_by_either_id_and_by_what_they_are(office):
    talk = office.tell(CONSUMER, AGENT, ("READER", U2))
    assert talk.consumer.user_id == "cons"
    assert talk.assigned_agent.agent_id == U1
    assert talk.self_participant == talk.assigned_agent
    assert talk.participant(U2) == talk.participant(pid(U2))
    assert talk.participant(U2).role == "READER"
    assert talk.participant("nobody") is None
    assert [each.role for each in talk.participants] == [
        "CONSUMER",
        "ASSIGNED_AGENT",
        "READER",
    ]


def test_people_of_other_dialogs_are_found_too(office):
    survey = dialog("D", ("MANAGER", U2), dialogType="OTHER")
    talk = office.tell(dialogs=[dialog("C", CONSUMER), survey])
    assert talk.participant(U2).role == "MANAGER"


def test_who_is_only_asked_is_not_assigned(office):
    talk = office.tell(CONSUMER, ("ASSIGNED_AGENT", U2, "SUGGESTED"))
    assert talk.assigned_agent is None
    assert talk.participant(U2).state == "SUGGESTED"


def test_the_last_message_is_the_latest_of_those_heard_and_shown(office):
    shown = {"lastContentEventNotification": content("shown", 3)}
    talk = office.tell(result=shown)
    assert (talk.last_message.text, talk.messages) == ("shown", ())
    office.say(**content("heard", 4))
    assert talk.last_message.text == "heard"
    office.say(**content("survey", 0, dialogId="D", serverTimestamp=9999))
    assert talk.last_message.text == "heard"  # D is no dialog of it


def test_the_last_message_of_the_consumer_is_found_behind_others(office):
    last = content("agent's", 5, U1, "ASSIGNED_AGENT", originatorPId=pid(U1))
    talk = office.tell(result={"lastContentEventNotification": last})
    assert talk.latest_consumer_message() is None
    office.say(**content("one", 3))
    office.say(**last)
    assert talk.latest_consumer_message().text == "one"
    newer = content("two", 6)
    talk = office.tell(at=2000, result={"lastContentEventNotification": newer})
    assert talk.latest_consumer_message().text == "two"
    assert talk.latest_consumer_message().conversation is talk


def test_nothing_said_is_no_message(office):
    talk = office.tell()
    assert (talk.last_message, talk.latest_consumer_message()) == (None, None)
