from __future__ import annotations

import socket
import threading
from functools import partial

import pytest

import ums_actors as ums
from ums_actors.actors import dialler
from ums_actors.actors.dialler import NetworkConnector
from ums_actors.http.tls import client_context
from ums_actors.transport.opened import Opened


@pytest.fixture
def peer():
    """A server that keeps the head of one request, and hangs up."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        heads = []

        def serve():
            sock, _ = server.accept()
            with sock:
                data = b""
                while b"\r\n\r\n" not in data:
                    data += sock.recv(4096)
                heads.append(data)

        thread = threading.Thread(target=serve)
        thread.start()
        yield server.getsockname()[1], heads, thread
        thread.join(5)


def test_the_headers_of_an_attempt_go_onto_the_wire(peer):
    port, heads, thread = peer
    connector = NetworkConnector(ums.Options())
    url = ums.Secret(f"ws://127.0.0.1:{port}/x")
    headers = {"Authorization": ums.Secret("jwt hunter2")}
    dialling = connector.dial(url, 5.0, headers)
    with pytest.raises(ums.ConnectError):
        dialling.run()
    thread.join(5)
    assert b"\r\nAuthorization: jwt hunter2\r\n" in heads[0]


def test_a_header_with_a_line_break_goes_nowhere():
    connector = NetworkConnector(ums.Options())
    headers = {"Authorization": ums.Secret("jwt x\r\nHost: hunter2")}
    dialling = connector.dial(ums.Secret("ws://127.0.0.1:1/"), 5.0, headers)
    with pytest.raises(ums.LocalProtocolError, match="Authorization") as caught:
        dialling.run()
    assert "hunter2" not in str(caught.value)


def test_certificates_are_read_only_for_a_line_with_tls(peer):
    """Reading those of the system takes long."""
    port, _, thread = peer
    connector = NetworkConnector(
        ums.Options(), tls=partial(client_context, "/no/such/file")
    )
    dialling = connector.dial(ums.Secret(f"ws://127.0.0.1:{port}/x"), 5.0, {})
    with pytest.raises(ums.ConnectError):
        dialling.run()
    thread.join(5)
    secure = connector.dial(ums.Secret(f"wss://127.0.0.1:{port}/x"), 5.0, {})
    with pytest.raises(ums.LocalProtocolError, match="/no/such/file"):
        secure.run()


@pytest.fixture
def dialling(monkeypatch):
    """An attempt that comes through at once; give the far end of it, too."""
    near, far = socket.socketpair()
    far.settimeout(5)
    meanwhile = []

    def open_websocket(*_, **__):
        opened = Opened(near)
        for each in meanwhile:
            each()
        return opened

    monkeypatch.setattr(dialler, "open_websocket", open_websocket)
    connector = NetworkConnector(ums.Options())
    with near, far:
        yield connector.dial(ums.Secret("ws://127.0.0.1:1/"), 5.0, {}), far, meanwhile


def test_what_came_through_too_late_is_shut_by_who_gives_up(dialling):
    """Its future has failed by then, so nobody would ever hear of the websocket."""
    attempt, far, _ = dialling
    websocket = attempt.run()
    attempt.abort()
    assert websocket.fileno() == -1
    assert far.recv(1) == b""
    attempt.abort()


def test_what_comes_through_after_it_was_given_up_is_shut(dialling):
    attempt, far, meanwhile = dialling
    meanwhile.append(attempt.abort)
    with pytest.raises(ums.ConnectError, match="given up"):
        attempt.run()
    assert far.recv(1) == b""
