import pytest

from ums_actors.errors import RemoteProtocolError
from ums_actors.protocol import records
from ums_actors.protocol.records import (
    old_agent_id,
    read_clock,
    read_conversation_id,
    read_nothing,
    read_sequence,
    read_subscription_id,
    read_text,
)


def test_old_agent_id_is_account_dot_user_and_made_once():
    assert old_agent_id("acc7", "31") == "acc7.31"
    assert old_agent_id("acc7", "acc7.31") == "acc7.31"


def test_sentences_are_read_and_decide_nothing():
    assert read_text(b'"OK Agent added successfully"') == "OK Agent added successfully"
    for other in (b"{}", b"null", b"7", b'["OK"]'):
        assert read_text(other) == ""
        assert read_nothing(other) is None
    with pytest.raises(RemoteProtocolError):
        read_text(b"OK")


def test_small_answers_are_read():
    assert read_clock(b'{"currentTime":1700000000000}') == 1_700_000_000_000
    assert read_clock(b'{"currentTime":"1700000000000"}') == 1_700_000_000_000
    assert read_subscription_id(b'{"subscriptionId":"S"}') == "S"
    assert read_subscription_id(b'{"subscriptionId":5}') == "5"
    assert read_sequence(b'{"sequence":0}') == 0
    assert read_conversation_id(b'{"conversationId":"C"}') == "C"
    assert read_conversation_id(b'{"conversationId":7}') == "7"


@pytest.mark.parametrize(
    ("read", "missing"),
    [
        (read_clock, "currentTime"),
        (read_subscription_id, "subscriptionId"),
        (read_sequence, "sequence"),
        (read_conversation_id, "conversationId"),
    ],
)
def test_answer_without_its_value_is_a_remote_protocol_error(read, missing):
    for data in (b"{}", b'{"%s":null}' % missing.encode(), b'{"%s":[]}' % b"x"):
        with pytest.raises(RemoteProtocolError, match=missing):
            read(data)
    for data in (b"null", b'"OK"', b"["):
        with pytest.raises(RemoteProtocolError):
            read(data)


def test_a_sentence_instead_of_a_conversation_is_kept_for_people():
    with pytest.raises(RemoteProtocolError, match="a sentence") as caught:
        read_conversation_id(b'"No such skill"')
    assert caught.value.body == "No such skill"
    assert "skill" not in str(caught.value)


def test_everything_to_import_from_here_is_here():
    assert all(hasattr(records, name) for name in records.__all__)
