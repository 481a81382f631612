from __future__ import annotations

import msgspec
import pytest

from ums_actors.errors import RemoteProtocolError
from ums_actors.protocol.rest.answers import response_body
from ums_actors.protocol.rest.exchange import Exchange

ASKS = Exchange(method="GET", path="/x", lane="")
CHANGES = Exchange(method="PATCH", path="/x", lane="", text="OK done")


def body(exchange, status, raw):
    return msgspec.json.decode(response_body(exchange, status, raw))


@pytest.mark.parametrize(
    ("exchange", "status", "raw", "told"),
    [
        (ASKS, 200, b'{"a": 1}', {"a": 1}),
        (ASKS, 201, b"[1]", [1]),
        (ASKS, 204, b"", None),
        (CHANGES, 200, b'{"a": 1}', "OK done"),
        (CHANGES, 204, b"", "OK done"),
        (ASKS, 404, b'{"error": "Not found"}', "Not found"),
        (CHANGES, 412, b'{"error": "Too late"}', "Too late"),
        (ASKS, 500, b'{"error": {"code": 7}}', {"error": {"code": 7}}),
        (ASKS, 500, b'"a sentence"', "a sentence"),
        (ASKS, 502, b"<html>", None),
        (ASKS, 502, b"", None),
        (ASKS, 500, b"[" * 100_000, None),
    ],
)
def test_answers_are_what_a_websocket_would_say(exchange, status, raw, told):
    assert body(exchange, status, raw) == told


@pytest.mark.parametrize("status", [100, 301, 304, 399])
def test_what_neither_grants_nor_refuses_is_no_answer(status):
    with pytest.raises(RemoteProtocolError, match=str(status)):
        response_body(ASKS, status, b"{}")


def test_what_is_made_to_fill_memory_is_not_read():
    with pytest.raises(RemoteProtocolError):
        response_body(ASKS, 200, b"[" + b"0," * 3_000_000 + b"0]")
