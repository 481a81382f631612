import contextlib
import socket
import threading

import pytest

from ums_actors.errors import ConnectError, LocalProtocolError
from ums_actors.http.client import Http
from ums_actors.http.kept import Kept
from ums_actors.http.origin import Origin, parse_origin
from ums_actors.http.tls import client_context

PATIENCE = 20.0
END = b"<END>"
GOOD = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n%b\r\n{}"


class Server:
    """Answers each request of each connection by what the test says, one at a time."""

    def __init__(self, answers, context=None):
        self.answers = answers
        self.context = context
        self.connections = []
        self.requests = []
        self.ended = threading.Semaphore(0)
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.port = self.listening.getsockname()[1]
        self.threads = [threading.Thread(target=self._accept)]
        self.threads[0].start()

    def _accept(self):
        while True:
            try:
                sock, _ = self.listening.accept()
            except OSError:
                return
            thread = threading.Thread(target=self._serve, args=(sock,))
            self.threads.append(thread)
            self.connections.append(sock)
            thread.start()

    def _serve(self, sock):
        sock.settimeout(PATIENCE)
        with contextlib.suppress(OSError):
            if self.context is not None:
                sock = self.context.wrap_socket(sock, server_side=True)
                self.connections[-1] = sock
            with sock:
                while head := self._head(sock):
                    self.requests.append(head)
                    answer = next(self.answers, None)
                    if answer is None:
                        break
                    sock.sendall(answer.removesuffix(END))
                    if answer.endswith(END):
                        break
        self.ended.release()

    @staticmethod
    def _head(sock):
        head = b""
        while b"\r\n\r\n" not in head:
            part = sock.recv(4096)
            if not part:
                return b""
            head += part
        return head

    def stop(self):
        with contextlib.suppress(OSError):
            self.listening.shutdown(socket.SHUT_RDWR)
        self.listening.close()
        for sock in self.connections:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
        for thread in self.threads:
            thread.join(PATIENCE)


class Flight:
    """A call's way, as a test wants it."""

    def __init__(self, kept):
        self.kept = kept
        self.asked = 0
        self.wanted = True
        self.line = None

    def hold(self, line):
        self.line = line

    def may_write(self):
        self.asked += 1
        return self.wanted


class Clock:
    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


@pytest.fixture
def serve():
    with contextlib.ExitStack() as stack:

        def start(*answers, context=None):
            server = Server(iter(answers), context)
            stack.callback(server.stop)
            return server

        yield start


@pytest.fixture
def kept():
    kept = Kept(2, 15.0, clock=Clock())
    yield kept
    kept.close()


def ask(http, server, kept, method="GET", **more):
    scheme = "https" if server.context else "http"
    origin = parse_origin(f"{scheme}://127.0.0.1:{server.port}")
    way = more.pop("way", None) or Flight(kept)
    return http.call(
        method,
        origin,
        "/x",
        step="rest",
        deadline=http.deadline(PATIENCE),
        error=ConnectError,
        way=way,
        **more,
    )


def good(*headers):
    return GOOD % b"".join(b"%b\r\n" % each for each in headers)


@pytest.mark.parametrize("secure", [False, True], ids=["plain", "tls"])
def test_a_line_serves_one_call_after_the_other(
    serve, kept, secure, server_context, ca_file
):
    server = serve(good(), good(), good(), context=server_context if secure else None)
    http = Http(tls=lambda: client_context(ca_file))
    for _ in range(3):
        assert ask(http, server, kept).status == 200
    assert (len(server.connections), len(kept)) == (1, 1)
    assert b"Connection: close" not in server.requests[0]


@pytest.mark.parametrize(
    "answer",
    [
        good(b"Connection: close"),
        b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\n{}",
        good(b"Keep-Alive: timeout=1"),
    ],
)
def test_a_line_is_not_kept_that_its_server_wants_to_end(serve, kept, answer):
    server = serve(answer, good())
    assert ask(Http(), server, kept).status == 200
    assert len(kept) == 0
    ask(Http(), server, kept)
    assert len(server.connections) == 2


def test_a_server_says_how_long_a_line_may_rest(serve, kept):
    server = serve(good(b"Keep-Alive: max=9, timeout=5"), good())
    ask(Http(), server, kept)
    kept._clock.now += 3.9
    ask(Http(), server, kept)
    assert len(server.connections) == 1


def test_a_line_that_rested_for_too_long_is_left_alone_and_closed(serve, kept):
    server = serve(good(), good())
    ask(Http(), server, kept)
    kept._clock.now += 15.0
    ask(Http(), server, kept)
    assert len(server.connections) == 2
    assert kept.prune() == pytest.approx(15.0)
    kept._clock.now += 15.0
    assert (kept.prune(), len(kept)) == (None, 0)


def test_a_line_whose_server_has_ended_it_is_not_used(serve, kept):
    server = serve(good())
    assert ask(Http(), server, kept).status == 200
    server.connections[0].shutdown(socket.SHUT_RDWR)
    assert server.ended.acquire(timeout=PATIENCE)
    origin = Origin("127.0.0.1", server.port, False)
    assert kept.take(origin) is None


def test_what_may_be_repeated_is_asked_again_on_another_line(serve, kept):
    # the server ends the line at the request, after it was found to be quiet
    server = serve(good(), None)
    assert ask(Http(), server, kept).status == 200
    server.answers = iter([None, good()])
    flight = Flight(kept)
    assert ask(Http(), server, kept, way=flight).status == 200
    assert len(server.connections) == 2
    assert len(server.requests) == 3


def test_what_may_not_be_repeated_is_not(serve, kept):
    server = serve(good())
    assert ask(Http(), server, kept).status == 200
    server.answers = iter([None, good()])
    with pytest.raises(ConnectError):
        ask(Http(), server, kept, "POST", body={})
    assert len(server.connections) == 1


def test_a_new_line_that_breaks_is_not_tried_again(serve, kept):
    server = serve()
    with pytest.raises(ConnectError):
        ask(Http(), server, kept)
    assert len(server.requests) == 1


def test_no_more_rest_than_there_is_room_for(serve):
    kept = Kept(1, 15.0, clock=Clock())
    one, two = serve(good(), good()), serve(good())
    ask(Http(), one, kept)
    ask(Http(), two, kept)
    assert len(kept) == 1
    assert one.ended.acquire(timeout=PATIENCE)
    kept.close()
    assert two.ended.acquire(timeout=PATIENCE)
    ask(Http(), one, kept)
    assert len(kept) == 0


def test_a_call_is_asked_whether_it_is_wanted_before_each_of_its_writes(serve, kept):
    server = serve(good())
    flight = Flight(kept)
    flight.wanted = False
    with pytest.raises(ConnectError):
        ask(Http(), server, kept, "POST", way=flight, body={})
    assert (flight.asked, server.requests, flight.line) == (1, [], None)


def test_a_permit_of_the_client_is_asked_too(serve, kept):
    server = serve(good())
    flight = Flight(kept)
    with pytest.raises(ConnectError):
        ask(Http(permits=lambda: lambda: False), server, kept, way=flight)
    assert (flight.asked, server.requests) == (0, [])


def test_a_client_that_was_closed_keeps_no_line(serve, kept):
    server, http = serve(good(), good()), Http()
    ask(http, server, kept)
    http.close()
    with pytest.raises(ConnectError, match="after close"):
        ask(http, server, kept)
    assert len(kept) == 0


@pytest.mark.parametrize(
    ("told", "seconds"),
    [
        (b"7", 7.0),
        (b"0.5", 0.5),
        (b"999999999", 86_400.0),
        (b"Fri, 01 Jan 1999 00:00:00 GMT", 0.0),
        (b"Fri, 01 Jan 2999 00:00:00 GMT", 86_400.0),
        (b"Fri, 01 Jan 2999 00:00:00", 86_400.0),
        (b"soon", 0.0),
        (b"-3", 0.0),
    ],
)
def test_the_pause_that_a_service_wants(serve, kept, told, seconds):
    server = serve(good(b"Retry-After: " + told, b'ETag: "7"'))
    answer = ask(Http(), server, kept)
    assert (answer.retry_after, answer.etag) == (seconds, '"7"')


def test_without_its_headers_an_answer_has_neither(serve, kept):
    answer = ask(Http(), serve(good()), kept)
    assert (answer.retry_after, answer.etag) == (0.0, "")


def test_further_headers_are_sent_and_checked(serve, kept):
    server = serve(good())
    ask(Http(), server, kept, headers={"If-Match": '"a b"'})
    assert b'If-Match: "a b"\r\n' in server.requests[0]
    for value in ("", "a\r\nb", " a", "\u20ac"):
        with pytest.raises(LocalProtocolError, match="If-Match"):
            ask(Http(), server, kept, headers={"If-Match": value})


def test_a_refusal_that_breaks_off_ends_its_line(serve, kept):
    server = serve(b"HTTP/1.1 500 X\r\nContent-Length: 9\r\n\r\n{}" + END)
    assert ask(Http(), server, kept).status == 500
    assert len(kept) == 0
