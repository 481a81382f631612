from __future__ import annotations

import pytest

from ums_actors.core.talk import Said
from ums_actors.errors import LocalProtocolError, NotSupported
from ums_actors.model.message import Message
from ums_actors.protocol.enums import DeliveryStatus
from ums_actors.protocol.messages import Event, MessageEvent
from ums_actors.testing.notifications import ACCOUNT, dialog, pid

CONSUMER = ("CONSUMER", "cons")
U1, U2 = f"{ACCOUNT}.u1", f"{ACCOUNT}.u2"
AGENT = ("ASSIGNED_AGENT", U1)


def say(office, text="hi", sequence=0, sender="cons", **more):
    record = {
        "sequence": sequence,
        "originatorId": sender,
        "originatorPId": pid(sender),
        "originatorMetadata": {
            "id": pid(sender),
            "role": "CONSUMER" if sender == "cons" else "ASSIGNED_AGENT",
        },
        "serverTimestamp": 5,
        "event": {"type": "ContentEvent", "contentType": "text/plain", "message": text},
        **more,
    }
    office.say(**record)


def status(office, user_id, sequence=0, word="READ"):
    office.say(
        sequence=90,
        originatorId=user_id,
        originatorPId=pid(user_id),
        event={"type": "AcceptStatusEvent", "status": word, "sequenceList": [sequence]},
    )


@pytest.fixture
def talk(office):
    return office.tell(CONSUMER, AGENT)


def test_it_says_what_was_said_where_and_when(office, talk):
    say(office, "hi", 3, metadata=[{"type": "ExternalId", "id": "1"}])
    (message,) = talk.messages
    assert (message.text, message.body, message.sequence) == ("hi", "hi", 3)
    assert (message.conversation_id, message.dialog_id) == ("C", "C")
    assert message.conversation is talk
    assert message.dialog == talk.main_dialog
    assert (message.time, message.content_type) == (5, "text/plain")
    assert (message.message_audience, message.is_private) == ("ALL", False)
    assert message.metadata == [{"type": "ExternalId", "id": "1"}]
    assert (message.is_downloadable, message.relative_path) == (False, None)
    assert repr(message) == "<Message 3 of C>"
    assert message == talk.messages[0]
    assert len({message, *talk.messages}) == 1


def test_structured_content_is_its_body(office, talk):
    say(office, event={"type": "RichContentEvent", "content": {"a": 1}})
    (message,) = talk.messages
    assert (message.body, message.text) == ({"a": 1}, None)


def test_a_file_says_where_it_is(office, talk):
    parts = {
        "relativePath": "/a",
        "fileType": "PNG",
        "caption": "c",
        "preview": "data:",
    }
    event = {"type": "ContentEvent", "contentType": "hosted/file", "message": parts}
    say(office, event=event)
    (message,) = talk.messages
    assert message.is_downloadable
    assert (message.relative_path, message.file_type) == ("/a", "PNG")
    assert (message.caption, message.preview) == ("c", "data:")
    say(office, sequence=1, event={**event, "message": {"relativePath": 7}})
    assert not talk.messages[1].is_downloadable
    say(office, sequence=2, event={**event, "message": "nothing"})
    assert talk.messages[2].relative_path is None


def test_private_is_what_consumers_do_not_see(office, talk):
    say(office, sender=U1, messageAudience="AGENTS_AND_MANAGERS")
    assert talk.messages[0].is_private


def test_who_said_it_is_known_also_after_they_left(office, talk):
    say(office, sender=U1)
    (message,) = talk.messages
    assert message.participant == talk.assigned_agent
    office.tell(CONSUMER, at=2000)
    who = message.participant
    assert (who.agent_id, who.user_id) == (U1, pid(U1))
    assert (who.role, who.state) == ("ASSIGNED_AGENT", "REMOVED")


def test_ones_own_are_told_from_others(office, talk):
    say(office, sequence=0, sender=U1)
    say(office, sequence=1)
    assert [each.sent_by_current_user for each in talk.messages] == [True, False]


def test_who_has_read_it_is_known_by_the_role(office, talk):
    say(office, sender=U1)
    (message,) = talk.messages
    status(office, "cons", word="ACCEPT")
    assert not message.has_consumer_read
    status(office, "cons")
    assert (message.has_consumer_read, message.has_assigned_agent_read) == (True, False)
    status(office, U1)
    assert message.has_assigned_agent_read
    assert message.statuses == (
        ("cons", "ACCEPT"),
        ("cons", "READ"),
        (pid(U1), "READ"),
    )


def test_it_can_be_accepted_and_read(office, talk):
    say(office, sequence=4)
    (message,) = talk.messages
    done = message.accept()
    assert office.asked[-1][1]["event"] == {
        "type": "AcceptStatusEvent",
        "status": "ACCEPT",
        "sequenceList": [4],
    }
    office.answers[-1](b'{"sequence": 9}')
    assert done.get(timeout=0) is None
    message.read()
    assert office.asked[-1][1]["event"]["status"] == "READ"
    assert office.asked[-1][1]["dialogId"] == "C"


def test_one_of_another_dialog_knows_its_conversation_though_that_was_not_said(office):
    office.tell(dialogs=[dialog("C"), dialog("D", dialogType="POST_SURVEY")])
    record = MessageEvent(Event("ContentEvent", message="5"), "", "D", 0, "cons")
    message = Message(Said(record), office)
    assert message.conversation_id == "C"
    assert message.dialog.dialog_type == "POST_SURVEY"


def test_one_of_a_conversation_that_nothing_shows_can_be_answered_all_the_same(office):
    record = MessageEvent(Event("ContentEvent", message="5"), "X", "X", 0, "cons")
    message = Message(Said(record), office)
    assert (message.conversation, message.dialog) == (None, None)
    assert message.participant.user_id == "cons"
    message.read()
    assert office.asked[-1][1]["conversationId"] == "X"


def test_nothing_can_be_said_of_one_without_a_number(office):
    record = MessageEvent(Event("ContentEvent", message="5"), "X", "X")
    with pytest.raises(LocalProtocolError, match="no sequence number"):
        Message(Said(record), office).read()


# -- secure forms

INVITATION = {
    "type": "ContentEvent",
    "contentType": "forms/secure-invitation",
    "message": {"formId": 1550964770, "invitationId": "i-1", "title": "Card"},
}
SUBMISSION = {
    "type": "ContentEvent",
    "contentType": "forms/secure-submission",
    "message": {"submissionId": "s-1", "invitationId": "i-1"},
}


def test_an_invitation_to_a_form_says_to_which(office, talk):
    say(office, event=INVITATION, sender=U1)
    (message,) = talk.messages
    assert (message.is_form_invitation, message.is_form_submission) == (True, False)
    assert (message.form_id, message.form_title) == ("1550964770", "Card")
    assert (message.invitation_id, message.submission_id) == ("i-1", None)
    assert message.body == INVITATION["message"]
    assert (message.text, message.caption, message.is_downloadable) == (
        None,
        None,
        False,
    )


def test_a_submission_says_what_it_belongs_to_and_its_key_is_asked_for(office, talk):
    say(office, event=SUBMISSION)
    (message,) = talk.messages
    assert (message.is_form_invitation, message.is_form_submission) == (False, True)
    assert (message.submission_id, message.invitation_id) == ("s-1", "i-1")
    token = message.get_form_token()
    asked = office.asked[-1]
    assert asked[0] == ".ams.ms.token.GenerateDownloadToken"
    assert asked[1]["downloadable"] == {
        "type": "SecureForm",
        "dialogId": "C",
        "submissionId": "s-1",
        "invitationId": "i-1",
    }
    office.answers[-1](b'{"token":{"type":"SecureFormReadToken","readOtk":"k"}}')
    assert token.get(timeout=1).reveal() == "k"


def test_there_is_no_key_of_what_is_no_form(office, talk):
    say(office)
    say(office, event=INVITATION, sequence=1)
    bare = {**SUBMISSION, "message": {"invitationId": "i-1"}}  # as histories have it
    say(office, event=bare, sequence=2)
    text, invitation, submission = talk.messages
    for message in (text, invitation, submission):
        with pytest.raises(LocalProtocolError, match="no submission of a form"):
            message.get_form_token()
    for message in (text, submission):
        with pytest.raises(LocalProtocolError, match="no invitation to a form"):
            message.get_form_keys()
    with pytest.raises(NotSupported, match="a brand cannot fill forms in"):
        invitation.get_form_keys()
    assert (text.form_id, text.invitation_id) == (None, None)
    assert office.asked == []


@pytest.mark.parametrize(
    "message", [None, "x", [], {}, {"formId": []}, {"formId": 1.5}]
)
def test_a_form_of_nonsense_is_no_harm(office, talk, message):
    say(office, event={**INVITATION, "message": message})
    (said,) = talk.messages
    assert (said.is_form_invitation, said.form_id, said.form_title) == (
        True,
        None,
        None,
    )


def test_a_consumer_gets_the_keys_of_a_form(consumers_office):
    office = consumers_office
    talk = office.tell(CONSUMER, AGENT)
    say(office, event=INVITATION, sender=U1)
    keys = talk.messages[0].get_form_keys()
    kind, body = office.asked[-1]
    assert kind == "ms.GenerateUploadToken"
    assert body["uploadable"] == {
        "type": "SecureForm",
        "formId": "1550964770",
        "invitationId": "i-1",
        "dialogId": "C",
    }
    office.answers[-1](b'{"token":{"writeOtk":"w","readOtk":"r"}}')
    found = keys.get(timeout=1)
    assert (found.write.reveal(), found.read.reveal()) == ("w", "r")
    assert "w" not in repr(found.write)


# -- what became of it


def test_any_status_is_kept_and_can_be_asked_for(office, talk):
    say(office)
    for word in ("ACCEPT", "VIEWED", "VIEWED", "SEEN_BY_CAT"):
        status(office, "cons", word=word)
    status(office, U1, word="NACK")
    (message,) = talk.messages
    assert [word for _, word in message.statuses] == [
        "ACCEPT",
        "VIEWED",
        "SEEN_BY_CAT",
        "NACK",
    ]
    assert message.has_status("SEEN_BY_CAT")
    assert message.has_status("NACK", pid(U1))
    assert not message.has_status("NACK", "cons")
    assert not message.has_status("READ")


@pytest.mark.parametrize("word", list(DeliveryStatus))
def test_any_status_can_be_said(office, talk, word):
    say(office, sequence=4)
    talk.messages[0].mark(word)
    assert office.asked[-1][1]["event"] == {
        "type": "AcceptStatusEvent",
        "status": word,
        "sequenceList": [4],
    }


def test_a_status_that_there_is_not_is_not_said(office, talk):
    say(office)
    for word in ("SEEN", None, 5):
        with pytest.raises(LocalProtocolError, match="must be one of ACCEPT"):
            talk.messages[0].mark(word)
    assert office.asked == []


def test_who_has_left_is_who_they_were(office, talk):
    say(office, sender=U1)
    office.tell(CONSUMER, at=2000)
    said = talk.messages[0].participant
    assert (said.agent_id, said.role, said.state) == (U1, "ASSIGNED_AGENT", "REMOVED")
    dialog_ = talk.main_dialog
    assert dialog_.removed_participants == (said,)
    assert dialog_.removed_participant(U1) == dialog_.removed_participant(pid(U1))
    assert dialog_.removed_participant("cons") is None
    office.tell(CONSUMER, AGENT, at=3000)
    assert talk.messages[0].participant.state == "ACTIVE"
    office.tell(CONSUMER, ("MANAGER", U1), at=4000)
    office.tell(CONSUMER, at=5000)
    assert [each.role for each in dialog_.removed_participants] == ["MANAGER"]
