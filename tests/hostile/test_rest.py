"""REST services that mean harm, and a connection whose calls meet them.

Each call ends in a documented error within its time; the connection stays READY, its
memory within twice the limit of a message for each call, and nothing that is told has
the token.
"""

from __future__ import annotations

import re
import time

import pytest

import ums_actors as ums

LIMIT = 1 << 20
CONSTANT = 2 << 20
OPTIONS = {"request_timeout": 0.5, "max_message_size": LIMIT}
BLOCK = b"x" * (64 << 10)
OK = b"HTTP/1.1 200 OK\r\n"
PUBLISH = ".ams.ms.PublishEvent"


def answering(*parts, endless=b"", pause=0.0):
    """Make a script: read the head, write ``parts``, then ``endless`` for ever."""

    def script(peer):
        peer.read_head()
        peer.sock.sendall(b"".join(parts))
        while endless:
            for piece in [endless] if not pause else map(bytes, zip(endless)):
                peer.sock.sendall(piece)
                if pause:
                    time.sleep(pause)
        peer.wait_for_end()

    return script


def silent(peer):
    peer.wait_for_end()


def gone(peer):
    peer.read_head()


SERVERS = {
    "says nothing": silent,
    "goes at once": gone,
    "one byte a moment": answering(endless=OK, pause=0.02),
    "endless status line": answering(b"HTTP/1.1 200 ", endless=BLOCK),
    "endless headers": answering(OK, endless=b"X-A: b\r\n" * 1000),
    "endless 100s": answering(endless=b"HTTP/1.1 100 Continue\r\n\r\n" * 100),
    "endless body": answering(OK, b"\r\n", endless=BLOCK),
    "endless chunks": answering(
        OK, b"Transfer-Encoding: chunked\r\n\r\n", endless=b"1\r\nx\r\n" * 1000
    ),
    "1 TiB": answering(OK, b"Content-Length: 1099511627776\r\n\r\n", endless=BLOCK),
    "part of a body": answering(OK, b"Content-Length: 9\r\n\r\n{}"),
    "redirect": answering(
        b"HTTP/1.1 302 Go\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"
    ),
    "status of letters": answering(b"HTTP/1.1 one Oh\r\n\r\n"),
    "no JSON": answering(OK, b"Content-Length: 4\r\n\r\noops"),
    "deep": answering(OK, b"Content-Length: 100000\r\n\r\n", b"[" * 100_000),
    "many": answering(OK, b"Content-Length: 900000\r\n\r\n", b"[" + b"0," * 449_999),
    "binary": answering(bytes(range(256)) * 100),
    "HTTP/2": answering(b"\0\0\x12\x04" + b"\0" * 32),
    "two answers": answering((OK + b"Content-Length: 2\r\n\r\n{}") * 2),
    "an ETag that ends the head": answering(
        b"HTTP/1.1 404 No\r\nETag: a\x00b\r\nContent-Length: 2\r\n\r\n{}"
    ),
}
ERRORS = (ums.RequestError, ums.RemoteProtocolError)


@pytest.mark.parametrize("tls", [False, True], ids=["plain", "tls"])
@pytest.mark.parametrize("name", SERVERS)
def test_a_call_ends_in_time_and_the_connection_goes_on(
    emulator, start, request, name, tls
):
    serve, ca_file, caplog, peak = map(
        request.getfixturevalue, ("serve", "ca_file", "caplog", "peak")
    )
    server = serve(SERVERS[name], tls=tls)
    place = f"{'https' if tls else 'http'}://localhost:{server.port}"
    told = []

    def run():
        proxy = start(
            emulator,
            kind=ums.BrandRestConnection,
            domains={"asyncMessagingEnt": place},
            ca_file=ca_file if tls else None,
            options=OPTIONS,
        )
        proxy.open().get(timeout=10)
        for call in (
            proxy.send_text("c1", "x"),
            proxy.query_messages("c2"),
            proxy.close_conversation("c3"),
        ):
            with pytest.raises(ERRORS) as caught:
                call.get(timeout=5)
            told.append(caught.value)
        now = proxy.status().get(timeout=5)
        assert (now.state, now.in_flight, now.restarts) == ("READY", 0, {})
        proxy.close().get(timeout=5)

    assert peak(run) < 3 * 2 * LIMIT + 2 * CONSTANT  # three calls, joined of parts
    tokens = set(re.findall(rb"Bearer ([0-9a-f]+)", b"".join(server.requests)))
    for token in tokens:
        assert token.decode() not in f"{caplog.text}{told!r}"
    assert tokens or name == "says nothing"
