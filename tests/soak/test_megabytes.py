"""T16 by the clock: what a megabyte of anything costs to be read or refused."""

from __future__ import annotations

import random
import time

import pytest

from ums_actors.errors import RemoteProtocolError
from ums_actors.protocol.envelopes import Notification, Response, decode_message

SIZE, ROUNDS = 1 << 20, 5
ANSWER = b'{"kind":"resp","reqId":"1","code":200,"type":"x","body":%s}'
NOTICE = b'{"kind":"notification","type":"x","body":%s}'
FRAMES = {
    "noise": random.Random(1).randbytes(SIZE),
    "blanks": b" " * SIZE,
    "zeros": b"0" * SIZE,
    "brackets": b"[" * SIZE,
    "a deep body": ANSWER % (b"[" * SIZE),
    "a long number": b'{"kind":"resp","reqId":"1","code":' + b"9" * SIZE + b"}",
    "a long string": ANSWER % (b'"' + b"x" * SIZE + b'"'),
    "escapes": ANSWER % (b'"' + rb"\u00e9" * (SIZE // 6) + b'"'),
    "small objects": NOTICE % (b"[" + b'{"a":1},' * (SIZE // 8) + b"{}]"),
    "many keys": NOTICE
    % (b"{" + b",".join(b'"k%d":%d' % (n, n) for n in range(SIZE // 16)) + b"}"),
    "no UTF-8": NOTICE % (b'"' + b"\xff" * SIZE + b'"'),
}


def read(frame):
    """Give what becomes of a frame, and the seconds of this thread."""
    begun = time.thread_time()
    try:
        found = decode_message(frame)
    except RemoteProtocolError as error:
        found = error
    return found, time.thread_time() - begun


@pytest.mark.soak
def test_a_megabyte_of_anything_is_read_or_refused():
    costs = {}
    for name, frame in FRAMES.items():
        found, _ = read(frame)
        assert isinstance(found, Response | Notification | RemoteProtocolError), name
        costs[name] = min(read(frame)[1] for _ in range(ROUNDS))
    dearest = max(costs, key=costs.get)
    print(f"dearest megabyte: {dearest}, {costs[dearest] * 1e3:.1f} ms")  # noqa: T201
