from __future__ import annotations

import pytest

from ums_actors.errors import LocalProtocolError, RemoteProtocolError
from ums_actors.protocol import forms
from ums_actors.protocol.files import grants_access


def test_an_invitation_names_the_form_and_can_be_known_again():
    body = forms.publish_form_invitation("C", "D", 15, "Card", "i-1").body
    assert (body["conversationId"], body["dialogId"]) == ("C", "D")
    assert body["messageAudience"] == "ALL"
    assert body["event"] == {
        "type": "ContentEvent",
        "contentType": "forms/secure-invitation",
        "message": {"formId": 15, "invitationId": "i-1", "title": "Card"},
    }


def test_an_invitation_without_an_id_is_given_one_of_its_own():
    made = [
        forms.publish_form_invitation("C", "D", "f", "Card").body["event"]["message"]
        for _ in range(2)
    ]
    first, second = (each["invitationId"] for each in made)
    assert first != second
    assert first.startswith("f-")


def test_a_submission_names_what_it_belongs_to():
    event = forms.publish_form_submission("C", "D", "s", "i").body["event"]
    assert event == {
        "type": "ContentEvent",
        "contentType": "forms/secure-submission",
        "message": {"submissionId": "s", "invitationId": "i"},
    }


@pytest.mark.parametrize(
    "make",
    [
        lambda: forms.publish_form_invitation("C", "D", "", "t"),
        lambda: forms.publish_form_invitation("C", "D", -1, "t"),
        lambda: forms.publish_form_invitation("C", "D", True, "t"),
        lambda: forms.publish_form_invitation("C", "D", 1.5, "t"),
        lambda: forms.publish_form_invitation("C", "D", 1, ""),
        lambda: forms.publish_form_invitation("C", "D", 1, "t", ""),
        lambda: forms.publish_form_invitation("", "D", 1, "t"),
        lambda: forms.publish_form_submission("C", "D", "", "i"),
        lambda: forms.publish_form_submission("C", "D", "s", 5),
        lambda: forms.upload_token("", 1, "i"),
        lambda: forms.upload_token("D", None, "i"),
        lambda: forms.upload_token("D", 1, ""),
    ],
)
def test_what_is_no_form_is_refused(make):
    with pytest.raises(LocalProtocolError, match="must be"):
        make()


def test_the_keys_of_a_form_are_read_and_not_shown():
    keys = forms.read_form_keys(b'{"token":{"writeOtk":"w1","readOtk":"r1"}}')
    assert (keys.write.reveal(), keys.read.reveal()) == ("w1", "r1")
    assert "w1" not in repr(keys)
    assert "r1" not in repr(keys)
    assert forms.read_form_keys(b'{"token":{"writeOtk":"w"}}').read is None


@pytest.mark.parametrize("raw", [b"{}", b'{"token":{}}', b'{"token":{"readOtk":"r"}}'])
def test_an_answer_without_a_key_says_so(raw):
    with pytest.raises(RemoteProtocolError, match="writeOtk"):
        forms.read_form_keys(raw)


def test_such_an_answer_lets_one_in():
    assert grants_access(forms.UPLOAD_TOKEN)
