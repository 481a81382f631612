from __future__ import annotations

import json

import pytest

from ums_actors.errors import LocalProtocolError, NotSupported
from ums_actors.testing.notifications import ACCOUNT, dialog, pid

UPDATE = ".ams.cm.UpdateConversationField"
PUBLISH = ".ams.ms.PublishEvent"
CONSUMER = ("CONSUMER", "cons")
U1, U2, U3 = (f"{ACCOUNT}.u{number}" for number in (1, 2, 3))
ASSIGNED = ("ASSIGNED_AGENT", U1)


@pytest.fixture
def talk(office):
    return office.tell(CONSUMER, ASSIGNED, ("READER", U2))


def fields(office):
    kind, body = office.asked[-1]
    assert (kind, body["conversationId"]) == (UPDATE, "C")
    return body["conversationField"]


def participant(user_id, role, change):
    return {
        "field": "ParticipantsChange",
        "userId": user_id,
        "role": role,
        "type": change,
    }


# -- who takes part


def test_joining_and_leaving_are_asked_for_the_own_user(office, talk):
    talk.join("MANAGER", metadata={"type": "ActionReason", "reason": "help"})
    assert fields(office) == [participant(U1, "MANAGER", "ADD")]
    assert office.metadata[-1]["reason"] == "help"
    talk.leave()
    assert fields(office) == [participant(U1, "ASSIGNED_AGENT", "REMOVE")]
    talk.leave("MANAGER")
    assert fields(office) == [participant(U1, "MANAGER", "REMOVE")]


def test_one_who_is_not_shown_must_say_the_role_to_leave(office):
    talk = office.tell(CONSUMER)
    with pytest.raises(LocalProtocolError, match="give the role in which it joined"):
        talk.leave()


@pytest.mark.parametrize("role", ["BOSS", "", None, 7])
def test_there_are_only_so_many_roles(office, talk, role):
    with pytest.raises(LocalProtocolError, match=r"role=.*one of CONSUMER, ASSIGNED"):
        talk.join(role)


def test_a_transfer_to_a_skill_takes_the_assigned_agent_out(office, talk):
    talk.transfer(skill_id="99")
    assert fields(office) == [
        {"field": "Skill", "type": "UPDATE", "skill": "99"},
        participant(U1, "ASSIGNED_AGENT", "REMOVE"),
    ]


def test_a_transfer_to_an_agent_takes_it_out_of_the_role_it_has(office, talk):
    talk.transfer(agent_id=pid(U2))
    assert fields(office) == [
        participant(U2, "READER", "REMOVE"),
        participant(U2, "ASSIGNED_AGENT", "SUGGEST"),
        participant(U1, "ASSIGNED_AGENT", "REMOVE"),
    ]


def test_a_transfer_while_nobody_is_assigned_takes_nobody_out(office):
    talk = office.tell(CONSUMER, ("ASSIGNED_AGENT", U2, "SUGGESTED"))
    talk.transfer(agent_id="u3")
    assert fields(office) == [participant(U3, "ASSIGNED_AGENT", "SUGGEST")]


def test_back_to_the_queue_is_a_transfer_to_the_present_skill(office, talk):
    talk.back_to_queue()
    assert fields(office)[0] == {"field": "Skill", "type": "UPDATE", "skill": "4321"}
    talk = office.tell(CONSUMER, at=2000, skillId=None)
    with pytest.raises(LocalProtocolError, match="use transfer"):
        talk.back_to_queue()


def test_a_transfer_needs_a_target_that_is_another(office, talk):
    with pytest.raises(LocalProtocolError, match="needs a target"):
        talk.transfer()
    with pytest.raises(LocalProtocolError, match="the same agent"):
        talk.transfer(agent_id=U1)
    with pytest.raises(LocalProtocolError, match="PID of nobody"):
        talk.transfer(agent_id=pid(U3))


def test_another_consumer_takes_the_place_of_the_present_one(office, talk):
    talk.consumer_takeover("known")
    assert fields(office) == [
        participant("cons", "CONSUMER", "REMOVE"),
        participant("known", "CONSUMER", "ADD"),
    ]
    talk = office.tell(ASSIGNED, at=2000)
    with pytest.raises(LocalProtocolError, match="has no consumer"):
        talk.consumer_takeover("known")


# -- what is said


def published(office):
    kind, body = office.asked[-1]
    assert (kind, body["conversationId"]) == (PUBLISH, "C")
    return body


def test_what_is_said_goes_to_the_main_dialog_and_gives_its_number(office, talk):
    done = talk.send_text("hi", metadata={"type": "ExternalId", "id": "x"})
    assert published(office)["dialogId"] == "C"
    assert published(office)["event"]["message"] == "hi"
    assert office.metadata[-1] == {"type": "ExternalId", "id": "x"}
    office.answers[-1](b'{"sequence": 7}')
    assert done.get(timeout=0) == 7


def test_what_is_said_in_private_structured_or_a_file(office, talk):
    talk.send_private("psst")
    assert published(office)["messageAudience"] == "AGENTS_AND_MANAGERS"
    talk.send_rich({"type": "vertical", "elements": [1]})
    assert published(office)["event"]["type"] == "RichContentEvent"
    talk.send_file("/a", "PNG", caption="c")
    assert published(office)["event"]["message"]["caption"] == "c"


def test_what_is_said_goes_to_an_open_dialog_once_the_main_one_is_closed(office):
    main = dialog("C", CONSUMER, state="CLOSE")
    talk = office.tell(dialogs=[main, dialog("D", CONSUMER, dialogType="POST_SURVEY")])
    talk.send_text("5")
    assert published(office)["dialogId"] == "D"
    talk = office.tell(at=2000, dialogs=[main])
    talk.send_text("is anybody there")  # the service says whether it is too late
    assert published(office)["dialogId"] == "C"


def test_a_message_that_is_too_long_is_not_sent(office, talk):
    with pytest.raises(LocalProtocolError, match="8,000 are allowed"):
        talk.send_text("x" * 8001)
    assert office.asked == []


def test_messages_can_be_asked_for(office, talk):
    done = talk.query_messages(newer_than=3, max_quantity=2)
    assert office.asked[-1] == (
        ".ams.ms.QueryMessages",
        {"dialogId": "C", "maxQuantity": 2, "newerThanSequence": 3},
    )
    told = [
        {"sequence": 4, "event": {"type": "ContentEvent", "message": "a"}},
        {"sequence": 5, "event": {"type": "AcceptStatusEvent", "sequenceList": [4]}},
    ]
    office.answers[-1](json.dumps(told).encode())
    (message,) = done.get(timeout=0)
    assert (message.text, message.conversation_id) == ("a", "C")
    assert talk.messages == (message,)
    assert message.statuses == (("", ""),)


# -- what it is


def test_closing_is_asked_for_and_changes_nothing_by_itself(office, talk):
    talk.close()
    assert fields(office) == [
        {"field": "ConversationStateField", "conversationState": "CLOSE"}
    ]
    assert talk.is_open


def test_a_note_is_put_in_the_place_of_the_present_one(office, talk):
    talk.set_note("look")
    assert fields(office) == {"field": "Note", "note": "look"}


def test_an_agents_note_is_added_to_the_others(office):
    talk = office.tell(note="call back")
    done = talk.set_agent_note("done", name="Ann", note_id="n1")
    notes = json.loads(fields(office)["note"])
    assert notes[0] == {"noteContent": "call back"}
    assert notes[1].pop("time") > 1_700_000_000_000
    assert notes[1] == {
        "agentId": U1,
        "name": "Ann",
        "noteContent": "done",
        "noteId": "n1",
    }
    office.answers[-1](b'"OK"')
    assert done.get(timeout=0).note_id == "n1"
    with pytest.raises(LocalProtocolError, match="note_content must be"):
        talk.set_agent_note("")


def test_the_times_to_respond_and_the_satisfaction(office, talk):
    talk.set_ttr("CUSTOM", 60)
    assert fields(office)["value"] == 60
    talk.set_manual_ettr(5)
    assert fields(office)["time"] == 5
    with pytest.raises(NotSupported):
        talk.set_csat(4, True)


def test_the_answers_words_do_not_matter(office, talk):
    done = talk.set_note("look")
    office.answers[-1](b'"Whatever it says today"')
    assert done.get(timeout=0) is None


@pytest.mark.parametrize(
    "act",
    [
        lambda talk: talk.join("MANAGER"),
        lambda talk: talk.leave(),
        lambda talk: talk.transfer(skill_id="1"),
        lambda talk: talk.back_to_queue(),
        lambda talk: talk.send_private("x"),
        lambda talk: talk.query_messages(),
        lambda talk: talk.set_note("x"),
        lambda talk: talk.set_agent_note("x"),
        lambda talk: talk.set_manual_ettr(1),
    ],
)
def test_what_only_agents_do_is_refused_to_consumers(consumers_office, act):
    talk = consumers_office.tell()
    with pytest.raises(NotSupported, match=r"a consumer cannot .*use a brand's"):
        act(talk)
    assert consumers_office.asked == []


def test_a_consumer_says_something_closes_and_answers(consumers_office):
    talk = consumers_office.tell()
    talk.send_text("hello")
    talk.close()
    talk.set_csat(5)
    assert [kind for kind, _ in consumers_office.asked] == [PUBLISH, UPDATE, UPDATE]


# -- hearing of it


def test_it_is_heard_of_in_its_place(office, talk):
    assert talk.subscribe(print, int, where=bool).get(timeout=0) == "handle"
    assert office.subscribed == [
        (
            print,
            (int,),
            {"where": bool, "conversation_id": "C", "dialog_id": None},
        )
    ]
    assert list(talk.events(int)) == []
    assert office.subscribed[-1] == (
        (int,),
        {"conversation_id": "C", "dialog_id": None},
    )
