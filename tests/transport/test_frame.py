from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websocket import ABNF

from ums_actors.transport import encode_frame, encode_text, mask_pool
from ums_actors.transport.frame import encode_texts

SIZES = [0, 1, 2, 3, 4, 125, 126, 127, 2_047, 2_048, 65_535, 65_536, 65_537, 200_003]


def fixed(mask):
    while True:
        yield int.from_bytes(mask, "little")


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("opcode", [ABNF.OPCODE_TEXT, ABNF.OPCODE_BINARY])
def test_a_frame_is_what_websocket_client_would_send(size, opcode):
    payload = bytes(i * 7 & 255 for i in range(size))
    theirs = ABNF(1, 0, 0, 0, opcode, 1, payload)
    theirs.get_mask_key = lambda _: b"\x01\xfe\x80\x7f"
    ours = encode_frame(opcode, payload, fixed(b"\x01\xfe\x80\x7f"))
    assert ours == theirs.format()


@pytest.mark.parametrize("size", SIZES)
def test_the_fast_path_gives_the_same_as_the_general_one(size):
    payload, masks = b"ab\x00c" * (size // 4) + b"xyz"[: size % 4], fixed(b"\x00\xff12")
    assert encode_text(payload, masks) == encode_frame(1, payload, masks)


def test_frames_of_many_are_those_of_each():
    payloads = [b"a" * size for size in SIZES]
    each = [encode_text(payload, fixed(b"\x00\xff12")) for payload in payloads]
    messages = [(str(len(payload)), payload) for payload in payloads]
    assert encode_texts(messages, fixed(b"\x00\xff12")) == each
    first, second = encode_texts([("a", b"xyz"), ("b", b"xyz")], iter([1, 2]))
    assert (first[2:6], second[2:6]) == (b"\1\0\0\0", b"\2\0\0\0")


@given(st.binary(max_size=300), st.binary(min_size=4, max_size=4))
def test_masking_twice_gives_the_payload(payload, mask):
    frame = encode_text(payload, fixed(mask))
    body = frame[-len(payload) :] if payload else b""
    assert ABNF.mask(mask, body) == payload


def test_a_pool_asks_once_for_256_masks():
    asked = []

    def urandom(size):
        asked.append(size)
        return bytes(i >> 2 & 255 for i in range(size))

    masks = mask_pool(urandom)
    given_out = [next(masks) for _ in range(257)]
    assert asked == [1024, 1024]
    assert given_out[:3] == [0, 0x01010101, 0x02020202]
    assert all(0 <= mask < 1 << 32 for mask in given_out)


def test_masks_are_random_by_default():
    masks = mask_pool()
    assert len({next(masks) for _ in range(100)}) > 90
