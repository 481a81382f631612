"""A connection whose agent may become another process's: it falls silent in time."""

from __future__ import annotations

import threading

import pytest

import ums_actors as ums
from ums_actors.cluster.permit import Permit
from ums_actors.emulator import running_emulator
from ums_actors.testing.clock import VirtualClock
from ums_actors.testing.fault_proxy import BlackHole, FaultProxy

NOT_SENT, UNKNOWN = ums.Delivery.NOT_SENT, ums.Delivery.UNKNOWN
CLOCK = {"type": ".GetClock", "body": {}}
END = 10.0
FENCED = "fenced: another process may own this agent by now"


class Place:
    """An emulator behind proxies that count, and a tenure whose time is moved by hand.

    Attributes:
        permit: of the runtime; epoch 1 runs until second 10 of its clock.
    """

    def __init__(self, emulator, login, socket, runtime, start):
        self.emulator, self.login, self.socket = emulator, login, socket
        self._start = start
        self.clock = VirtualClock(0.0)
        self.permit = Permit(self.clock)
        self.permit.run(1, END)
        runtime.tenure = self.permit

    def start(self, **more):
        socket, login = self.socket.port, self.login.port
        end = "s" if self.emulator.tls else ""
        domains = {
            "facadeMsg": f"ws{end}://127.0.0.1:{socket}",
            "agentVep": f"http{end}://127.0.0.1:{login}",
        }
        return self._start(self.emulator, domains=domains, **more)

    def opened(self, **more):
        proxy = self.start(**more)
        proxy.open().get(timeout=10)
        return proxy

    def pass_end(self):
        """Let the time be over, with nobody being told."""
        self.clock.move_to(END)

    def said(self):
        """Give the bytes that came from the connection, on whatever way."""
        return self.login.bytes["upstream"], self.socket.bytes["upstream"]


@pytest.fixture(params=[False, True], ids=["plain", "tls"])
def either(request):
    with running_emulator(users=2, tls=request.param) as emulator:
        yield emulator


@pytest.fixture
def place(either, runtime, start):
    port = int(either.csds.rpartition(":")[2])
    with FaultProxy(port) as login, FaultProxy(port) as socket:
        yield Place(either, login, socket, runtime, start)


def state_of(proxy):
    return proxy.status().get(timeout=10).state


def ended(proxy):
    """Wait for the end; give the state."""
    proxy.wait_closed().get(timeout=20)
    return state_of(proxy)


def delivery_of(future):
    with pytest.raises(ums.ConnectionLost) as caught:
        future.get(timeout=10)
    return caught.value.delivery


def test_with_the_lease_all_is_as_without(place):
    proxy = place.opened()
    assert proxy.get_clock().get(timeout=10) > 0


def test_at_the_end_it_is_closed_without_a_word(place, eventually):
    proxy = place.opened()
    eventually(lambda: proxy.get_clock().get(timeout=10) > 0)
    said = place.said()
    place.pass_end()
    place.permit.end()
    assert ended(proxy) == "CLOSED"
    eventually(lambda: place.emulator.state()["sockets"] == 0)
    assert place.said() == said  # no request, no close frame, no word of TLS
    status = proxy.status().get(timeout=10)
    assert FENCED in status.last_reason
    assert status.logins == 1


def test_what_comes_after_the_end_is_not_sent_though_nobody_has_told(place, eventually):
    proxy = place.opened()
    assert proxy.get_clock().get(timeout=10) > 0
    said = place.said()
    place.pass_end()
    assert delivery_of(proxy.get_clock()) is NOT_SENT
    assert ended(proxy) == "CLOSED"
    eventually(lambda: place.emulator.state()["sockets"] == 0)
    assert place.said() == said


def test_what_was_sent_and_not_answered_is_unknown(place):
    proxy = place.opened()
    place.socket.add(BlackHole(), direction="downstream")
    future = proxy.get_clock()
    with pytest.raises(ums.RequestTimedOut):
        proxy.send(CLOCK, timeout=0.3).get(timeout=10)
    place.pass_end()
    place.permit.end()
    assert delivery_of(future) is UNKNOWN


def test_another_epoch_does_not_give_the_old_line_leave(place):
    proxy = place.opened()
    place.permit.run(2, 2 * END)
    assert delivery_of(proxy.get_clock()) is NOT_SENT
    assert ended(proxy) == "CLOSED"
    proxy.open().get(timeout=10)
    assert proxy.get_clock().get(timeout=10) > 0
    place.permit.end()
    assert ended(proxy) == "CLOSED"


def test_the_end_of_an_epoch_that_is_over_touches_no_later_line(place):
    proxy = place.opened()
    supervisor = proxy.child("supervisor").get(timeout=5)
    from ums_actors.actors.messages import TenureEnded

    supervisor.ask(TenureEnded(77), timeout=5)
    assert state_of(proxy) == "READY"


def test_pings_are_not_answered_and_none_are_sent(place, eventually):
    proxy = place.opened(options={"ping_interval": 0.2, "pong_timeout": 5.0})
    said = place.socket.bytes["upstream"]
    eventually(lambda: place.socket.bytes["upstream"] > said)
    kernel = proxy.actor_ref.actor_inbox.keep
    stop = threading.Event()
    # between two beats: else a ping may be on its way through the proxy
    kernel.loop.call_soon(lambda: (place.pass_end(), stop.set()))
    assert stop.wait(10)
    assert ended(proxy) == "CLOSED"  # the next beat finds out
    eventually(lambda: place.emulator.state()["sockets"] == 0)


def test_close_says_no_goodbye_after_the_end(place, eventually):
    proxy = place.opened()
    assert proxy.get_clock().get(timeout=10) > 0
    said = place.said()
    place.pass_end()
    proxy.close().get(timeout=20)
    eventually(lambda: place.emulator.state()["sockets"] == 0)
    assert place.said() == said


def test_close_before_the_end_says_goodbye(place, eventually):
    proxy = place.opened()
    said = place.said()
    proxy.close().get(timeout=20)
    eventually(lambda: place.emulator.state()["sockets"] == 0)
    assert place.said()[1] > said[1]


def test_without_a_lease_there_is_neither_login_nor_line(place):
    place.permit.end()
    proxy = place.start()
    with pytest.raises(ums.LeaseLost, match="open\\(\\) again") as caught:
        proxy.open().get(timeout=10)
    assert caught.value.epoch == 0
    assert state_of(proxy) == "CLOSED"
    assert place.said() == (0, 0)
    place.permit.run(5, END)
    proxy.open().get(timeout=10)
    assert state_of(proxy) == "READY"


class Closed:
    """A gate that lets nobody through for a while."""

    def delay(self, now):
        return 1_000.0


def test_who_waits_at_the_gate_hears_of_the_end(place, runtime, eventually):
    runtime.gate = Closed()
    proxy = place.start()
    opening = proxy.open()
    eventually(lambda: state_of(proxy) == "AUTHENTICATING")
    place.permit.end()
    with pytest.raises(ums.LeaseLost):
        opening.get(timeout=20)
    assert place.said() == (0, 0)


def test_who_is_closed_at_the_gate_has_lost_no_lease(place, runtime, eventually):
    runtime.gate = Closed()
    proxy = place.start()
    opening = proxy.open()
    eventually(lambda: state_of(proxy) == "AUTHENTICATING")
    proxy.close().get(timeout=20)
    with pytest.raises(ums.ConnectionLost, match="stopped on request"):
        opening.get(timeout=20)


class Slow:
    """A gate at which the tenure changes while one waits."""

    def __init__(self, place, epoch):
        self.place, self.epoch = place, epoch

    def delay(self, now):
        self.place.permit.run(self.epoch, END)
        return 0.01


@pytest.mark.parametrize(("epoch", "state"), [(0, "CLOSED"), (2, "READY")])
def test_what_counts_is_whose_it_is_when_the_turn_comes(place, runtime, epoch, state):
    runtime.gate = Slow(place, epoch)
    proxy = place.start()
    opening = proxy.open()
    if epoch:
        opening.get(timeout=20)
    else:
        with pytest.raises(ums.LeaseLost):
            opening.get(timeout=20)
    assert state_of(proxy) == state


def test_a_token_is_neither_fetched_nor_refreshed_without_a_lease(place, eventually):
    proxy = place.opened()
    place.permit.end()
    assert ended(proxy) == "CLOSED"
    eventually(lambda: place.emulator.state()["sockets"] == 0)
    said = place.said()
    with pytest.raises(ums.LeaseLost):
        proxy.refresh_token().get(timeout=10)
    assert place.said() == said


def test_nobody_is_logged_out_without_a_lease(place, eventually):
    proxy = place.opened()
    place.permit.end()
    assert ended(proxy) == "CLOSED"
    eventually(lambda: place.emulator.state()["sockets"] == 0)
    said = place.said()
    proxy.actor_ref.stop(timeout=20)
    assert place.said() == said


def test_between_two_attempts_it_is_closed_at_once(place, eventually):
    proxy = place.opened(options={"backoff_base": 1_000.0})
    place.emulator.cut("bot1")
    eventually(lambda: state_of(proxy) == "BACKING_OFF")
    place.permit.end()
    assert ended(proxy) == "CLOSED"


def test_an_attempt_under_way_is_aborted(place, eventually):
    place.socket.add(BlackHole())
    proxy = place.start(options={"connect_timeout": 100.0})
    opening = proxy.open()
    eventually(lambda: state_of(proxy) == "CONNECTING")
    eventually(lambda: place.socket.accepted)
    place.permit.end()
    with pytest.raises(ums.LeaseLost):
        opening.get(timeout=20)
    assert ended(proxy) == "CLOSED"


def test_a_login_under_way_brings_no_line(place, eventually):
    place.login.add(BlackHole(), direction="downstream")
    proxy = place.start(options={"login_timeout": 100.0})
    opening = proxy.open()
    eventually(lambda: place.login.bytes["upstream"])
    place.permit.end()
    with pytest.raises(ums.LeaseLost):
        opening.get(timeout=20)
    place.login.clear()
    proxy.actor_ref.stop(timeout=20)
    assert place.socket.accepted == 0


def test_an_attempt_that_fails_after_the_end_is_not_repeated(place, eventually):
    place.emulator.add_fault("handshake", value={"status": 502, "delay": 0.5})
    proxy = place.start()
    opening = proxy.open()
    eventually(lambda: place.socket.bytes["upstream"])
    place.pass_end()
    with pytest.raises(ums.LeaseLost):
        opening.get(timeout=20)
    assert ended(proxy) == "CLOSED"


def test_a_supervisor_that_has_stopped_need_not_be_told(place):
    proxy = place.opened()
    kernel = proxy.actor_ref.actor_inbox.keep
    proxy.actor_ref.stop(timeout=20)
    kernel.tenancy._ended(1)
    place.permit.end()
    assert not kernel.refs["supervisor"].is_alive()


def test_how_it_ended_is_told_as_an_exit_that_nothing_follows(place, events):
    proxy = place.opened()
    exits = events(proxy, ums.ExitReported)
    place.permit.end()
    told = exits.wait(lambda event: event.who == "line")
    assert (told.verdict, told.delay, told.reason) == ("STOP", None, FENCED)
