import json

import pytest

from ums_actors.errors import RemoteProtocolError
from ums_actors.protocol.messages import read_message_events

BRAND = {
    "sequence": 4,
    "originatorId": "A.u1",
    "originatorPId": "pid-1",
    "originatorClientProperties": {"type": ".ClientProperties"},
    "originatorMetadata": {"id": "pid-1", "role": "ASSIGNED_AGENT"},
    "serverTimestamp": 1_700_000_001_000,
    "event": {"type": "ContentEvent", "message": "hi", "contentType": "text/plain"},
    "conversationId": "C",
    "dialogId": "D",
    "messageAudience": "ALL",
    "metadata": None,
}


def read(body):
    return read_message_events(json.dumps(body).encode())


def test_brand_notification_is_one_event():
    (found,) = read(BRAND)
    assert (found.conversation_id, found.dialog_id, found.sequence) == ("C", "D", 4)
    assert (found.originator_id, found.user_id) == ("A.u1", "pid-1")
    assert found.role == "ASSIGNED_AGENT"
    assert found.server_timestamp == 1_700_000_001_000
    assert (found.event.type, found.event.text) == ("ContentEvent", "hi")


def test_all_forms_give_the_same_events():
    one = read(BRAND)
    for form in (
        [BRAND],
        {"changes": [BRAND]},
        {"changes": BRAND},
        {"subscriptionId": "S", "changes": [BRAND], "dialogId": "other"},
    ):
        assert read(form) == one
    assert read([BRAND, BRAND]) == one * 2


def test_dialog_named_beside_the_changes_is_that_of_each():
    bare = {key: value for key, value in BRAND.items() if key != "dialogId"}
    found = read({"changes": [bare, BRAND], "dialogId": "D2"})
    assert [each.dialog_id for each in found] == ["D2", "D"]
    assert [each.dialog_id for each in read({"changes": [bare], "dialogId": 5})] == [""]


def test_no_events_are_none():
    assert read([]) == []
    assert read({"changes": []}) == []
    assert read({"changes": None}) == []


def test_chat_state_has_no_sequence_and_no_time():
    event = {"type": "ChatStateEvent", "chatState": "COMPOSING"}
    (found,) = read({"event": event, "originatorId": "c1", "dialogId": "D"})
    assert (found.sequence, found.server_timestamp) == (None, None)
    assert found.event.chat_state == "COMPOSING"
    assert found.event.text is None
    assert found.user_id == "c1"


def test_accept_status_has_its_sequences_even_as_a_bare_number():
    for sequences in ([3], 3, ["3"]):
        event = {
            "type": "AcceptStatusEvent",
            "status": "READ",
            "sequenceList": sequences,
        }
        (found,) = read({**BRAND, "event": event})
        assert found.event.sequence_list == [3]


def test_message_that_is_an_object_is_no_text():
    event = {
        "type": "ContentEvent",
        "contentType": "hosted/file",
        "message": {"relativePath": "x"},
    }
    (found,) = read({**BRAND, "event": event})
    assert found.event.text is None
    assert found.event.message == {"relativePath": "x"}


def test_numbers_as_texts_and_nulls_are_read():
    (found,) = read(
        {
            **BRAND,
            "sequence": "4",
            "conversationId": 12,
            "originatorPId": None,
            "originatorMetadata": None,
            "messageAudience": None,
        }
    )
    assert (found.sequence, found.conversation_id) == (4, "12")
    assert (found.user_id, found.role) == ("A.u1", "")
    assert found.message_audience == "ALL"


def test_members_that_are_no_events_are_left_out():
    whole = read(BRAND)
    assert read([5, BRAND, {}, None, {"event": 5}]) == whole
    assert read({"changes": [5, BRAND, {"event": {}}]}) == whole
    assert read([{}, BRAND]) == whole


@pytest.mark.parametrize(
    "data",
    [b"{}", b"null", b"5", b'"OK secret"', b'{"event":{}}', b"{", b"[" * 9999, b""],
)
def test_what_holds_no_event_is_a_remote_protocol_error(data):
    with pytest.raises(RemoteProtocolError) as caught:
        read_message_events(data)
    assert "secret" not in str(caught.value)
