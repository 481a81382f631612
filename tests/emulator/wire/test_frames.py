from __future__ import annotations

import pytest

from ums_actors.emulator.wire.frames import Answer, Malformed, encode, parse, response


def test_a_request_is_read_with_its_number_id_as_a_string():
    request = parse('{"kind":"req","id":7,"type":".GetClock"}')
    assert (request.request_id, request.type, request.body) == ("7", ".GetClock", {})


@pytest.mark.parametrize(
    ("text", "request_id"),
    [
        ('{"kind":"req","id":"a1","type":', "a1"),
        ('{"id": 12, "type"', "12"),
        ("nonsense", None),
        ("[]", None),
        ('{"kind":"req","type":".GetClock"}', None),
        ('{"kind":"req","id":"","type":".GetClock"}', None),
        ('{"kind":"req","id":true,"type":".GetClock"}', None),
        ('{"kind":"req","id":"%s","type":".GetClock"}' % ("x" * 65), None),
        ('{"kind":"resp","id":"a1","type":".GetClock"}', "a1"),
        ('{"kind":"req","id":"a1"}', "a1"),
        ("[" * 100_000, None),
    ],
)
def test_what_is_no_request_tells_its_id_if_it_can_be_read(text, request_id):
    with pytest.raises(Malformed) as caught:
        parse(text)
    assert caught.value.request_id == request_id


def test_a_response_names_the_request_as_a_string():
    frame = response("7", Answer("OK", code=202))
    assert frame == encode(
        {
            "kind": "resp",
            "reqId": "7",
            "code": 202,
            "type": ".ReqBody$StringResp",
            "body": "OK",
        }
    )
