from __future__ import annotations

import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ums_actors.errors import RemoteProtocolError
from ums_actors.transport import Assembler
from ums_actors.transport.assembler import CONTROLS_AT_ONCE

TEXT, BINARY, CONT, CLOSE, PING, PONG = 1, 2, 0, 8, 9, 10
LIMIT = 1 << 20


def build(payload=b"", opcode=TEXT, *, fin=True):
    size = len(payload)
    first = bytes([(0x80 if fin else 0) | opcode])
    if size < 126:
        return first + bytes([size]) + payload
    if size < 1 << 16:
        return first + b"\x7e" + size.to_bytes(2, "big") + payload
    return first + b"\x7f" + size.to_bytes(8, "big") + payload


def outcome(chunks, frame_limit=LIMIT, message_limit=LIMIT):
    """Give all that came of feeding ``chunks``."""
    assembler, out = Assembler(frame_limit, message_limit), []
    code = None
    for chunk in chunks:
        try:
            assembler.feed(chunk, out)
        except RemoteProtocolError as error:
            assert code is None, "it failed twice"
            code = error.close_code
    return out, assembler.controls, assembler.closed, code


@pytest.mark.parametrize("size", [0, 1, 125, 126, 4000, 5000, 65535, 65536, 300_000])
@pytest.mark.parametrize("opcode", [TEXT, BINARY])
def test_a_message_of_any_size_arrives(size, opcode):
    payload = b"m" * size
    out, *_ = outcome([build(payload, opcode) + build(b"next")])
    assert out == [payload, b"next"]


def test_fragments_are_joined_and_pings_between_them_reported():
    stream = (
        build(b"", TEXT, fin=False)
        + build(b"one", PING)
        + build(b"h\xc3", CONT, fin=False)
        + build(b"two", PONG)
        + build(b"\xa4", CONT, fin=True)
        + build(b"plain")
    )
    out, controls, closed, code = outcome([stream])
    assert out == ["hä".encode(), b"plain"]
    assert controls == [(PING, b"one"), (PONG, b"two")]
    assert closed is None
    assert code is None


def test_a_ping_is_reported_before_the_rest_of_the_message_came():
    _, controls, _, _ = outcome([build(b"a", fin=False) + build(b"p", PING)])
    assert controls == [(PING, b"p")]


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        (b"\xc1\x00", 1002),
        (b"\xa1\x00", 1002),
        (b"\x91\x00", 1002),
        (b"\x81\x81", 1002),
        (b"\x81\xfe", 1002),
        (b"\x82\x80", 1002),
        (b"\x83\x00", 1002),
        (b"\x87\x00", 1002),
        (b"\x8b\x00", 1002),
        (b"\x8f\x00", 1002),
        (b"\x09\x00", 1002),
        (b"\x08\x00", 1002),
        (b"\x89\x7e", 1002),
        (b"\x88\x7f", 1002),
        (b"\x80\x00", 1002),
        (b"\x00\x00", 1002),
        (build(b"a", fin=False) + build(b"b"), 1002),
        (build(b"a", fin=False) + build(b"b", BINARY, fin=False), 1002),
        (build(b"x", CLOSE), 1002),
        (build((999).to_bytes(2, "big"), CLOSE), 1002),
        (build((1005).to_bytes(2, "big"), CLOSE), 1002),
        (build((1006).to_bytes(2, "big"), CLOSE), 1002),
        (build((1015).to_bytes(2, "big"), CLOSE), 1002),
        (build((2000).to_bytes(2, "big"), CLOSE), 1002),
        (build((5000).to_bytes(2, "big"), CLOSE), 1002),
        (build(b"\x03\xe8\xff", CLOSE), 1002),
        (build(b"\x03\xe8abc\xc3", CLOSE), 1002),
        (build(b"abc\xc3"), 1007),
        (build(b"\xff"), 1007),
        (build(b"\xed\xa0\x80"), 1007),
        (build(b"\xff", fin=False), 1007),
        (build(b"\xc3" + b"x" * 6000), 1007),
        (build(b"ab\xf4\x90" + b"x" * 60, fin=False)[:6], 1007),
        (build(b"abc\xc3", fin=False) + build(b"", CONT), 1007),
        (build(b"\xc3", fin=False) + build(b"x", CONT), 1007),
        (build(b"x" * (LIMIT + 1))[:10], 1009),
        (b"\x81\x7f" + b"\xff" * 8, 1009),
        (b"\x82\x7f" + (1 << 40).to_bytes(8, "big"), 1009),
    ],
)
def test_a_broken_rule_is_an_error_and_what_came_before_is_delivered(bad, code):
    good = build(b"before")
    out, controls, closed, found = outcome(
        [good + build(b"p", PING) + bad, build(b"x")]
    )
    assert out == [b"before"]
    assert controls == [(PING, b"p")]
    assert closed is None
    assert found == code


def test_a_long_text_is_checked_as_it_comes_and_a_short_one_when_it_is_whole():
    frame = build(b"\xc3" + b"x" * (32 << 10))
    with pytest.raises(RemoteProtocolError):
        Assembler(1 << 20, 1 << 20).feed(frame[:100], [])
    short = Assembler(1 << 20, 1 << 20)
    frame = build(b"\xc3" + b"x" * (8 << 10))
    short.feed(frame[:-1], [])
    with pytest.raises(RemoteProtocolError):
        short.feed(frame[-1:], [])


@pytest.mark.parametrize("size", [60, 6_000, 60_000])
def test_a_message_is_unfinished_from_its_first_piece_to_its_last(size):
    assembler, out = Assembler(1 << 20, 1 << 20), []
    frame = build(b"x" * size)
    half = size // 2
    for piece, number in [
        (frame[:half], 1),
        (frame[half : half + 1], 1),
        (frame[half + 1 : -1], 1),
        (frame[-1:], 0),
        (frame + frame[:half], 2),
        (frame[half:] + frame[:half], 3),
        (frame[half:] + frame, 0),
    ]:
        assembler.feed(piece, out)
        assert assembler.unfinished == number
    assert [len(each) for each in out] == [size] * 5


@pytest.mark.parametrize(
    "header", [b"\x81\x05", b"\x81\x7e\x00\x05", b"\x81\x7f" + b"\0" * 7 + b"\x05"]
)
def test_a_length_may_be_written_longer_than_needed_however_it_is_cut(header):
    frame = header + b"hello"
    for cut in range(1, len(frame)):
        assert outcome([frame[:cut], frame[cut:]])[0] == [b"hello"]


def test_a_continuation_after_the_last_fragment_is_an_error():
    stream = build(b"a", fin=False) + build(b"b", CONT) + build(b"c", CONT)
    assert outcome([stream]) == ([b"ab"], [], None, 1002)


def test_an_error_does_not_show_the_payload():
    assembler = Assembler(LIMIT, LIMIT)
    with pytest.raises(RemoteProtocolError) as caught:
        assembler.feed(build(b"SECRET\xff"), [])
    error = caught.value
    while error is not None:
        assert "SECRET" not in repr(error)
        error = error.__cause__ or error.__context__


@pytest.mark.parametrize("size", [0, 1, 100, 125, 126, 127, 4999])
@pytest.mark.parametrize("opcode", [TEXT, BINARY])
def test_both_limits_hold_to_the_byte(size, opcode):
    exact = build(b"x" * size, opcode)
    above = build(b"x" * (size + 1), opcode)
    assert outcome([exact], size, LIMIT)[0] == [b"x" * size]
    assert outcome([exact], LIMIT, size)[0] == [b"x" * size]
    assert outcome([above], size, LIMIT)[3] == 1009
    assert outcome([above], LIMIT, size)[3] == 1009


def test_a_message_of_fragments_is_limited_before_the_last_one_is_read():
    first = build(b"x" * 60, fin=False)
    assert outcome([first, build(b"y" * 40, CONT)], 60, 100)[0] == [
        b"x" * 60 + b"y" * 40
    ]
    header_alone = build(b"y" * 41, CONT)[:2]
    assert outcome([first, header_alone], 60, 100)[3] == 1009


def peak_of(stream, message_limit, step=16 << 10):
    """Give the most memory that feeding ``stream`` took, and the messages."""
    assembler, out = Assembler(LIMIT, message_limit), []
    tracemalloc.start()
    for begin in range(0, len(stream), step):
        assembler.feed(stream[begin : begin + step], out)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak, out


def test_empty_fragments_take_no_room():
    endless = build(b"a", fin=False) + build(b"", CONT, fin=False) * 50_000
    peak, out = peak_of(endless + build(b"b", CONT), 10)
    assert out == [b"ab"]
    assert peak < 100_000


@pytest.mark.parametrize("opcode", [TEXT, BINARY])
@pytest.mark.parametrize("parts", [1, 2, 3, 1000])
@pytest.mark.parametrize("empty_end", [False, True])
def test_a_message_of_any_make_takes_little_more_than_its_size(
    opcode, parts, empty_end
):
    size = 1 << 20
    # One wide character makes a text of four bytes a character.
    payload = "\N{GRINNING FACE}".encode() + b"x" * (size - 4)
    step = -(-size // parts)
    pieces = [payload[i : i + step] for i in range(0, size, step)]
    pieces += [b""] * empty_end
    last = len(pieces) - 1
    stream = b"".join(
        build(piece, CONT if index else opcode, fin=index == last)
        for index, piece in enumerate(pieces)
    )
    peak, out = peak_of(stream, size)
    assert out == [payload]
    assert peak < 1.5 * size


def test_a_binary_message_may_hold_any_bytes():
    payload = bytes(range(256)) * 20
    stream = build(payload[:9], BINARY, fin=False) + build(payload[9:], CONT)
    assert outcome([build(payload, BINARY) + stream])[0] == [payload] * 2
    pieces = [stream[i : i + 1] for i in range(len(stream))]
    assert outcome(pieces)[0] == [payload]


@pytest.mark.parametrize(
    ("payload", "closed"),
    [
        (b"", (1005, "")),
        (b"\x03\xe8", (1000, "")),
        (b"\x11\x31expired", (4401, "expired")),
        (b"\x0f\xa0" + "ü".encode(), (4000, "ü")),
        (b"\x03\xf6" + b"r" * 123, (1014, "r" * 123)),
    ],
)
def test_after_a_close_frame_nothing_is_heard(payload, closed):
    stream = build(b"last") + build(payload, CLOSE) + build(b"late") + b"\xff\xff"
    assert outcome([stream, build(b"later")]) == ([b"last"], [], closed, None)


def test_many_small_fragments_are_joined_in_linear_time():
    count = 50_000
    stream = build(b"x", fin=False) + build(b"x", CONT, fin=False) * count
    out, *_ = outcome([stream, build(b"y", CONT)])
    assert out == [b"x" * (count + 1) + b"y"]


FRAMES = st.one_of(
    st.builds(build, st.text(max_size=40).map(str.encode)),
    st.builds(build, st.integers(100, 9000).map(lambda n: b"z" * n)),
    st.builds(
        build, st.binary(max_size=4), st.sampled_from([PING, PONG, BINARY, CONT, CLOSE])
    ),
    st.builds(
        build, st.binary(max_size=4), st.sampled_from([TEXT, CONT]), fin=st.just(False)
    ),
    st.binary(min_size=1, max_size=3),
)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_any_split_of_the_stream_gives_the_same(data):
    stream = b"".join(data.draw(st.lists(FRAMES, max_size=8)))
    whole = outcome([stream], 8000, 8000)
    cuts = sorted(data.draw(st.sets(st.integers(0, len(stream)), max_size=12)))
    pieces = [
        stream[a:b] for a, b in zip([0, *cuts], [*cuts, len(stream)], strict=True)
    ]
    assert outcome(pieces, 8000, 8000) == whole
    if len(stream) < 600:
        assert outcome([bytes([b]) for b in stream], 8000, 8000) == whole


@settings(max_examples=100, deadline=None)
@given(st.lists(st.text(max_size=200).map(str.encode), max_size=10), st.data())
def test_what_was_framed_comes_out(messages, data):
    stream = b""
    for message in messages:
        cut = data.draw(st.integers(0, len(message)))
        stream += build(message[:cut], fin=False) + build(message[cut:], CONT)
    step = data.draw(st.integers(1, 50))
    pieces = [stream[i : i + step] for i in range(0, len(stream), step)]
    assert outcome(pieces)[0] == messages


def test_a_flood_of_control_frames_is_read_in_parts_and_in_order():
    assembler, messages, heard = Assembler(LIMIT, LIMIT), [], []
    pings = [b"\x89\x04%04d" % number for number in range(2500)]
    assembler.feed(b"".join(pings) + b"\x81\x02{}", messages)
    while assembler.full:
        assert len(assembler.controls) == CONTROLS_AT_ONCE
        assert messages == []
        heard += assembler.controls
        assembler.controls.clear()
        assembler.feed(b"", messages)
    heard += assembler.controls
    assert [int(payload) for _, payload in heard] == list(range(2500))
    assert messages == [b"{}"]


def test_it_tells_which_message_is_unfinished():
    assembler, messages = Assembler(LIMIT, LIMIT), []
    assert assembler.unfinished == 0
    assembler.feed(b"\x81\x02{}\x01\x01a", messages)
    assert assembler.unfinished == 1
    assembler.feed(b"\x00\x00\x80\x01b\x01\x01c", messages)
    assert assembler.unfinished == 2
    assembler.feed(b"\x80\x00", messages)
    assert assembler.unfinished == 0
    assert messages == [b"{}", b"ab", b"c"]
