from __future__ import annotations

import contextlib
import socket
import ssl
import threading
import time
from random import Random

import pytest
import trustme

import ums_actors as ums
from ums_actors.testing.fault_proxy import (
    Bandwidth,
    BlackHole,
    FaultProxy,
    HalfClose,
    Latency,
    LimitData,
    ResetPeer,
    Slicer,
    SlowClose,
)

TIMEOUT = 10.0


class Server:
    """Answers with what it is told, in upper case, until the end; then says bye."""

    def __init__(self, tls: ssl.SSLContext | None = None):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.heard = bytearray()
        self.ends: list[str] = []
        self.served = 0
        self._tls = tls
        self._open: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    def close(self):
        if self.listener.fileno() == -1:
            return
        self.listener.shutdown(socket.SHUT_RDWR)
        for each in self._open:
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(TIMEOUT)
        self.listener.close()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                client, _ = self.listener.accept()
                self.served += 1
                self._open.append(client)
                thread = threading.Thread(target=self._serve, args=[client])
                self._threads.append(thread)
                thread.start()

    def _serve(self, client):
        with client:
            try:
                if self._tls is not None:
                    client = self._tls.wrap_socket(client, server_side=True)
                while data := client.recv(65536):
                    self.heard += data
                    client.sendall(data.upper())
                client.sendall(b"bye")
                self.ends.append("end")
            except ConnectionResetError:
                self.ends.append("reset")
            except OSError:
                self.ends.append("broken")
            client.close()


@pytest.fixture
def server():
    made = Server()
    yield made
    made.close()


@pytest.fixture
def proxy(server):
    with FaultProxy(server.port, random=Random(1)) as made:
        yield made


@pytest.fixture
def connect(proxy):
    with contextlib.ExitStack() as stack:

        def make():
            place = ("127.0.0.1", proxy.port)
            return stack.enter_context(socket.create_connection(place, TIMEOUT))

        yield make


def take(client, size):
    data = b""
    while len(data) < size and (more := client.recv(size - len(data))):
        data += more
    return data


def is_silent(client, within=0.1):
    client.settimeout(within)
    try:
        client.recv(1)
    except TimeoutError:
        return True
    finally:
        client.settimeout(TIMEOUT)
    return False


def test_bytes_and_ends_pass_in_both_directions_and_are_counted(
    server, proxy, connect, eventually
):
    client = connect()
    client.sendall(b"a" * 300_000)
    assert take(client, 300_000) == b"A" * 300_000
    assert (proxy.accepted, proxy.connections) == (1, 1)
    client.shutdown(socket.SHUT_WR)
    assert take(client, 9) == b"bye"
    assert server.ends == ["end"]
    assert proxy.bytes == {"upstream": 300_000, "downstream": 300_003}
    eventually(lambda: proxy.connections == 0)


def test_tls_passes_through_slices_of_a_byte(proxy):
    ca = trustme.CA()
    far = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    ca.issue_cert("127.0.0.1").configure_cert(far)
    near = ssl.create_default_context()
    ca.configure_trust(near)
    server = Server(far)
    try:
        with FaultProxy(server.port) as between:
            between.add(Slicer())
            with (
                socket.create_connection(("127.0.0.1", between.port), TIMEOUT) as raw,
                near.wrap_socket(raw, server_hostname="127.0.0.1") as client,
            ):
                client.sendall(b"x" * 500)
                assert take(client, 500) == b"X" * 500
    finally:
        server.close()


def test_latency_delays_and_keeps_the_order(proxy, connect):
    client = connect()
    proxy.add(Latency(0.05, jitter=0.05), direction="downstream")
    begun = time.monotonic()
    for number in range(20):
        client.sendall(b"%02d" % number)
        time.sleep(0.001)
    assert take(client, 40) == b"".join(b"%02d" % number for number in range(20))
    proxy.clear()
    proxy.add(Latency(0.3), direction="upstream")
    begun = time.monotonic()
    client.sendall(b"x")
    assert take(client, 1) == b"X"
    assert time.monotonic() - begun >= 0.3


def test_what_latency_holds_is_let_go_when_the_network_is_well(proxy, connect):
    client = connect()
    proxy.add(Latency(3_600.0))
    for _ in range(3):
        client.sendall(b"x")
        time.sleep(0.01)
    assert is_silent(client)
    proxy.clear()
    assert take(client, 3) == b"XXX"


def test_a_narrow_line_takes_its_time(proxy, connect):
    client = connect()
    proxy.add(Bandwidth(10_000), direction="downstream")
    begun = time.monotonic()
    client.sendall(b"x" * 5_000)
    assert take(client, 5_000) == b"X" * 5_000
    assert time.monotonic() - begun >= 0.4


def test_slices_arrive_one_by_one(proxy, connect):
    client = connect()
    proxy.add(Slicer(2, delay=0.02), direction="downstream")
    client.sendall(b"abcdef")
    assert [client.recv(100) for _ in range(3)] == [b"AB", b"CD", b"EF"]


@pytest.mark.parametrize("direction", ["upstream", "downstream", "both"])
def test_a_black_hole_swallows_in_its_direction_until_it_is_cleared(
    server, proxy, connect, direction
):
    client = connect()
    client.sendall(b"a")
    assert take(client, 1) == b"A"
    proxy.add(BlackHole(), direction=direction)
    client.sendall(b"b")
    client.shutdown(socket.SHUT_WR)
    assert is_silent(client)
    assert (b"b" in server.heard) is (direction == "downstream")
    proxy.clear()
    assert take(client, 4) == b"Bbye"


def test_who_connects_into_a_black_hole_is_accepted_and_hears_nothing(
    server, proxy, connect
):
    proxy.add(BlackHole(), on="later")
    client = connect()
    client.sendall(b"x")
    assert is_silent(client)
    assert server.served == 0
    proxy.clear()
    assert take(client, 1) == b"X"


def test_a_reset_is_a_reset_on_both_sides(server, proxy, connect, eventually):
    client = connect()
    client.sendall(b"a")
    assert take(client, 1) == b"A"
    proxy.add(ResetPeer(), on="present")
    with pytest.raises(ConnectionResetError):
        client.recv(1)
    eventually(lambda: server.ends == ["reset"])
    assert take_all(connect(), b"again") == b"AGAIN"


def take_all(client, said):
    client.sendall(said)
    return take(client, len(said))


def test_reset_ends_those_there_are(proxy, connect):
    clients = [connect() for _ in range(3)]
    assert [take_all(client, b"x") for client in clients] == [b"X"] * 3
    assert proxy.reset() == 3
    for client in clients:
        with pytest.raises(ConnectionResetError):
            client.recv(1)
    assert (proxy.accepted, proxy.connections) == (3, 0)


@pytest.mark.parametrize("after", [0, 1, 7, 64, 70_000])
def test_a_cut_is_made_at_its_byte(server, proxy, connect, eventually, after):
    proxy.add(LimitData(after), direction="upstream", on="later")
    client = connect()
    with contextlib.suppress(OSError):  # it may be over before all is written
        client.sendall(b"x" * 100_000)
    eventually(lambda: proxy.connections == 0)
    eventually(lambda: len(server.ends) == 1)
    assert len(server.heard) == after
    assert proxy.bytes["upstream"] == after


def test_the_bytes_of_a_cut_are_counted_from_when_it_was_asked_for(
    server, proxy, connect, eventually
):
    client = connect()
    assert take_all(client, b"12345") == b"12345"
    proxy.add(ResetPeer(3), direction="upstream")
    client.sendall(b"abcdef")
    eventually(lambda: server.ends == ["reset"])
    assert server.heard == b"12345abc"


def test_limit_data_is_an_end_of_stream_for_the_client(proxy, connect):
    client = connect()
    proxy.add(LimitData(4), direction="downstream")
    client.sendall(b"abcdefgh")
    assert take(client, 100) == b"ABCD"


def test_half_close_ends_one_direction(server, proxy, connect):
    client = connect()
    proxy.add(HalfClose(2), direction="upstream")
    client.sendall(b"abcd")
    assert take(client, 100) == b"ABbye"  # the server saw the end, and could speak
    assert server.heard == b"ab"


def test_a_slow_close_is_late(proxy, connect):
    client = connect()
    proxy.add(SlowClose(0.3), direction="upstream")
    begun = time.monotonic()
    client.shutdown(socket.SHUT_WR)
    assert take(client, 3) == b"bye"
    assert time.monotonic() - begun >= 0.3


def test_down_refuses_and_up_accepts_on_the_same_port(proxy, connect):
    client = connect()
    assert take_all(client, b"x") == b"X"
    port = proxy.port
    proxy.down()
    proxy.down()  # idempotent
    with pytest.raises(ConnectionResetError):
        client.recv(1)
    with pytest.raises(ConnectionRefusedError):
        connect()
    proxy.up()
    proxy.up()
    assert proxy.port == port
    assert take_all(connect(), b"y") == b"Y"


def test_a_server_that_is_away_is_a_reset(proxy, server, connect):
    server.close()
    with pytest.raises(ConnectionResetError):  # by then, or on the way
        connect().recv(1)


def test_toxics_strike_present_connections_later_ones_or_all(proxy, connect):
    old = connect()
    assert take_all(old, b"a") == b"A"
    proxy.add(BlackHole(), on="present")
    new = connect()
    assert take_all(new, b"b") == b"B"
    old.sendall(b"c")
    assert is_silent(old)
    proxy.clear()
    assert take(old, 1) == b"C"
    proxy.add(BlackHole(), on="later")
    assert take_all(old, b"d") == b"D"
    newest = connect()
    newest.sendall(b"e")
    assert is_silent(newest)


def test_a_client_that_resets_resets_the_server(server, proxy, connect, eventually):
    client = connect()
    assert take_all(client, b"x") == b"X"
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    client.close()
    eventually(lambda: server.ends == ["reset"])
    eventually(lambda: proxy.connections == 0)


def test_it_ends_with_connections_in_every_state(server, connect, proxy):
    clients = [connect() for _ in range(4)]
    for client in clients:
        assert take_all(client, b"x") == b"X"
    proxy.add(BlackHole())
    clients[0].sendall(b"y" * 1_000_000)
    clients[1].shutdown(socket.SHUT_WR)
    clients.append(connect())  # the fixtures see that no thread and no socket is left


@pytest.mark.parametrize(
    "make",
    [
        lambda: Latency(-1),
        lambda: Bandwidth(0),
        lambda: Slicer(0),
        lambda: LimitData(-1),
        lambda: Latency(float("nan")),
    ],
)
def test_numbers_out_of_bounds_are_refused(make):
    with pytest.raises(ums.LocalProtocolError, match="out of bounds"):
        make()


def test_wrong_words_and_times_are_refused(proxy):
    with pytest.raises(ums.LocalProtocolError, match="sideways"):
        proxy.add(BlackHole(), direction="sideways")
    with pytest.raises(ums.LocalProtocolError, match="never"):
        proxy.add(BlackHole(), on="never")
    with pytest.raises(ums.LocalProtocolError, match="not open"):
        FaultProxy(1).clear()
    with FaultProxy(1) as spent:
        pass
    with pytest.raises(ums.LocalProtocolError, match="once"), spent:
        pass
