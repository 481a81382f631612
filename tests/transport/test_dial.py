from __future__ import annotations

import errno
import socket
import time

import pytest

from ums_actors.errors import ConnectError
from ums_actors.transport import Attempt
from ums_actors.transport.budget import Budget
from ums_actors.transport.dial import _outcome, dial, resolve

STREAM = (socket.SOCK_STREAM, 6, "")


def inet(host, port):
    return (socket.AF_INET, *STREAM, (host, port))


@pytest.fixture
def attempt():
    made = Attempt()
    yield made
    made.discard_all()


@pytest.fixture
def listener():
    with socket.create_server(("127.0.0.1", 0)) as sock:
        yield sock.getsockname()[1]


@pytest.fixture
def closed_port():
    with socket.socket() as sock:  # bound and not listening: refused
        sock.bind(("127.0.0.1", 0))
        yield sock.getsockname()[1]


def run(addresses, attempt, timeout=5.0):
    budget = Budget(timeout, attempt=attempt, clock=time.monotonic, where="wss://h:1/…")
    return dial(
        "h", 1, budget=budget, attempt=attempt, resolver=lambda *args: addresses
    )


def test_refused_addresses_are_passed_over_at_once(attempt, listener, closed_port):
    sock = run(
        [inet("127.0.0.1", closed_port)] * 3 + [inet("127.0.0.1", listener)], attempt
    )
    assert sock.getpeername()[1] == listener


def test_a_silent_first_address_does_not_eat_the_time(attempt, listener, blackhole):
    port, _ = blackhole
    silent = [inet("127.0.0.1", port)]
    started = time.monotonic()
    sock = run([*silent, inet("127.0.0.1", listener)], attempt, timeout=30)
    assert sock.getpeername()[1] == listener
    assert time.monotonic() - started < 5


def test_the_losers_of_the_race_are_closed(attempt, listener, blackhole):
    port, _ = blackhole
    winner = run([inet("127.0.0.1", port), inet("127.0.0.1", listener)], attempt)
    assert attempt._sockets == [winner]


def test_silent_addresses_end_with_the_deadline(attempt, blackhole):
    port, _ = blackhole
    started = time.monotonic()
    with pytest.raises(ConnectError) as caught:
        run([inet("127.0.0.1", port)], attempt, timeout=0.3)
    assert caught.value.timed_out
    assert caught.value.step == "tcp"
    assert time.monotonic() - started < 0.3 + 0.5 + 1.5


def test_all_addresses_are_tried_even_in_a_short_time(attempt, listener, blackhole):
    port, _ = blackhole
    # The same silent port, as that many different addresses.
    silent = [
        (socket.AF_INET, *STREAM, Endpoint(("127.0.0.1", port))) for _ in range(12)
    ]
    addresses = [*silent, inet("127.0.0.1", listener)]
    assert run(addresses, attempt, timeout=2).getpeername()[1] == listener


class Endpoint(tuple):
    """An address that equals no other."""

    __slots__ = ()
    __hash__ = object.__hash__

    def __eq__(self, other):
        return self is other


def test_refusal_by_all_is_told_once_with_the_count(attempt, closed_port):
    addresses = [inet("127.0.0.1", closed_port), inet("127.0.0.2", closed_port)]
    with pytest.raises(ConnectError) as caught:
        run(addresses, attempt)
    assert caught.value.step == "tcp"
    assert not caught.value.timed_out
    assert str(caught.value).count("Connection refused") == 1
    assert "2 addresses" in str(caught.value)


def test_a_family_the_machine_does_not_speak_is_passed_over(attempt, listener):
    unknown = (99, *STREAM, ("nowhere", 1))
    sock = run([unknown, inet("127.0.0.1", listener)], attempt)
    assert sock.getpeername()[1] == listener


def test_no_address_at_all_is_an_error(attempt):
    with pytest.raises(ConnectError, match="no address") as caught:
        run([], attempt)
    assert caught.value.step == "resolve"


def test_families_alternate_and_duplicates_go(attempt):
    def six(host):
        return (socket.AF_INET6, *STREAM, (host, 1, 0, 0))

    found = [six("::1"), six("::2"), six("::1"), inet("1.1.1.1", 1), inet("1.1.1.1", 1)]
    budget = Budget(5, attempt=attempt, clock=time.monotonic, where="")
    addresses = resolve("h", 1, budget=budget, resolver=lambda *args: found)
    assert [address[1][0] for address in addresses] == ["::1", "1.1.1.1", "::2"]


def test_a_flood_of_addresses_is_cut(attempt):
    found = [inet(f"10.0.{n >> 8}.{n & 255}", 1) for n in range(5000)]
    budget = Budget(5, attempt=attempt, clock=time.monotonic, where="")
    assert len(resolve("h", 1, budget=budget, resolver=lambda *args: found)) == 32


def test_the_resolver_is_asked_for_streams_to_host_and_port(attempt):
    asked = []

    def resolver(*args):
        asked.append(args)
        return [inet("127.0.0.1", 1)]

    budget = Budget(5, attempt=attempt, clock=time.monotonic, where="")
    resolve("ums.example", 443, budget=budget, resolver=resolver)
    assert asked == [("ums.example", 443, 0, socket.SOCK_STREAM)]


def test_an_address_that_cannot_be_tried_at_all_is_passed_over(attempt, listener):
    broadcast = inet("127.255.255.255", listener)
    sock = run([broadcast, inet("127.0.0.1", listener)], attempt)
    assert sock.getpeername()[1] == listener


def test_a_connection_that_met_itself_is_no_connection():
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        sock.connect(sock.getsockname())
        assert _outcome(sock) == errno.ECONNREFUSED


def test_a_socket_shut_down_while_connecting_is_no_connection():
    with socket.socket() as sock:
        assert _outcome(sock) == errno.ENOTCONN
