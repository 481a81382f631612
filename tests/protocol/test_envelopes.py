import contextlib
import json
import traceback

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ums_actors.errors import LocalProtocolError, RemoteProtocolError
from ums_actors.protocol.envelopes import (
    Notification,
    Request,
    Response,
    decode_body,
    decode_message,
    encode_request,
)
from ums_actors.secret import Secret


class Point(msgspec.Struct):
    x: int


def response(**parts):
    return json.dumps({"kind": "resp", "reqId": "1", **parts}).encode()


def test_request_without_headers_and_metadata_has_four_keys():
    frame = encode_request("1", ".GetClock", {})
    assert frame == b'{"kind":"req","id":"1","type":".GetClock","body":{}}'


def test_request_with_headers_and_metadata_keeps_them():
    frame = encode_request("1", ".X", {"a": 1}, [{"type": "h"}], [{"type": "m"}])
    assert json.loads(frame) == {
        "kind": "req",
        "id": "1",
        "type": ".X",
        "body": {"a": 1},
        "headers": [{"type": "h"}],
        "metadata": [{"type": "m"}],
    }


def test_request_writes_encoded_metadata_under_its_wire_name():
    frame = msgspec.json.encode(Request("1", ".X", None, encoded_metadata="zz"))
    assert json.loads(frame)["encodedMetadata"] == "zz"


def test_request_body_may_be_a_struct_a_list_or_a_text():
    for body, wire in ((Point(1), {"x": 1}), ([1], [1]), ("user", "user")):
        assert json.loads(encode_request("1", ".X", body))["body"] == wire


def endless():
    body = []
    body.append(body)
    return body


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({"a": object()}, "type object"),
        ({"text": "hunter2 \ud800"}, "surrogate"),
        ({"\ud800": 1}, "surrogate"),
        ({(1, 2): 3}, "keys"),
        (endless(), "nested too deep"),
        ({"n": 10**5000}, "writing it"),
    ],
)
def test_body_that_cannot_be_encoded_is_a_clear_error(body, reason):
    with pytest.raises(LocalProtocolError) as caught:
        encode_request("1", ".ams.ms.PublishEvent", body)
    text = "".join(traceback.format_exception(caught.value))
    assert ".ams.ms.PublishEvent" in str(caught.value)
    assert reason in str(caught.value)
    assert "build it from" in str(caught.value)
    assert "hunter2" not in text


def test_error_about_a_strange_type_can_be_printed():
    with pytest.raises(LocalProtocolError) as caught:
        encode_request("1", "\ud800", {})
    assert str(caught.value).encode("utf-8")


def test_response_is_read():
    found = decode_message(response(code=202, type=".R", body="done"))
    assert isinstance(found, Response)
    assert (found.req_id, found.code, found.type) == ("1", 202, ".R")
    assert decode_body(found.body) == "done"


def test_response_without_code_type_and_body_is_a_success_of_null():
    found = decode_message(b'{"reqId":"7","kind":"resp"}')
    assert isinstance(found, Response)
    assert (found.req_id, found.code, found.type) == ("7", 200, "")
    assert decode_body(found.body) is None


@pytest.mark.parametrize(
    ("parts", "req_id", "code"),
    [
        ({"reqId": 5}, "5", 200),
        ({"reqId": 5, "code": 404}, "5", 404),
        ({"code": None, "type": None, "body": None}, "1", 200),
        ({"code": "429"}, "1", 429),
        ({"code": 200.0}, "1", 200),
        ({"unknown": {"deep": [1]}}, "1", 200),
    ],
)
def test_response_written_a_little_differently_is_read(parts, req_id, code):
    found = decode_message(response(**parts))
    assert isinstance(found, Response)
    assert (found.req_id, found.code) == (req_id, code)


def test_notification_is_read_from_bytes_bytearray_memoryview_and_text():
    frame = b'{"kind":"notification","type":".N","body":{"x":1},"more":2}'
    for data in (frame, bytearray(frame), memoryview(frame), frame.decode()):
        found = decode_message(data)
        assert isinstance(found, Notification)
        assert found.type == ".N"
        assert decode_body(found.body, Point) == Point(1)


@pytest.mark.parametrize(
    ("data", "reason", "close_code"),
    [
        (b"", "not JSON", 1002),
        (b"secret-token", "not JSON", 1002),
        (b'{"kind":"resp","reqId":"1"} trailing', "not JSON", 1002),
        (b"[]", "wrong type", 1002),
        (b"null", "wrong type", 1002),
        (b'{"kind":"secret-token"}', "kind", 1002),
        (b'{"kind":5}', "kind", 1002),
        (b'{"kind":null}', "kind", 1002),
        (b'{"reqId":"1"}', "kind", 1002),
        (b'{"kind":"req","id":"1","type":"secret-token"}', "kind", 1002),
        (b'{"kind":"resp"}', "lacks", 1002),
        (b'{"kind":"resp","reqId":null}', "lacks", 1002),
        (b'{"kind":"resp","reqId":true}', "lacks", 1002),
        (b'{"kind":"resp","reqId":"1","code":"secret-token"}', "lacks", 1002),
        (b'{"kind":"notification","body":{}}', "lacks", 1002),
        (b'{"kind":"resp","reqId":"\xff\xfe"}', "UTF-8", 1007),
        ("\ud800", "UTF-8", 1007),
        (b"[" * 50_000, "wrong type", 1002),
        (b'{"kind":"resp","reqId":"1","body":' + b"[" * 50_000, "too deep", 1002),
        (b"[" * 100_000, "100000 values in 100000 bytes", 1002),
    ],
)
def test_what_is_no_message_is_a_remote_protocol_error(data, reason, close_code):
    with pytest.raises(RemoteProtocolError) as caught:
        decode_message(data)
    assert reason in str(caught.value)
    assert caught.value.close_code == close_code
    assert "secret-token" not in "".join(traceback.format_exception(caught.value))


@given(st.binary(max_size=200) | st.text(max_size=200))
def test_decoding_rubbish_raises_nothing_else(data):
    with contextlib.suppress(RemoteProtocolError):
        decode_message(data)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=10,
    )
)
def test_any_json_part_in_any_place_decodes_or_is_a_remote_protocol_error(part):
    for key in ("kind", "reqId", "code", "type", "body"):
        for kind in ("resp", "notification"):
            frame = json.dumps({"kind": kind, "reqId": "1", "type": "t", key: part})
            with contextlib.suppress(RemoteProtocolError):
                decode_message(frame.encode())


@given(st.text(min_size=1), st.dictionaries(st.text(), st.integers() | st.text()))
def test_what_is_encoded_is_the_same_json(kind, body):
    try:
        frame = encode_request("1", kind, body)
    except LocalProtocolError:
        return
    assert json.loads(frame) == {"kind": "req", "id": "1", "type": kind, "body": body}


def test_body_of_another_shape_is_a_remote_protocol_error():
    for data in (b'{"x":"secret-token"}', b"[", b'{"x":"\xff"}', b"[" * 100_000):
        with pytest.raises(RemoteProtocolError) as caught:
            decode_body(data, Point)
        assert "body" in str(caught.value)
        assert "secret-token" not in str(caught.value)


def test_a_secret_is_written_where_it_stands():
    frame = encode_request("1", "T", {"jwt": Secret("ey.x")})
    assert msgspec.json.decode(frame)["body"] == {"jwt": "ey.x"}
