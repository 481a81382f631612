import socket
import threading

import pytest

from ums_actors.http.deadline import Deadline
from ums_actors.http.line import Line, LineSocket
from ums_actors.http.origin import Origin


def infos(*addresses):
    def getaddrinfo(host, port, **options):
        return [
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", address)
            for address in addresses
        ]

    return getaddrinfo


@pytest.fixture
def listener():
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


@pytest.fixture
def line(listener):
    line = Line(Origin("127.0.0.1", listener.getsockname()[1], False), Deadline(20))
    yield line
    line.close()
    line.close()


def test_second_address_is_tried_when_the_first_refuses(
    listener, line, dead_port, monkeypatch
):
    addresses = infos(("127.0.0.1", dead_port), listener.getsockname())
    monkeypatch.setattr(socket, "getaddrinfo", addresses)
    line.open(None)
    peer, _ = listener.accept()
    with peer:
        LineSocket(line).sendall(b"hello")
        assert peer.recv(5) == b"hello"


def test_address_of_an_unknown_family_is_passed_over(listener, line, monkeypatch):
    good = infos(listener.getsockname())("", 0)
    odd = (12345, socket.SOCK_STREAM, 6, "", ("", 0))
    monkeypatch.setattr(socket, "getaddrinfo", lambda *a, **k: [odd, *good])
    line.open(None)


def test_error_is_that_of_the_last_address(line, dead_port, monkeypatch):
    addresses = infos(("127.0.0.1", dead_port), ("127.0.0.1", dead_port))
    monkeypatch.setattr(socket, "getaddrinfo", addresses)
    with pytest.raises(ConnectionRefusedError):
        line.open(None)


def test_name_without_an_address_is_an_error(line, monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", infos())
    with pytest.raises(OSError, match="no address"):
        line.open(None)


def test_one_dead_address_leaves_time_for_the_next(monkeypatch):
    shares = []

    class Slow:
        def __init__(self, *_):
            pass

        def settimeout(self, seconds):
            shares.append(seconds)

        def connect(self, address):
            now[0] += shares[-1]
            raise TimeoutError

        def close(self):
            pass

    now = [0.0]
    monkeypatch.setattr(socket, "socket", Slow)
    monkeypatch.setattr(socket, "getaddrinfo", infos(("a", 1), ("b", 1), ("c", 1)))
    with pytest.raises(TimeoutError):
        Line(Origin("x", 1, False), Deadline(9, lambda: now[0])).open(None)
    assert shares == [3, 3, 3]


def test_line_that_was_shut_opens_no_more(line):
    line.shut()
    with pytest.raises(ConnectionAbortedError):
        line.open(None)


def test_shutting_wakes_the_reader(line, listener):
    line.open(None)
    read = []
    thread = threading.Thread(
        target=lambda: read.append(LineSocket(line).makefile("rb").read(1))
    )
    thread.start()
    line.shut()
    thread.join(10)
    assert read == [b""]


def test_all_there_is_cannot_be_asked_for(line, listener):
    line.open(None)
    with pytest.raises(ValueError, match="in pieces"):
        LineSocket(line).makefile("rb").read(-1)


def test_line_that_is_not_open_is_an_error(line):
    with pytest.raises(ConnectionAbortedError):
        line.sendall(b"x")


def test_nothing_is_written_without_a_permit(listener):
    given = [True]
    where = Origin("127.0.0.1", listener.getsockname()[1], False)
    line = Line(where, Deadline(20), lambda: given[0])
    line.open(None)
    peer, _ = listener.accept()
    with peer:
        line.sendall(b"first")
        given[0] = False
        with pytest.raises(ConnectionAbortedError, match="not ours"):
            line.sendall(b"second")
        line.close()
        peer.settimeout(20)
        assert (peer.recv(5), peer.recv(5)) == (b"first", b"")
