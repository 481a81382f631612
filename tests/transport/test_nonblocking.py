from __future__ import annotations

import contextlib
import errno
import itertools
import socket
import ssl
import threading

import pytest

from ums_actors.errors import ConnectError, LocalProtocolError, RemoteProtocolError
from ums_actors.transport import (
    Opened,
    Target,
    Websocket,
    client_context,
    open_websocket,
)

TEXT, CONT, CLOSE, PING, PONG = 1, 0, 8, 9, 10


def adopt(opened, write_limit=4 << 20, limit=16 << 20):
    return Websocket(
        opened,
        max_frame_size=limit,
        max_message_size=limit,
        write_limit=write_limit,
    )


@pytest.fixture
def pair(make_peer):
    """Give a Websocket over a socket pair, and its peer."""
    ours, theirs = socket.socketpair()
    websocket = adopt(Opened(ours))
    yield websocket, make_peer(theirs)
    websocket.shutdown()
    theirs.close()


@pytest.fixture
def tls_pair(make_peer, server_context, ca_file):
    ours, theirs = socket.socketpair()
    sides = []
    thread = threading.Thread(
        target=lambda: sides.append(
            server_context.wrap_socket(theirs, server_side=True)
        )
    )
    thread.start()
    ours.settimeout(5)
    context = client_context(ca_file)
    ours = context.wrap_socket(ours, server_hostname="localhost")
    thread.join(5)
    websocket = adopt(Opened(ours))
    yield websocket, make_peer(sides[0])
    websocket.shutdown()
    sides[0].close()


@pytest.fixture(params=["plain", "tls"])
def either(request):
    return request.getfixturevalue("pair" if request.param == "plain" else "tls_pair")


def gather(websocket, eventually, enough):
    """Read until ``enough(messages)``."""
    messages = []

    def step():
        messages.extend(websocket.read())
        return enough(messages)

    eventually(step)
    return messages


def drain(websocket, peer, eventually, done):
    """Flush, with the peer reading on a thread, until ``done()``."""
    received = []

    def read():
        with contextlib.suppress(OSError, EOFError):
            while True:
                received.append(peer.read_frame())

    thread = threading.Thread(target=read)
    thread.start()
    try:
        eventually(lambda: (websocket.flush(), done(received))[1])
    finally:
        socket.socket.shutdown(peer.sock, socket.SHUT_RDWR)
        thread.join(5)
    return received


# -- receiving


def test_messages_arrive_however_they_are_cut(either, frame, eventually):
    websocket, peer = either
    peer.sock.sendall(frame(b"one") + frame(b"two")[:3])
    assert gather(websocket, eventually, len) == [b"one"]
    assert websocket.heard
    peer.sock.sendall(frame(b"two")[3:])
    assert gather(websocket, eventually, len) == [b"two"]
    assert websocket.bytes_read == 10
    assert websocket.failure is None
    assert not websocket.eof
    assert not websocket.more
    assert websocket.read() == []


def test_nothing_to_read_is_no_failure(either):
    websocket, _ = either
    assert websocket.more, "the owner reads once on adoption"
    assert websocket.read() == []
    assert not websocket.more
    assert not websocket.heard
    assert not websocket.eof
    assert websocket.failure is None


def test_bytes_behind_the_upgrade_come_with_the_first_read(frame):
    ours, theirs = socket.socketpair()
    websocket = adopt(Opened(ours, frame(b"early") + frame(b"\x11\x31", CLOSE)))
    assert websocket.read() == [b"early"]
    assert websocket.closed_by_peer == (4401, "")
    websocket.shutdown()
    theirs.close()


@pytest.mark.parametrize("size", [0, 3000, 8000, 40_000])
def test_a_close_in_the_record_of_the_101_is_seen_without_waiting(
    serve, frame, ca_file, size, eventually
):
    answers = []

    def script(peer):
        request = peer.read_head()
        peer.answer(
            request, behind=frame(b"x" * size) + frame(b"\x11\x31expired", CLOSE)
        )
        answers.append(peer.read_frame())
        peer.wait_for_end()

    server = serve(script, tls=True)
    opened = open_websocket(Target(server.url()), timeout=5, ca_file=ca_file)
    websocket = adopt(opened)
    messages = websocket.read()
    if size > 16_000:  # more records than one: the selector tells of the others
        eventually(
            lambda: (messages.extend(websocket.read()), websocket.closed_by_peer)[1]
        )
    assert messages == [b"x" * size]
    assert websocket.closed_by_peer == (4401, "expired")
    eventually(lambda: answers)
    assert answers == [(CLOSE, b"\x11\x31")]
    websocket.shutdown()


def test_one_call_reads_a_bounded_share_and_says_that_there_is_more(
    either, frame, eventually
):
    websocket, peer = either
    count, payload = 30, b"p" * (100 << 10)
    thread = threading.Thread(
        target=lambda: [peer.sock.sendall(frame(payload)) for _ in range(count)]
    )
    thread.start()
    largest = 0
    messages = []

    def step():
        nonlocal largest
        before = websocket.bytes_read
        messages.extend(websocket.read())
        largest = max(largest, websocket.bytes_read - before)
        return len(messages) == count

    eventually(step)
    thread.join(5)
    assert messages == [payload] * count
    assert largest < (256 << 10) + (64 << 10)


def test_more_is_set_when_the_share_is_used_up(frame):
    ours, theirs = socket.socketpair()
    theirs.setblocking(False)
    theirs.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4 << 20)
    data, sent = frame(b"x" * 1000) * 1000, 0
    with contextlib.suppress(BlockingIOError):
        while sent < len(data):
            sent += theirs.send(data[sent : sent + 4096])
    assert sent > 300 << 10, "the kernel did not take enough to show it"
    websocket = adopt(Opened(ours))
    websocket.read()
    assert websocket.more
    while websocket.more:
        websocket.read()
    assert websocket.bytes_read == sent
    websocket.shutdown()
    theirs.close()


# -- control frames


def test_a_ping_between_fragments_is_answered_at_once(either, frame, eventually):
    websocket, peer = either
    peer.sock.sendall(frame(b"a", fin=False) + frame(b"1", PING) + frame(b"2", PING))
    gather(websocket, eventually, lambda _: websocket.bytes_written)
    assert peer.read_frame() == (PONG, b"1")
    assert peer.read_frame() == (PONG, b"2")
    peer.sock.sendall(frame(b"b", CONT))
    assert gather(websocket, eventually, len) == [b"ab"]


def test_our_ping_and_its_pong(either, frame, eventually):
    websocket, peer = either
    websocket.ping(b"now")
    assert peer.read_frame() == (PING, b"now")
    peer.sock.sendall(frame(b"now", PONG))
    gather(websocket, eventually, lambda _: websocket.pongs)
    assert websocket.pongs == 1
    with pytest.raises(LocalProtocolError, match="126 bytes"):
        websocket.ping(b"x" * 126)


def test_a_ping_passes_the_messages_that_wait(pair):
    websocket, peer = pair
    websocket.send(b"waits", "a")
    websocket.ping()
    assert peer.read_frame() == (PING, b"")
    assert peer.read_frame() == (TEXT, b"waits")


def test_of_a_flood_of_pings_the_last_are_answered(pair, frame):
    websocket, peer = pair
    pings = [frame(str(number).encode(), PING) for number in range(5000)]
    peer.sock.sendall(b"".join(pings) + frame(b"", PONG) + frame(b"after"))
    messages = []
    while not messages:
        messages = websocket.read()
    assert websocket.pongs == 1
    answered = []
    while answered[-1:] != [b"4999"]:
        opcode, payload = peer.read_frame()
        assert opcode == PONG
        answered.append(payload)
    assert answered == sorted(answered, key=int)
    assert 16 <= len(answered) < 200


def test_a_peer_that_pings_and_does_not_read_cannot_fill_the_memory(pair, frame):
    websocket, peer = pair
    flood = frame(b"p" * 125, PING) * 100
    for _ in range(100):
        with contextlib.suppress(TimeoutError):
            peer.sock.settimeout(0.01)
            peer.sock.sendall(flood)
        websocket.read()
    assert websocket.buffered < 80 << 10


@pytest.mark.parametrize(
    ("payload", "closed"),
    [
        (b"", (1005, "")),
        (b"\x03\xe8bye", (1000, "bye")),
        (b"\x11\x31expired", (4401, "expired")),
        (b"\x03\xf3", (1011, "")),
    ],
)
def test_the_code_of_the_peer_is_echoed(either, frame, eventually, payload, closed):
    websocket, peer = either
    peer.sock.sendall(frame(b"last") + frame(payload, CLOSE) + frame(b"late"))
    messages = gather(websocket, eventually, lambda _: websocket.closed_by_peer)
    assert messages == [b"last"]
    assert websocket.closed_by_peer == closed
    assert websocket.failure is None
    assert peer.read_frame() == (CLOSE, payload[:2])
    assert not websocket.send(b"x")
    assert websocket.read() == []


def test_we_close_once_behind_what_waits(either, frame, eventually):
    websocket, peer = either
    websocket.send(b"last words")
    websocket.close(4000, "ü" * 100)
    websocket.close(1000)
    websocket.ping()
    assert websocket.closing
    assert not websocket.send(b"too late")
    assert peer.read_frame() == (TEXT, b"last words")
    assert peer.read_frame() == (CLOSE, (4000).to_bytes(2, "big") + "ü".encode() * 61)
    peer.sock.sendall(frame(b"still heard") + frame(b"\x0f\xa0", CLOSE))
    messages = gather(websocket, eventually, lambda _: websocket.closed_by_peer)
    assert messages == [b"still heard"]
    websocket.shutdown()
    with contextlib.suppress(ssl.SSLError):
        assert peer.sock.recv(100) == b"", "a second close frame was sent"


@pytest.mark.parametrize("code", [0, 999, 1004, 1005, 1006, 1015, 2999, 5000])
def test_a_code_that_must_not_be_sent_is_refused(pair, code):
    websocket, _ = pair
    with pytest.raises(LocalProtocolError, match=str(code)):
        websocket.close(code)
    assert not websocket.closing


def test_nothing_is_sent_behind_our_close(pair, frame):
    websocket, peer = pair
    websocket.close()
    peer.sock.sendall(frame(b"p", PING))
    websocket.read()
    websocket.shutdown()
    assert peer.read_frame() == (CLOSE, b"\x03\xe8")
    with pytest.raises(EOFError):
        peer.read_frame()


# -- the end of the line


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        (b"\xc1\x00", 1002),
        (b"\x81\x80", 1002),
        (b"\x81\x01\xff", 1007),
        (b"\x81\x7f\0" + b"\xff" * 7, 1009),
    ],
)
def test_a_broken_rule_ends_it_with_its_code_and_loses_no_message(
    either, frame, eventually, bad, code
):
    websocket, peer = either
    peer.sock.sendall(frame(b"good") + bad + frame(b"ignored"))
    messages = gather(websocket, eventually, lambda _: websocket.failure)
    assert messages == [b"good"]
    assert isinstance(websocket.failure, RemoteProtocolError)
    assert websocket.failure.close_code == code
    assert peer.read_frame() == (CLOSE, code.to_bytes(2, "big"))
    assert websocket.read() == []


def test_the_end_of_the_stream_is_told_beside_the_last_messages(pair, frame):
    websocket, peer = pair
    peer.sock.sendall(frame(b"last"))
    peer.sock.close()
    messages = websocket.read()
    messages += websocket.read()
    assert messages == [b"last"]
    assert websocket.eof
    assert websocket.failure is None


@pytest.mark.parametrize("polite", [True, False])
def test_the_end_of_tls_is_an_end_with_or_without_a_notice(
    tls_pair, frame, eventually, polite
):
    websocket, peer = tls_pair
    peer.sock.sendall(frame(b"last"))
    if polite:
        peer.sock.settimeout(0.05)
        with contextlib.suppress(OSError):
            peer.sock.unwrap()
    peer.sock.close()
    messages = gather(websocket, eventually, lambda _: websocket.eof)
    assert messages == [b"last"]
    assert websocket.failure is None


def test_a_reset_is_a_failure_with_a_safe_text(serve, eventually):
    gone = threading.Event()

    def script(peer):
        peer.upgrade()
        peer.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
        peer.sock.close()
        gone.set()

    websocket = adopt(open_websocket(Target(serve(script).url("/PATH")), timeout=5))
    assert gone.wait(5)
    gather(websocket, eventually, lambda _: websocket.failure or websocket.eof)
    assert isinstance(websocket.failure, ConnectError)
    assert str(websocket.failure) == "the line broke: Connection reset by peer"
    websocket.shutdown()


def test_what_the_peer_said_last_is_read_though_writing_fails(pair, frame):
    websocket, peer = pair
    websocket.read()
    peer.sock.sendall(frame(b"last") + frame(b"\x11\x31", CLOSE))
    peer.sock.close()
    websocket.send(b"into the void", "a")
    websocket.flush()
    assert websocket.failure is None
    assert websocket.more
    assert not websocket.wants_write
    assert websocket.read() == [b"last"]
    assert websocket.closed_by_peer == (4401, "")
    assert websocket.unsent() == ["a"]


def test_shutdown_is_idempotent_and_leaves_the_truth_about_messages(either):
    websocket, _ = either
    websocket.send(b"x", "a")
    assert websocket.fileno() >= 0
    websocket.shutdown()
    websocket.shutdown()
    assert websocket.fileno() == -1
    assert websocket.unsent() == ["a"]
    assert not websocket.wants_write


def test_an_opened_socket_is_adopted_once(pair):
    ours, theirs = socket.socketpair()
    opened = Opened(ours)
    adopt(opened).shutdown()
    with pytest.raises(ConnectError):
        adopt(opened)
    theirs.close()


# -- sending


def test_messages_queued_together_go_out_in_one_write(pair):
    websocket, peer = pair
    for n in range(20):
        assert websocket.send(b"%d" % n, str(n))
    assert len(websocket.unsent()) == 20
    websocket.flush()
    assert websocket.buffered == 0
    assert websocket.unsent() == []
    assert len(peer.sock.recv(4096)) == websocket.bytes_written


def test_a_full_kernel_keeps_the_truth_about_each_message(pair, eventually):
    websocket, peer = pair
    websocket._sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
    payloads = {str(n): b"%d:" % n + b"x" * 1500 for n in range(200)}
    for tag, payload in payloads.items():
        assert websocket.send(payload, tag)
    websocket.flush()
    assert websocket.wants_write
    unsent = websocket.unsent()
    assert 0 < len(unsent) < 200
    size = 8 + 1500 + 3
    assert abs(websocket.bytes_written // size + 1 - (200 - len(unsent))) <= 5
    assert not websocket.withdraw("0")
    for tag in unsent[::2]:
        assert websocket.withdraw(tag)
        del payloads[tag]
    received = drain(websocket, peer, eventually, lambda got: len(got) == len(payloads))
    assert received == [(TEXT, payload) for payload in payloads.values()]
    assert not websocket.wants_write


def test_tls_does_not_take_back_what_it_was_offered(tls_pair, eventually):
    websocket, peer = tls_pair
    websocket._sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
    payloads = {str(n): b"%d:" % n + bytes([65 + n % 26]) * 1500 for n in range(400)}
    for tag, payload in payloads.items():
        assert websocket.send(payload, tag)
    websocket.flush()
    assert websocket.wants_write
    unsent = websocket.unsent()
    assert 0 < len(unsent) < 400
    offered = [tag for tag in payloads if tag not in set(unsent)]
    assert not any(websocket.withdraw(tag) for tag in offered)
    for tag in unsent[1::2]:
        assert websocket.withdraw(tag)
        del payloads[tag]
    websocket.ping(b"passes")
    received = drain(
        websocket, peer, eventually, lambda got: len(got) == len(payloads) + 1
    )
    assert (PING, b"passes") in received
    assert [p for op, p in received if op == TEXT] == list(payloads.values())


@pytest.mark.parametrize("size", [100_000, 1_000_000])
def test_a_large_message_arrives_whole_through_partial_writes(either, eventually, size):
    websocket, peer = either
    websocket._sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
    payload = bytes(itertools.islice(itertools.cycle(b"abcdefg"), size))
    websocket.send(payload)
    websocket.send(b"next")
    received = drain(websocket, peer, eventually, lambda got: len(got) == 2)
    assert received == [(TEXT, payload), (TEXT, b"next")]


def test_the_write_limit_refuses_messages_and_lets_pongs_in(frame, make_peer):
    ours, theirs = socket.socketpair()
    websocket, peer = adopt(Opened(ours), write_limit=100), make_peer(theirs)
    assert websocket.send(b"x" * 80, "a")
    assert not websocket.send(b"x" * 80, "b")
    assert websocket.unsent() == ["a"]
    peer.sock.sendall(frame(b"p" * 100, PING))
    websocket.read()
    assert peer.read_frame() == (PONG, b"p" * 100)
    assert websocket.send(b"x" * 80, "b")
    websocket.shutdown()
    theirs.close()


def test_many_are_queued_as_one_by_one_and_the_refused_are_told(make_peer):
    ours, theirs = socket.socketpair()
    websocket, peer = adopt(Opened(ours), write_limit=100), make_peer(theirs)
    messages = [("a", b"x" * 40), ("b", b"y" * 80), ("c", b"z" * 40)]
    assert websocket.send_all(messages) == ["b"]
    assert messages == []
    assert websocket.unsent() == ["a", "c"]
    websocket.flush()
    assert peer.read_frame() == (TEXT, b"x" * 40)
    assert peer.read_frame() == (TEXT, b"z" * 40)
    websocket.close()
    assert websocket.send_all([("d", b"late")]) == ["d"]
    websocket.shutdown()
    theirs.close()


def test_what_fails_has_left_the_list_so_that_it_is_not_tried_for_ever():
    ours, theirs = socket.socketpair()
    websocket = adopt(Opened(ours))
    messages: list[tuple[str, object]] = [("a", b"x"), ("b", None), ("c", b"z")]
    with pytest.raises(TypeError):
        websocket.send_all(messages)
    assert messages == []
    assert websocket.unsent() == []
    assert websocket.send_all(messages) == []
    websocket.shutdown()
    theirs.close()


@pytest.mark.parametrize("waits", [False, True])
def test_what_is_written_at_once_arrives_in_order(either, eventually, waits):
    websocket, peer = either
    if waits:
        websocket.send(b"before")
    messages = [(str(n), b"%d" % n) for n in range(20)]
    assert websocket.write_all(messages) == []
    assert messages == websocket.unsent() == []
    assert websocket.write_all(messages) == []
    expected = [b"before"] if waits else []
    expected += [b"%d" % n for n in range(20)]
    received = drain(websocket, peer, eventually, lambda got: len(got) == len(expected))
    assert received == [(TEXT, payload) for payload in expected]


@pytest.mark.parametrize("size", [1_500, 20_000])
def test_what_is_not_taken_at_once_waits_as_if_it_had_been_queued(
    either, eventually, size
):
    websocket, peer = either
    websocket._sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
    payloads = [b"%d:" % n + b"x" * size for n in range(200)]
    for first in range(0, 200, 10):
        numbers = range(first, first + 10)
        batch = [(str(n), payloads[n]) for n in numbers]
        assert websocket.write_all(batch) == []
        assert batch == []
    assert websocket.wants_write
    unsent = websocket.unsent()
    assert unsent == [str(n) for n in range(200 - len(unsent), 200)]
    received = drain(websocket, peer, eventually, lambda got: len(got) == 200)
    assert received == [(TEXT, payload) for payload in payloads]


def test_a_limit_holds_also_for_what_is_written_at_once(make_peer):
    ours, theirs = socket.socketpair()
    websocket, peer = adopt(Opened(ours), write_limit=100), make_peer(theirs)
    messages = [("a", b"x" * 40), ("b", b"y" * 80), ("c", b"z" * 40)]
    assert websocket.write_all(messages) == ["b"]
    assert peer.read_frame() == (TEXT, b"x" * 40)
    assert peer.read_frame() == (TEXT, b"z" * 40)
    websocket.close()
    assert websocket.write_all([("d", b"late")]) == ["d"]
    websocket.shutdown()
    theirs.close()


# -- what a socket may say


class Scripted:
    """A socket whose calls do what a list says."""

    def __init__(self):
        self.receiving = []
        self.sending = []
        self.open = True

    def setblocking(self, flag):
        assert not flag

    def fileno(self):
        return 7 if self.open else -1

    def close(self):
        self.open = False

    def recv(self, size):
        return self._next(self.receiving, BlockingIOError())

    def send(self, data):
        result = self._next(self.sending, None)
        return len(data) if result is None else result

    @staticmethod
    def _next(script, default):
        result = script.pop(0) if script else default
        if isinstance(result, BaseException):
            raise result
        return result


def scripted():
    sock = Scripted()
    return sock, adopt(Opened(sock))


def test_a_read_that_must_write_first_is_tried_again_when_writable():
    sock, websocket = scripted()
    sock.receiving = [ssl.SSLWantWriteError(), b"\x81\x01a"]
    assert websocket.read() == []
    assert websocket.wants_write
    assert websocket.failure is None
    websocket.flush()
    assert websocket.more
    assert not websocket.wants_write
    assert websocket.read() == [b"a"]


def test_a_write_that_must_read_first_is_tried_again_after_reading():
    sock, websocket = scripted()
    sock.sending = [ssl.SSLWantReadError()]
    websocket.send(b"x", "a")
    websocket.flush()
    assert not websocket.wants_write, "the socket is writable: that would spin"
    assert websocket.buffered
    websocket.read()
    assert not websocket.buffered


def test_a_write_that_would_block_wants_the_selector():
    sock, websocket = scripted()
    sock.sending = [BlockingIOError(), 3, ssl.SSLWantWriteError()]
    websocket.send(b"x")
    websocket.flush()
    assert websocket.wants_write
    websocket.flush()
    assert websocket.bytes_written == 3
    assert websocket.wants_write
    websocket.flush()
    assert websocket.wants_write
    websocket.flush()
    assert not websocket.wants_write
    assert not websocket.buffered


def test_of_what_is_taken_in_part_the_rest_waits():
    sock, websocket = scripted()
    sock.sending = [9, BlockingIOError()]
    assert websocket.write_all([("a", b"x"), ("b", b"y"), ("c", b"z")]) == []
    assert websocket.wants_write
    assert websocket.bytes_written == 9  # one frame has seven bytes
    assert websocket.unsent() == ["c"]
    websocket.flush()
    assert websocket.bytes_written == 21
    assert not websocket.wants_write


@pytest.mark.parametrize("error", [BlockingIOError(), ssl.SSLWantWriteError()])
def test_what_blocks_at_once_is_whole_and_waits(error):
    sock, websocket = scripted()
    sock.sending = [error, error]
    assert websocket.write_all([("a", b"x"), ("b", b"y")]) == []
    assert websocket.wants_write
    assert websocket.unsent() == ["a", "b"]
    assert websocket.write_all([("c", b"z")]) == []
    assert websocket.unsent() == []
    assert websocket.bytes_written == 21


def test_a_line_that_breaks_at_once_has_sent_nothing():
    sock, websocket = scripted()
    sock.sending = [ConnectionResetError(errno.ECONNRESET, "SECRET")]
    assert websocket.write_all([("a", b"x"), ("b", b"y")]) == []
    assert websocket.more
    assert not websocket.wants_write
    assert websocket.unsent() == ["a", "b"]
    websocket.read()
    assert str(websocket.failure) == "the line broke: Connection reset by peer"


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (OSError(errno.ETIMEDOUT, "SECRET"), "the line broke: Connection timed out"),
        (OSError("SECRET"), "the line broke: OSError"),
        (ssl.SSLError(1, "SECRET"), "the line broke: TLS error unknown"),
    ],
)
def test_failures_are_told_without_foreign_text(error, text):
    sock, websocket = scripted()
    sock.receiving = [error]
    websocket.read()
    assert isinstance(websocket.failure, ConnectError)
    assert str(websocket.failure) == text
    assert not websocket.eof


def test_a_broken_write_becomes_the_failure_when_nothing_is_left_to_read():
    sock, websocket = scripted()
    sock.receiving = [b"\x81\x01a"]
    sock.sending = [BrokenPipeError(errno.EPIPE, "SECRET")]
    websocket.send(b"x", "a")
    websocket.flush()
    assert websocket.read() == [b"a"]
    assert websocket.more
    assert websocket.read() == []
    assert str(websocket.failure) == "the line broke: Broken pipe"
    assert websocket.unsent() == ["a"]
    websocket.flush()
    assert not websocket.wants_write


@pytest.mark.parametrize(
    "error", [ssl.SSLZeroReturnError(6, "x"), ssl.SSLEOFError(8, "x")]
)
def test_both_ends_of_tls_are_ends(error):
    sock, websocket = scripted()
    sock.receiving = [error]
    websocket.read()
    assert websocket.eof
    assert websocket.failure is None


# -- a line that may become another's


class Permit:
    def __init__(self):
        self.given = True

    def __call__(self):
        return self.given


@pytest.fixture
def permit(either):
    websocket, _ = either
    websocket.permit = Permit()
    return websocket.permit


def test_with_a_permit_all_goes_out(either, permit):
    websocket, peer = either
    websocket.send(b"hello", "a")
    websocket.flush()
    assert not websocket.fenced
    assert peer.read_frame() == (TEXT, b"hello")
    assert websocket.unsent() == []


def test_without_it_nothing_is_written_at_once(either, permit):
    websocket, _ = either
    assert websocket.write_all([("a", b"x")]) == []
    assert websocket.unsent() == []
    permit.given = False
    assert websocket.write_all([("b", b"y")]) == []
    assert websocket.unsent() == ["b"]
    websocket.shutdown()


def test_without_it_nothing_goes_out_and_all_that_waits_is_unsent(either, permit):
    websocket, peer = either
    permit.given = False
    websocket.send(b"hello", "a")
    websocket.flush()
    websocket.ping()
    websocket.close()
    assert websocket.fenced
    assert (websocket.unsent(), websocket.bytes_written) == (["a"], 0)
    assert websocket.more
    websocket.read()
    assert websocket.failure is not None
    websocket.shutdown()
    with contextlib.suppress(ConnectionResetError):
        assert peer.sock.recv(1) == b""


def test_pings_are_not_answered_without_a_permit(either, permit, frame, eventually):
    websocket, peer = either
    permit.given = False
    peer.sock.sendall(frame(b"x", PING) + frame(b"said"))
    assert gather(websocket, eventually, lambda messages: messages) == [b"said"]
    assert websocket.bytes_written == 0
    websocket.shutdown()
    with contextlib.suppress(ConnectionResetError):
        assert peer.sock.recv(1) == b""


def read_to_the_end(sock):
    while sock.recv(1 << 20):
        pass


def test_what_the_kernel_holds_is_dropped_with_a_fenced_line(make_peer):
    with socket.create_server(("127.0.0.1", 0)) as server:
        ours = socket.create_connection(server.getsockname())
        theirs, _ = server.accept()
    with theirs:
        websocket = adopt(Opened(ours))
        websocket.permit = permit = Permit()
        while not websocket.wants_write:  # until the kernel is full
            websocket.send(b"x" * 100_000)
            websocket.flush()
        permit.given = False
        websocket.shutdown()
        theirs.settimeout(5)
        with pytest.raises(ConnectionResetError):
            read_to_the_end(theirs)
