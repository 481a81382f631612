from __future__ import annotations

import json
import socket
from contextlib import contextmanager, suppress

import pytest
import websocket

from benchmarks.process import LineProcess
from benchmarks.workload import BODY, CLOCK, CUT, FLOOD, REQUEST_TYPE, Target

SUBSCRIBE = ".ams.aam.SubscribeExConversations"


@pytest.fixture
def server():
    with LineProcess("benchmarks.server") as process:
        yield process


@pytest.fixture
def target(server):
    return Target(server.read(10)["port"])


@contextmanager
def connected(target):
    trust = None if target.tls is None else {"context": target.tls}
    line = websocket.create_connection(target.url, timeout=10, sslopt=trust)
    try:
        yield line
    finally:
        line.shutdown()  # its close() leaves the socket open after a close frame


@pytest.fixture
def client(target):
    with connected(target) as line:
        yield line


def ask(client, request_type, ident="1", body=BODY):
    frame = {"kind": "req", "id": ident, "type": request_type, "body": body}
    client.send(json.dumps(frame, separators=(",", ":")))
    return json.loads(client.recv())


def test_it_answers_the_measured_request_and_counts_it(server, client):
    response = ask(client, REQUEST_TYPE, "17")
    assert response == {
        "kind": "resp",
        "reqId": "17",
        "code": 200,
        "type": f"{REQUEST_TYPE}$Response",
        "body": {"sequence": 1},
    }
    stats = server.ask({"do": "stats"}, 10)
    assert (stats["answered"], stats["other"]) == (1, 0)
    assert stats["cpu"] > 0
    assert stats["received"] > 0


def test_any_other_request_succeeds_with_what_a_start_up_looks_for(client):
    response = ask(client, ".ams.userprofile.GetUserProfile", "a")
    assert (response["reqId"], response["code"]) == ("a", 200)
    assert response["type"] == ".ams.userprofile.GetUserProfile$Response"
    assert {"sequence", "subscriptionId", "currentTime"} <= response["body"].keys()


def test_a_subscription_is_followed_by_an_empty_snapshot(client):
    response = ask(client, SUBSCRIBE)
    snapshot = json.loads(client.recv())
    assert snapshot["type"] == ".ams.aam.ExConversationChangeNotification"
    assert snapshot["body"] == {
        "subscriptionId": response["body"]["subscriptionId"],
        "changes": [],
    }


def test_a_ping_is_answered_with_its_own_data(client):
    client.ping("beat")
    opcode, data = client.recv_data(control_frame=True)
    assert (opcode, data) == (websocket.ABNF.OPCODE_PONG, b"beat")


def test_a_close_is_echoed_and_the_stream_ended(client):
    client.send_close(1000)
    frame = client.recv_frame()  # recv_data would answer it, into a closed socket
    assert (frame.opcode, frame.data) == (websocket.ABNF.OPCODE_CLOSE, b"\x03\xe8")
    assert client.sock.recv(1) == b""


def test_a_line_against_the_rules_is_dropped_and_the_others_live(target, client):
    with socket.create_connection(("127.0.0.1", target.port), timeout=10) as bad:
        bad.sendall(b"GET /elsewhere HTTP/1.1\r\n\r\n")
        assert bad.recv(1) == b""
    assert ask(client, REQUEST_TYPE)["code"] == 200


def test_a_vanished_subscriber_gets_no_snapshot_and_harms_nobody(target, client):
    with connected(target) as other:
        ask(other, SUBSCRIBE)
    assert ask(client, SUBSCRIBE)["code"] == 200
    assert json.loads(client.recv())["body"]["changes"] == []


def test_a_flood_comes_before_its_answer_and_pings_are_answered_behind(server, client):
    flood = {"frames": 3_000, "size": 200}
    fields = {"kind": "req", "id": "9", "type": FLOOD, "body": flood}
    client.send(json.dumps(fields))
    client.ping("beat")
    for _ in range(3_000):
        opcode, data = client.recv_data(control_frame=True)
        assert (opcode, len(data)) == (websocket.ABNF.OPCODE_TEXT, 200)
    assert json.loads(client.recv_data()[1])["reqId"] == "9"
    assert client.recv_data(control_frame=True)[1] == b"beat"
    assert server.ask({"do": "stats"}, 10)["pushed"] == 3_000


@pytest.mark.parametrize("code", [0, 1001])
def test_one_line_is_cut_and_the_others_live(code, target, client):
    with connected(target) as other:
        fields = {"kind": "req", "id": "1", "type": CUT, "body": {"code": code}}
        other.send(json.dumps(fields))
        if code:
            assert other.recv_frame().data == code.to_bytes(2, "big")
        assert other.sock.recv(1) == b""
    assert ask(client, CLOCK, body={})["body"]["cut"] > 0


def test_all_lines_are_cut(target, client):
    with connected(target) as other:
        body = {"code": 0, "all": True}
        other.send(json.dumps({"kind": "req", "id": "1", "type": CUT, "body": body}))
        assert other.sock.recv(1) == client.sock.recv(1) == b""
    with connected(target) as fresh:
        assert ask(fresh, REQUEST_TYPE)["code"] == 200


def test_over_tls_it_does_the_same_and_turns_away_who_speaks_none():
    with LineProcess("benchmarks.server", "tls") as server:
        place = server.read(30)
        secure = Target(place["port"], place["ca"])
        bad = socket.create_connection(("127.0.0.1", secure.port), timeout=10)
        with bad, suppress(ConnectionResetError):
            bad.sendall(b"GET / HTTP/1.1\r\n\r\n")
            while bad.recv(100):  # an alert, then the end
                pass
        with connected(secure) as line:
            assert ask(line, REQUEST_TYPE)["code"] == 200
