from __future__ import annotations

import base64
import select
import socket
import traceback

import pytest

from ums_actors.errors import ConnectError, LocalProtocolError
from ums_actors.secret import Secret
from ums_actors.transport import Proxy, Target, client_context, open_websocket

PASSWORD = "pr0xy-p4ss"


def never(*args):
    raise AssertionError("the target is resolved by the proxy")


def tunnel_to(port):
    """A script of a proxy that connects whatever is asked to ``port``."""

    def script(peer):
        peer.read_head()
        with socket.create_connection(("127.0.0.1", port)) as far:
            peer.sock.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            pump(peer.sock, far)

    return script


def pump(near, far):
    ends = {near: far, far: near}
    while True:
        for sock in select.select(list(ends), [], [], 5)[0]:
            data = sock.recv(65536)
            if not data:
                return
            ends[sock].sendall(data)


def held(peer):
    peer.upgrade()
    peer.wait_for_end()


def refused(proxy, url="wss://ums.example/PATH", timeout=5):
    context = client_context()  # to load certificates takes its time
    with pytest.raises(ConnectError) as caught:
        open_websocket(Target(url), timeout=timeout, proxy=proxy, ssl_context=context)
    text = "".join(traceback.format_exception(caught.value)) + repr(vars(caught.value))
    for secret in (PASSWORD, base64.b64encode(f"u:{PASSWORD}".encode()).decode()):
        assert secret not in text
    assert caught.value.step == "proxy"
    return caught.value


def test_a_tunnel_carries_tls_and_the_upgrade(serve, ca_file):
    server = serve(held, tls=True)
    via = serve(tunnel_to(server.port))
    proxy = Proxy("127.0.0.1", via.port, "ü", Secret(PASSWORD))
    target = Target("wss://localhost:9/PATH")
    open_websocket(target, timeout=5, proxy=proxy, ca_file=ca_file).close()
    lines = via.requests[0].decode().split("\r\n")
    credentials = base64.b64encode(f"ü:{PASSWORD}".encode()).decode()
    assert lines == [
        "CONNECT localhost:9 HTTP/1.1",
        "Host: localhost:9",
        f"Proxy-Authorization: Basic {credentials}",
    ]
    assert server.requests[0].startswith(b"GET /PATH ")
    assert b"Proxy-Authorization" not in server.requests[0]


def test_a_plain_target_is_tunnelled_too(serve):
    server = serve(held)
    via = serve(tunnel_to(server.port))
    proxy = Proxy("127.0.0.1", via.port)
    open_websocket(Target("ws://[::1]:9/"), timeout=5, proxy=proxy).close()
    assert via.requests == [b"CONNECT [::1]:9 HTTP/1.1\r\nHost: [::1]:9"]


@pytest.mark.parametrize("status", [302, 403, 407, 502])
def test_a_proxy_that_refuses_is_named_with_its_status(serve, status):
    def script(peer):
        peer.read_head()
        peer.sock.sendall(
            f"HTTP/1.1 {status} {PASSWORD}\r\nContent-Length: 99999\r\n\r\n".encode()
        )
        peer.wait_for_end()

    via = serve(script)
    error = refused(Proxy("127.0.0.1", via.port, "u", PASSWORD))
    assert error.status == status
    assert f"127.0.0.1:{via.port}" in str(error)


def test_a_proxy_that_says_nothing_is_ended_by_the_deadline(serve):
    via = serve(lambda peer: peer.wait_for_end())
    assert refused(Proxy("127.0.0.1", via.port), timeout=0.2).timed_out


def test_an_endless_answer_is_cut_off(serve):
    def script(peer):
        peer.read_head()
        while True:
            peer.sock.sendall(b"HTTP/1.1 200 OK " + b"x" * 1000)

    assert not refused(Proxy("127.0.0.1", serve(script).port), timeout=30).timed_out


def test_bytes_behind_the_answer_are_refused(serve):
    def script(peer):
        peer.read_head()
        peer.sock.sendall(b"HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 101 X\r\n\r\n")
        peer.wait_for_end()

    assert "behind" in str(refused(Proxy("127.0.0.1", serve(script).port)))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("h", 0), "port 0"),
        (("h", 65536), "port 65536"),
        (("", 1), "host ''"),
        (("h\r\nX: 1", 1), "the proxy names the host"),
        (("h", 1, "a:b", PASSWORD), "':'"),
        (("h", 1, "a\r\n", PASSWORD), "control character"),
        (("h", 1, "a", PASSWORD + "\n"), "control character"),
        (("h", 1, None, PASSWORD), "give both"),
        (("h", 1, None, None, "socks5"), "use an http proxy"),
        (("h", 1, None, None, "https"), "use an http proxy"),
    ],
)
def test_a_bad_proxy_is_a_clear_error(arguments, words):
    with pytest.raises(LocalProtocolError) as caught:
        Proxy(*arguments)
    assert words in str(caught.value)
    assert PASSWORD not in repr(caught.value)


def test_a_proxy_prints_no_credentials():
    assert repr(Proxy("::1", 3128, "u", PASSWORD)) == "Proxy('[::1]:3128')"


def test_a_proxy_is_read_from_a_url():
    target = Target("wss://ums.example/")
    proxy = Proxy.from_url(f"http://us%40er:{PASSWORD}%25@proxy.example:3128")
    assert (proxy.host, proxy.port) == ("proxy.example", 3128)
    credentials = base64.b64encode(f"us@er:{PASSWORD}%".encode())
    assert credentials in proxy.request(target)
    assert Proxy.from_url("http://proxy.example").port == 80
    for bad in ("http://h:x", "socks5://h:1", "http://[::1", "h:1"):
        with pytest.raises(LocalProtocolError):
            Proxy.from_url(bad)


def test_the_environment_is_read_only_when_asked(monkeypatch):
    for name in ("http_proxy", "https_proxy", "no_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    target = Target("wss://ums.example/")
    assert Proxy.from_environment(target) is None
    monkeypatch.setenv("https_proxy", "http://secured:1")
    monkeypatch.setenv("http_proxy", "plain:2")
    monkeypatch.setenv("no_proxy", "direct.example")
    assert repr(Proxy.from_environment(target)) == "Proxy('secured:1')"
    plain = Target("ws://ums.example/", allow_plain=True)
    assert repr(Proxy.from_environment(plain)) == "Proxy('plain:2')"
    assert Proxy.from_environment(Target("wss://direct.example/")) is None
