from __future__ import annotations

import json

import pytest

from ums_actors.errors import RemoteProtocolError
from ums_actors.http.client import Answer
from ums_actors.model.notes import read_notes
from ums_actors.protocol.envelopes import decode_message
from ums_actors.protocol.values import BYTES_A_VALUE, FREE_VALUES, check_values

BOMBS = [b"[],", b"{},", b"1,", b'"",', b"[[[[", b'{"a":{"a":', b"null,"]
MESSAGE = {
    "sequence": 17,
    "originatorId": "1f6a4c88-0a61-5ba7-9d5c-7f2b8b7c9a10",
    "originatorMetadata": {"id": "1f6a4c88-0a61", "role": "CONSUMER"},
    "serverTimestamp": 1795729940337,
    "event": {"type": "ContentEvent", "message": "a, b, c, and [d]: well, yes", "x": 1},
    "conversationId": "0c8b2a57-9c3a-4b7e-8f5b-4b1c9e7d2a60",
    "dialogId": "0c8b2a57-9c3a-4b7e-8f5b-4b1c9e7d2a60",
}


@pytest.mark.parametrize("piece", BOMBS)
@pytest.mark.parametrize("size", [FREE_VALUES * 8, 4 << 20])
def test_what_is_made_to_fill_memory_is_refused(piece, size):
    bomb = piece * (size // len(piece))
    values = bomb.count(b",") + bomb.count(b"[") + bomb.count(b"{")
    if values <= FREE_VALUES + len(bomb) // BYTES_A_VALUE:
        check_values(bomb)
        return
    with pytest.raises(RemoteProtocolError, match="values in"):
        check_values(bomb)


@pytest.mark.parametrize("piece", BOMBS)
def test_a_small_message_may_hold_what_it_can(piece):
    check_values(piece * (FREE_VALUES // len(piece)))


def test_the_largest_honest_answer_is_read():
    messages = [MESSAGE] * (16_000_000 // len(json.dumps(MESSAGE)))
    text = json.dumps(messages, separators=(",", ":")).encode()
    check_values(text)
    check_values(memoryview(text))


def test_every_way_in_is_guarded():
    body = b"[" + b"[]," * FREE_VALUES * 2 + b"0]"
    frame = b'{"kind":"resp","reqId":"1","code":200,"type":"x","body":' + body + b"}"
    with pytest.raises(RemoteProtocolError, match="values in"):
        decode_message(frame)
    assert Answer(200, body).json() is None
    assert Answer(200, b"[1]").json() == [1]
    (note,) = read_notes(body.decode())  # kept as a text
    assert note.note_content == body.decode()
    (note,) = read_notes('[{"noteContent": "read"}]')
    assert note.note_content == "read"
