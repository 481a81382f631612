"""Arbitrary and half-right bytes: only documented errors, and nothing misread.

UMS_TEST_PROFILE=nightly tries 100,000 examples of frames, and as many of messages.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ums_actors.errors import RemoteProtocolError
from ums_actors.protocol import (
    agents,
    brand,
    conversations,
    files,
    messages,
    profiles,
    records,
    routing,
)
from ums_actors.protocol.envelopes import (
    Notification,
    Response,
    decode_body,
    decode_message,
)
from ums_actors.transport import Assembler

PROFILE = os.environ.get("UMS_TEST_PROFILE", "quick")
EXAMPLES = {"quick": 150, "ci": 1000, "nightly": 25_000}[PROFILE]
fuzzed = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=PROFILE != "nightly",
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    database=None,
)
pytestmark = pytest.mark.timeout(7200 if PROFILE == "nightly" else 60)

TEXT, BINARY, CONT, CLOSE, PING, PONG = 1, 2, 0, 8, 9, 10
LIMIT = 300
CODES = {*range(1000, 1004), *range(1007, 1015), *range(3000, 5000)}


def build(payload=b"", opcode=TEXT, *, fin=True):
    size = len(payload)
    first = bytes([(0x80 if fin else 0) | opcode])
    if size < 126:
        return first + bytes([size]) + payload
    return first + b"\x7e" + size.to_bytes(2, "big") + payload


class Broken(Exception):
    """RFC 6455 is broken, to be answered with a close code."""


def require(truth, code=1002):
    if not truth:
        raise Broken(code)


def is_text_so_far(data, *, ended):
    """Say whether it is UTF-8, or may become so."""
    try:
        data.decode()
    except UnicodeDecodeError as error:
        return not ended and error.reason == "unexpected end of data"
    return True


def expected(stream):
    """Read a whole stream as RFC 6455 says it, slowly, one rule after the other."""
    out, controls = [], []
    try:
        return out, controls, expected_end(stream, out, controls), None
    except Broken as broken:
        return out, controls, None, broken.args[0]


def expected_end(stream, out, controls):
    """Give the close frame, None if there is none."""
    message = kind = None
    position = 0
    while len(stream) >= position + 2:
        fin, opcode = stream[position] >> 7, stream[position] & 15
        size, control = stream[position + 1] & 127, opcode >= CLOSE
        require(not stream[position] & 0x70)
        require(not stream[position + 1] >> 7)
        require(opcode in {CONT, TEXT, BINARY, CLOSE, PING, PONG})
        require(not control or (fin and size <= 125))
        require(control or (opcode == CONT) == (message is not None))
        begin = position + 2 + {126: 2, 127: 8}.get(size, 0)
        if len(stream) < begin:
            return None
        if size > 125:
            size = int.from_bytes(stream[position + 2 : begin], "big")
        require(control or size + len(message or b"") <= LIMIT, 1009)
        payload = stream[begin : begin + size]
        whole = len(payload) == size
        position = begin + size
        if control and whole:
            if opcode == CLOSE:
                return expected_close(payload)
            controls.append((opcode, payload))
        elif not control:
            message, kind = (message or b"") + payload, opcode or kind
            ended = bool(fin and whole)
            require(kind != TEXT or is_text_so_far(message, ended=ended), 1007)
            if ended:
                out.append(message)
                message = kind = None
    return None


def expected_close(payload):
    if not payload:
        return 1005, ""
    code = int.from_bytes(payload[:2], "big")
    require(len(payload) >= 2 and code in CODES)
    require(is_text_so_far(payload[2:], ended=True))
    return code, payload[2:].decode()


def outcome(chunks):
    """Give what the assembler makes of it; any other exception fails the test."""
    assembler, out, code = Assembler(LIMIT, LIMIT), [], None
    for chunk in chunks:
        try:
            assembler.feed(chunk, out)
        except RemoteProtocolError as error:
            assert code is None, "it failed twice"
            code = error.close_code
    return out, assembler.controls, assembler.closed, code


def pieces(stream, cuts):
    places = sorted({0, len(stream), *(cut % (len(stream) + 1) for cut in cuts)})
    return [stream[a:b] for a, b in itertools.pairwise(places)]


CUTS = st.lists(st.integers(0, 5000), max_size=8)
PAYLOADS = st.one_of(
    st.text(max_size=30).map(str.encode),
    st.binary(max_size=6),
    st.integers(120, LIMIT + 5).map(lambda n: b"z" * n),
    st.tuples(st.integers(990, 5005), st.text(max_size=8)).map(
        lambda pair: pair[0].to_bytes(2, "big") + pair[1].encode()
    ),
)
VALID = st.lists(
    st.one_of(
        st.builds(build, st.text(max_size=90).map(str.encode)),
        st.builds(build, st.binary(max_size=LIMIT), st.just(BINARY)),
        st.builds(build, st.binary(max_size=9), st.sampled_from([PING, PONG])),
        st.tuples(
            st.text(max_size=30).map(str.encode),
            st.integers(0, 90),
            st.binary(max_size=5),
        ).map(
            lambda t: (
                build(t[0][: t[1]], fin=False)
                + build(t[2], PING)
                + build(b"", CONT, fin=False)
                + build(t[0][t[1] :], CONT)
            )
        ),
    ),
    max_size=8,
).map(b"".join)
ANY = st.lists(
    st.builds(
        build,
        PAYLOADS,
        st.sampled_from([TEXT, BINARY, CONT, CLOSE, PING, PONG]),
        fin=st.booleans(),
    ),
    max_size=8,
).map(b"".join)
CHANGES = st.lists(
    st.tuples(
        st.integers(0, 5000),
        st.sampled_from(["flip", "set", "insert", "delete", "double"]),
        st.integers(0, 255),
    ),
    min_size=1,
    max_size=4,
)


def mutated(stream, changes):
    data = bytearray(stream)
    for place, change, value in changes:
        at = place % (len(data) + 1)
        if change == "insert":
            data.insert(at, value)
        elif at == len(data):
            continue
        elif change == "delete":
            del data[at : at + 1 + value % 8]
        elif change == "double":
            data[at:at] = data[at : at + value]
        else:
            data[at] = value if change == "set" else data[at] ^ (1 << value % 8)
    return bytes(data)


@fuzzed
@given(st.binary(max_size=400), CUTS)
def test_any_bytes_are_read_as_the_rules_say(stream, cuts):
    assert outcome(pieces(stream, cuts)) == expected(stream)


@fuzzed
@given(VALID, CUTS)
def test_a_valid_stream_is_understood_however_it_is_cut(stream, cuts):
    found = outcome(pieces(stream, cuts))
    assert found == expected(stream)
    assert found[3] is None


@fuzzed
@given(ANY, CUTS)
def test_frames_in_any_order_are_read_as_the_rules_say(stream, cuts):
    assert outcome(pieces(stream, cuts)) == expected(stream)


@fuzzed
@given(ANY | VALID, CHANGES, CUTS)
def test_a_stream_with_faults_is_read_as_the_rules_say(stream, changes, cuts):
    bent = mutated(stream, changes)
    assert outcome(pieces(bent, cuts)) == expected(bent)


# -- what is in the messages

REAL = [
    json.loads(line)
    for line in Path(__file__).with_name("recorded.jsonl").read_text().splitlines()
]
READERS = [
    agents.read_agent_state_changes,
    conversations.read_conversation_changes,
    files.read_file_url,
    files.read_download_token,
    messages.read_message_events,
    profiles.read_user_profile,
    profiles.read_brand_profile,
    records.read_clock,
    records.read_conversation_id,
    records.read_subscription_id,
    records.read_sequence,
    routing.read_routing_task_changes,
]
HUGE = 10**300
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-HUGE, HUGE)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["kind", "reqId", "code", "type", "body", "x"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=8,
)


def read_all(data):
    """Read it as the library does; give what the envelope was."""
    try:
        message = decode_message(data)
    except RemoteProtocolError:
        return None
    assert isinstance(message, Response | Notification)
    with contextlib.suppress(RemoteProtocolError):
        decode_body(message.body)
    for read in READERS:
        with contextlib.suppress(RemoteProtocolError):
            read(message.body)
    return message


@fuzzed
@given(st.binary(max_size=300) | st.text(max_size=100))
def test_any_bytes_are_a_message_or_a_documented_error(data):
    read_all(data)


@fuzzed
@given(JSON)
def test_any_json_is_a_message_or_a_documented_error(value):
    read_all(json.dumps(value).encode())


@fuzzed
@given(st.sampled_from(REAL), CHANGES)
def test_a_real_frame_with_faulty_bytes_is_read_or_refused(frame, changes):
    read_all(mutated(json.dumps(frame).encode(), changes))


def places(value, path=()):
    """Give the path of each value in it, its own included."""
    yield path
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in items:
        if isinstance(inner, dict | list):
            yield from places(inner, (*path, key))
        else:
            yield (*path, key)


def put(value, path, new):
    """Give a copy with another value in that place."""
    if not path:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = put(copy[path[0]], path[1:], new)
    return copy


@fuzzed
@given(st.sampled_from(REAL), st.data())
def test_a_real_frame_with_other_values_is_read_or_refused(frame, data):
    for _ in range(data.draw(st.integers(1, 3))):
        if not isinstance(frame, dict | list):
            break
        path = data.draw(st.sampled_from(list(places(frame))))
        frame = put(frame, path, data.draw(JSON))
    read_all(json.dumps(frame).encode())


def test_real_frames_are_read():
    assert len(REAL) >= 30
    kinds = [type(read_all(json.dumps(frame).encode())) for frame in REAL]
    assert kinds.count(Notification) >= 10
    assert kinds.count(Response) >= 20
    assert brand.CONVERSATION_NOTIFICATION in {frame["type"] for frame in REAL}
