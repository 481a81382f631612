from __future__ import annotations

import threading

import pytest

import ums_actors as ums


class Stuck:
    """A token source whose login ends when it is closed."""

    def __init__(self):
        self.closed = threading.Event()

    def login(self, timeout):
        self.closed.wait(timeout)
        raise ums.LoginError("closed")

    def refresh(self, session, timeout):
        raise AssertionError

    logout = refresh

    def close(self):
        self.closed.set()


def test_a_stop_during_a_stuck_login_does_not_wait_for_it(
    emulator, start, eventually, monkeypatch
):
    monkeypatch.setattr("ums_actors.actors.departure._LAST_LOGIN", 0.2)
    source = Stuck()
    proxy = start(emulator, auth=source)
    opened, token = proxy.open(), proxy.get_token()
    eventually(lambda: proxy.status().get(timeout=5).state == "AUTHENTICATING")
    assert proxy.actor_ref.stop(timeout=10)  # half of the login's own deadline
    eventually(source.closed.is_set)  # on a worker, before the runtime closes
    for future in (opened, token):
        with pytest.raises(ums.UMSError):
            future.get(timeout=10)


def test_a_stop_during_a_stuck_upgrade_leaves_no_socket(emulator, start, eventually):
    emulator.add_fault("handshake", count=1, value={"delay": 60.0})
    proxy = start(emulator, options={"connect_timeout": 60.0})
    opened = proxy.open()
    eventually(lambda: proxy.status().get(timeout=5).state == "CONNECTING")
    assert proxy.actor_ref.stop(timeout=20)
    with pytest.raises(ums.ConnectionLost):
        opened.get(timeout=10)


def test_two_stops_at_once_both_end(emulator, start):
    proxy = start(emulator)
    proxy.open().get(timeout=10)
    one, two = proxy.actor_ref.stop(block=False), proxy.actor_ref.stop(block=False)
    one.get(timeout=10)
    two.get(timeout=10)
    assert not proxy.actor_ref.is_alive()


def test_a_close_while_restoring_is_final(emulator, start, eventually):
    emulator.add_fault(
        "delay", value={"seconds": 0.5, "types": ".ams.aam.SubscribeExConversations"}
    )
    proxy = start(emulator)
    opened = proxy.open()
    eventually(lambda: proxy.status().get(timeout=5).state == "RESTORING")
    proxy.close().get(timeout=5)
    with pytest.raises(ums.ConnectionLost):
        opened.get(timeout=1)
    assert proxy.status().get(timeout=5).state == "CLOSED"
    eventually(lambda: emulator.state()["sockets"] == 0)


def test_what_waits_for_the_end_hears_of_each_end(emulator, start):
    proxy = start(emulator)
    for _ in range(2):
        proxy.open().get(timeout=10)
        closed = proxy.wait_closed()
        assert not closed.done()
        proxy.close().get(timeout=10)
        assert any("CLOSED" in line for line in closed.get(timeout=5))
