from __future__ import annotations

import json
import random

import pytest

from benchmarks.frames import MAX_PAYLOAD, FrameReader, OtherFrame, server_frame
from benchmarks.workload import BODY, REQUEST_TYPE


def masked(payload: bytes, first_byte: int = 0x81, mask: bytes = b"\x5a\x01\xff\x80"):
    size = len(payload)
    if size < 126:
        header = bytes((first_byte, 0x80 | size))
    elif size <= 0xFFFF:
        header = bytes((first_byte, 0xFE)) + size.to_bytes(2, "big")
    else:
        header = bytes((first_byte, 0xFF)) + size.to_bytes(8, "big")
    return header + mask + bytes(b ^ mask[i % 4] for i, b in enumerate(payload))


def request(ident: str, body: object = BODY, request_type: str = REQUEST_TYPE) -> bytes:
    fields = {"kind": "req", "id": ident, "type": request_type, "body": body}
    return json.dumps(fields, separators=(",", ":")).encode()


def answered(frames: list[bytes]) -> list[str]:
    idents = []
    for frame in frames:
        header = 2 if frame[1] < 126 else 4
        response = json.loads(frame[header:])
        assert response["body"] == {"sequence": 1}
        assert server_frame(frame[header:]) == frame
        idents.append(response["reqId"])
    return idents


@pytest.mark.parametrize(
    "idents",
    [
        ["0", "1", "2"],
        ["9", "10", "99", "100", "123456789", "1"],
        ["0c8b2a57-9c3a-4b7e-8f5b-4b1c9e7d2a60", "1", "x" * 70],
    ],
)
def test_every_id_is_answered_whatever_its_length(idents):
    rng = random.Random(1)
    data = b"".join(masked(request(one), mask=rng.randbytes(4)) for one in idents)
    answers, others = FrameReader().read(data)
    assert answered(answers) == idents
    assert others == []


@pytest.mark.parametrize("piece", [1, 7, 100, 263, 1000])
def test_frames_may_be_cut_anywhere(piece):
    rng = random.Random(piece)
    idents = [str(number) for number in range(95, 105)]
    data = b"".join(masked(request(one), mask=rng.randbytes(4)) for one in idents)
    reader, answers = FrameReader(), []
    for start in range(0, len(data), piece):
        answers += reader.read(data[start : start + piece])[0]
    assert answered(answers) == idents


@pytest.mark.parametrize("size", [1, 200, 70_000])
def test_measured_requests_of_any_size_are_answered(size):
    frame = masked(request("1", "m" * size))
    answers, _ = FrameReader().read(frame + frame)
    assert answered(answers) == ["1", "1"]


def test_other_frames_come_out_whole_and_unmasked():
    clock = request("7", {}, ".GetClock")
    data = masked(request("1")) + masked(clock) + masked(b"hi", 0x89)
    answers, others = FrameReader().read(data + masked(request("2")))
    assert answered(answers) == ["1", "2"]
    assert others == [OtherFrame(0x81, clock), OtherFrame(0x89, b"hi")]


@pytest.mark.parametrize(
    "data",
    [
        server_frame(b"not masked"),
        b"\x81\xff" + (MAX_PAYLOAD + 1).to_bytes(8, "big") + bytes(4),
    ],
)
def test_frames_against_the_rules_are_refused(data):
    with pytest.raises(ValueError, match=r"masked|too big"):
        FrameReader().read(data)


def test_a_long_payload_gets_the_eight_byte_header():
    assert server_frame(b"x" * 70_000)[:10] == b"\x81\x7f" + (70_000).to_bytes(8, "big")
