"""Servers that mean harm, on real sockets, and a whole connection that meets them.

Each ends in a documented error and a new attempt; close() works; no text that is told
or logged has the token; memory stays within twice the limit of a message.
"""

from __future__ import annotations

import contextlib
import itertools
import re
import time

import pytest

import ums_actors as ums

LIMIT = 1 << 20
CONSTANT = 2 << 20
"""Bytes that a connection, its emulator and its reads need, whatever comes."""
LIMITS = {"max_frame_size": LIMIT, "max_message_size": LIMIT}
SHORT = {"connect_timeout": 0.4, **LIMITS}
BLOCK = b"x" * (64 << 10)
SWITCH = b"HTTP/1.1 101 Switching Protocols\r\n"
REAL = b"Upgrade: websocket\r\nConnection: Upgrade\r\n"


def answering(*parts, endless=b"", pause=0.0):
    """Make a script: read the request, write ``parts``, then ``endless`` for ever."""

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


def before_the_request(peer):
    peer.sock.sendall(SWITCH + REAL + b"Sec-WebSocket-Accept: x\r\n\r\n")
    peer.wait_for_end()


def refusing(status, *headers):
    head = f"HTTP/1.1 {status} Told\r\n".encode()
    return head + b"".join(header + b"\r\n" for header in headers) + b"\r\n"


def offering(extra):
    def script(peer):
        peer.upgrade(extra)
        peer.wait_for_end()

    return script


HANDSHAKES = {
    "says nothing": silent,
    "goes at once": gone,
    "one byte a moment": answering(endless=b"HTTP/1.1 101 Switching", pause=0.05),
    "endless status line": answering(b"HTTP/1.1 101 ", endless=BLOCK),
    "endless header line": answering(SWITCH, b"X-A: ", endless=BLOCK),
    "endless headers": answering(SWITCH, endless=b"X-A: b\r\n" * 1000),
    "endless empty lines": answering(endless=b"\n" * 1000),
    "endless 100s": answering(endless=b"HTTP/1.1 100 Continue\r\n\r\n" * 100),
    "endless 401 body": answering(
        refusing(500, b"Content-Length: 99999999999999"), endless=BLOCK
    ),
    "endless 500 body in chunks": answering(
        refusing(500, b"Transfer-Encoding: chunked"), endless=b"1\r\nx\r\n" * 1000
    ),
    "redirect": answering(refusing(302, b"Location: http://127.0.0.1:1/")),
    "redirect without end": answering(refusing(301, b"Location: " + b"/" * 9000)),
    "no key": answering(SWITCH, REAL, b"\r\n"),
    "wrong key": answering(SWITCH, REAL, b"Sec-WebSocket-Accept: bm9wZQ==\r\n\r\n"),
    "before the request": before_the_request,
    "subprotocol": offering(b"Sec-WebSocket-Protocol: soap\r\n"),
    "extension": offering(b"Sec-WebSocket-Extensions: permessage-deflate\r\n"),
    "status of letters": answering(b"HTTP/1.1 one Oh\r\n\r\n"),
    "status below": answering(b"HTTP/1.1 001 Oh\r\n\r\n"),
    "binary": answering(bytes(range(256)) * 100),
    "TLS in plain": answering(b"\x16\x03\x01\x02\x00\x01" + b"\0" * 512),
    "HTTP/2": answering(b"\0\0\x12\x04" + b"\0" * 32),
}


@pytest.fixture
def meet(emulator, serve, start, events, request):
    """Let a connection meet a server; give its failures once it has tried again."""

    def begin(script, *, tls=False):
        ca_file, caplog, peak = map(
            request.getfixturevalue, ("ca_file", "caplog", "peak")
        )
        server = serve(script, tls=tls)
        address = (
            f"localhost:{server.port}" if tls else f"http://127.0.0.1:{server.port}"
        )
        failures = []

        def run():
            proxy = start(
                emulator,
                domains={"facadeMsg": address, "asyncMessagingEnt": address},
                ca_file=ca_file if tls else None,
                options=SHORT,
            )
            told = events(proxy, ums.AttemptFailed)
            opening = proxy.open()
            failures.extend(told.wait(lambda _: True) for _ in range(2))
            now = proxy.status().get(timeout=5)
            assert now.state in {"AUTHENTICATING", "CONNECTING", "BACKING_OFF"}
            assert now.restarts == {}
            proxy.close().get(timeout=5)
            assert proxy.status().get(timeout=5).state == "CLOSED"
            with pytest.raises(ums.ConnectionLost):
                opening.get(timeout=5)
            failures.extend(told.rest(0.01))

        most = peak(run)
        assert most < 2 * LIMIT + CONSTANT
        tokens = {
            token
            for head in server.requests
            for token in re.findall(rb"brand/([^/?\s]+)\?", head)
        }
        for token in tokens:
            assert token.decode() not in f"{caplog.text}{failures!r}"
        return failures, tokens

    return begin


@pytest.mark.parametrize("name", HANDSHAKES)
def test_a_bad_handshake_is_a_failed_attempt_and_the_next_one_comes(meet, name):
    failures, tokens = meet(HANDSHAKES[name])
    assert len(failures) >= 2
    assert tokens or name in {"says nothing", "before the request"}


@pytest.mark.parametrize(
    "name",
    [
        "says nothing",
        "one byte a moment",
        "endless headers",
        "endless 401 body",
        "wrong key",
    ],
)
def test_a_bad_handshake_over_tls_is_no_other(meet, name):
    assert len(meet(HANDSHAKES[name], tls=True)[0]) >= 2


def test_tls_that_stalls_is_a_failed_attempt(emulator, serve, start, events, ca_file):
    server = serve(silent)  # takes the client's hello, and says nothing
    proxy = start(
        emulator,
        domains={"facadeMsg": f"localhost:{server.port}"},
        ca_file=ca_file,
        options=SHORT,
    )
    told = events(proxy, ums.AttemptFailed)
    proxy.open()
    for _ in range(2):
        told.wait(lambda _: True)
    proxy.close().get(timeout=5)


# -- behind the handshake


def header(first, size):
    return bytes((first, 127)) + size.to_bytes(8, "big")


WHOLE = header(0x81, LIMIT)
PART = b"\x00\x7e\x40\x00" + b"x" * (16 << 10)
FLOODS = {
    "endless fragments": itertools.chain([b"\x01\x00"], itertools.repeat(PART)),
    "fragments of a wide text": itertools.chain(
        [b"\x01\x04\xf0\x9f\x98\x80"], itertools.repeat(PART)
    ),
    "a frame too many": itertools.chain(
        [b"\x01" + WHOLE[1:]], [BLOCK] * 16, [b"\x80\x01x"]
    ),
    "1 TiB": itertools.chain([header(0x81, 1 << 40)], itertools.repeat(BLOCK)),
    "2 ** 63": itertools.chain([header(0x82, 1 << 63)], itertools.repeat(BLOCK)),
    "compressed": [b"\xc1\x05hello"],
    "masked": [b"\x81\x85abcdhello"],
    "opcode 3": [b"\x83\x00"],
    "opcode 11": [b"\x8b\x00"],
    "fragmented ping": [b"\x09\x00"],
    "long ping": [b"\x89\x7e\x00\x80" + b"x" * 128],
    "continuation of nothing": [b"\x80\x00"],
    "text within text": [b"\x01\x01a\x81\x01b"],
    "bad UTF-8 across fragments": [b"\x01\x01\xc3", b"\x00\x00", b"\x80\x01\x28"],
    "cut UTF-8 at the end": [b"\x01\x01\xc3", b"\x80\x00"],
    "a surrogate": [b"\x81\x03\xed\xa0\x80"],
    "close of one byte": [b"\x88\x01\x03"],
    "close of a bad code": [b"\x88\x02\x03\xec"],
    "close with a bad reason": [b"\x88\x03\x03\xe8\xff"],
    "close and then data": [b"\x88\x02\x03\xe8", b"\x81\x02{}" * 100, BLOCK],
    "close without a word": [b"\x88\x00"],
    "close with 4999": [b"\x88\x02\x13\x87"],
}


@pytest.fixture
def line(emulator, relay, opened):
    made = relay(emulator)
    return made, opened(emulator, domains={"facadeMsg": made.address}, options=LIMITS)


@pytest.mark.parametrize("name", FLOODS)
def test_a_line_that_breaks_the_rules_ends_and_the_next_one_serves(
    line, events, caplog, peak, name
):
    relay, proxy = line
    states = events(proxy, ums.StateChanged)
    client, generation = relay._client, proxy.status().get(timeout=5).generation

    def flood():
        with contextlib.suppress(OSError):  # the client has had enough
            for piece in FLOODS[name]:
                client.sendall(piece)
        states.ready(generation + 1)

    assert peak(flood) < 2 * LIMIT + CONSTANT
    assert proxy.get_clock().get(timeout=5) > 0
    assert proxy.status().get(timeout=5).restarts == {}
    token = proxy.get_token().get(timeout=5)
    assert token not in f"{caplog.text}{states.seen!r}"
    proxy.close().get(timeout=5)


HARMLESS = {
    "pings": b"\x89\x00" * (8 << 10),
    "pings with text": (b"\x89\x7d" + b"p" * 125) * 1000,
    "pongs": b"\x8a\x00" * (8 << 10),
    "empty messages": b"\x81\x00" * 100,
    "empty fragments": b"\x01\x00" + b"\x00\x00" * (8 << 10) + b"\x80\x02{}",
    "deep messages": b"\x81\x7e\x75\x30" + b"[" * 30_000,
    "huge numbers": b"\x81\x7e\x75\x30" + b"9" * 30_000,
}


@pytest.mark.parametrize("name", HARMLESS)
def test_a_flood_that_keeps_the_rules_costs_no_line_and_little_memory(line, peak, name):
    relay, proxy = line
    generation = proxy.status().get(timeout=5).generation

    def flood():
        for _ in range(5):
            relay.say(HARMLESS[name])
        assert proxy.get_clock().get(timeout=20) > 0

    assert peak(flood) < 2 * LIMIT + 2 * CONSTANT
    now = proxy.status().get(timeout=5)
    assert (now.state, now.generation) == ("READY", generation)


@pytest.fixture
def beating(emulator, relay, opened, monkeypatch):
    """Give a line that looks often at what it waits for, when all is said."""
    monkeypatch.setattr("ums_actors.actors.socket._LONGEST_MESSAGE", 0.3)
    made = relay(emulator)
    options = {**LIMITS, "ping_interval": 0.05, "pong_timeout": 20.0}
    proxy = opened(emulator, domains={"facadeMsg": made.address}, options=options)
    proxy.open(wait_for_ready=True).get(timeout=10)
    assert proxy.get_clock().get(timeout=10) > 0
    return made, proxy


def test_a_message_that_never_ends_ends_its_line(beating, events):
    relay, proxy = beating
    states = events(proxy, ums.StateChanged)
    client, generation = relay._client, proxy.status().get(timeout=5).generation
    client.sendall(b"\x01\x00")
    with contextlib.suppress(OSError):  # the client has had enough
        for _ in range(2_000):
            client.sendall(b"\x00\x00")
            time.sleep(0.005)
    states.ready(generation + 1)
    status = proxy.status().get(timeout=5)
    assert any("did not end a message" in text for text in status.history)
    assert proxy.get_clock().get(timeout=5) > 0


def test_messages_that_do_end_keep_their_line(beating):
    relay, proxy = beating
    generation = proxy.status().get(timeout=5).generation
    relay.say(b"\x01\x00")
    for _ in range(60):  # a message ends, and another begins, all the time
        relay.say(b"\x80\x02{}\x01\x00")
        time.sleep(0.01)
    assert proxy.status().get(timeout=5).generation == generation


def test_a_bomb_of_values_is_told_and_costs_neither_line_nor_memory(line, peak):
    relay, proxy = line
    body = b"[" + b"[]," * ((LIMIT - 200) // 3) + b"0]"
    text = b'{"kind":"notification","type":"x","body":' + body + b"}"
    frame = b"\x81\x7f" + len(text).to_bytes(8, "big") + text
    before = proxy.status().get(timeout=5)

    def flood():
        for _ in range(5):
            relay.say(frame)
        assert proxy.get_clock().get(timeout=20) > 0

    assert peak(flood) < 2 * LIMIT + 2 * CONSTANT
    now = proxy.status().get(timeout=5)
    assert (now.state, now.generation) == ("READY", before.generation)
    assert now.bad_frames == before.bad_frames + 5


def test_a_peer_that_never_ends_tcp_does_not_keep_close(emulator, serve, start):
    def deaf(peer):
        peer.upgrade()
        peer.sock.settimeout(20)
        while True:
            _, data = peer.read_frame()  # answers nothing, not even the close
            if b"Subscribe" in data:
                peer.sock.sendall(b"\x81\x00")

    server = serve(deaf)
    proxy = start(
        emulator,
        domains={"facadeMsg": f"http://127.0.0.1:{server.port}"},
        options={**SHORT, "close_timeout": 0.5},
    )
    proxy.open()
    while proxy.status().get(timeout=5).state in {
        "NEW",
        "AUTHENTICATING",
        "CONNECTING",
    }:
        pass
    proxy.close().get(timeout=5)
    assert proxy.status().get(timeout=5).state == "CLOSED"
