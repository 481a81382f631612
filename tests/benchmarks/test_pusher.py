from __future__ import annotations

import json
import socket
import ssl
from contextlib import contextmanager, suppress
from itertools import islice

import pytest
import websocket

from benchmarks.process import ChildFailed, LineProcess
from benchmarks.traffic import traffic
from benchmarks.workload import Target

SUBSCRIBE = ".ams.aam.SubscribeExConversations"


@pytest.fixture(params=["plain", "tls"])
def pusher(request):
    with LineProcess("benchmarks.pusher", request.param, "3") as process:
        yield process


def connected(port, ca):
    url = Target(port).url
    if ca is None:
        return websocket.create_connection(url, timeout=10)
    trusting = {"context": ssl.create_default_context(cadata=ca)}
    secure = url.replace("ws:", "wss:")
    return websocket.create_connection(secure, timeout=10, sslopt=trusting)


@contextmanager
def subscribed(pusher):
    place = pusher.read(30)
    line = connected(place["port"], place["ca"])
    try:
        frame = {"kind": "req", "id": "1", "type": SUBSCRIBE, "body": {}}
        line.send(json.dumps(frame))
        assert json.loads(line.recv())["code"] == 200
        assert json.loads(line.recv())["body"]["changes"] == []
        yield line
    finally:
        line.shutdown()


def test_what_was_loaded_is_pushed_in_order_and_goes_on_with_the_next(pusher):
    expected = [data for _, data in islice(traffic(3), 17)]
    with subscribed(pusher) as line:
        for frames in (7, 10):
            loaded = pusher.ask({"do": "load", "frames": frames}, 10)
            assert loaded["conversations"] + loaded["messages"] == frames
            assert pusher.ask({"do": "push", "rate": 2_000}, 10) == {"frames": frames}
            for _ in range(frames):
                assert line.recv().encode() == expected.pop(0)
        assert pusher.ask({"do": "stats"}, 10)["other"] == 1
    assert expected == []


def test_nobody_to_push_to_is_an_error(pusher):
    pusher.read(30)
    pusher.ask({"do": "load", "frames": 1}, 10)
    with pytest.raises(ChildFailed, match="nobody has subscribed"):
        pusher.ask({"do": "push", "rate": 1}, 10)


def test_who_speaks_no_tls_is_turned_away_and_others_are_served():
    with LineProcess("benchmarks.pusher", "tls", "1") as pusher:
        place = pusher.read(30)
        bad = socket.create_connection(("127.0.0.1", place["port"]), timeout=10)
        with bad, suppress(ConnectionResetError):
            bad.sendall(b"GET / HTTP/1.1\r\n\r\n")
            while bad.recv(100):  # an alert, then the end
                pass
        connected(place["port"], place["ca"]).shutdown()
