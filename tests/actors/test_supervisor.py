from __future__ import annotations

import time

import pytest

import ums_actors as ums
from ums_actors.actors import announce as announcing
from ums_actors.actors import pilot


def ready(generation: int):
    return lambda event: event.state == "READY" and event.generation >= generation


@pytest.mark.parametrize("child", ["correlator", "socket", "token", "supervisor"])
def test_a_crash_while_backing_off_does_not_stop_the_attempts(
    emulator, start, events, child
):
    class Chance:
        def random(self):
            return 0.9  # else the pause might be over before the crash

    proxy = start(emulator, options={"backoff_base": 0.6})
    proxy.actor_ref.actor_inbox.runtime.random = Chance()
    states = events(proxy, ums.StateChanged)
    emulator.add_fault("handshake", count=1, value=502)
    opened = proxy.open()
    states.wait(lambda event: event.state == "BACKING_OFF")
    proxy.child(child).get(timeout=5).tell(object())
    opened.get(timeout=10)


def test_a_close_that_a_crash_of_the_socket_overtakes_does_not_spoil_the_next_line(
    emulator, start
):
    proxy = start(emulator)
    proxy.open().get(timeout=10)
    proxy.child("socket").get(timeout=5).tell(object())
    proxy.close().get(timeout=10)
    began = time.monotonic()
    proxy.open().get(timeout=30)
    assert time.monotonic() - began < 10
    assert proxy.status().get(timeout=5).generation == 2


@pytest.mark.parametrize("target", ["READY", "CLOSED", "BACKING_OFF"])
def test_a_crash_in_the_midst_of_a_transition_leaves_nobody_waiting(
    emulator, start, monkeypatch, target
):
    real = announcing.announce

    def explode(kernel, previous, now):
        real(kernel, previous, now)
        if kernel.session.state == target:
            monkeypatch.setattr(pilot, "announce", real)
            raise SystemExit

    proxy = start(emulator)
    if target == "BACKING_OFF":
        emulator.add_fault("handshake", count=1, value=502)
    queued = proxy.get_clock()
    monkeypatch.setattr(pilot, "announce", explode)
    opened = proxy.open()
    if target == "CLOSED":
        opened.get(timeout=10)
        proxy.close().get(timeout=10)
        return
    opened.get(timeout=10)
    assert queued.get(timeout=10) > 0


def test_the_text_of_a_foreign_exception_is_not_told(emulator, start, monkeypatch):
    from ums_actors.actors.socket import SocketActor

    def explode(self):
        raise KeyError("secret-in-the-text")

    monkeypatch.setattr(SocketActor, "_on_drained", explode)
    proxy = start(emulator, options={"restart_intensity": 0})
    with pytest.raises(ums.UMSError) as caught:
        proxy.open().get(timeout=10)
    status = proxy.status().get(timeout=5)
    told = repr(status) + repr(caught.value) + repr(vars(caught.value))
    assert "KeyError" in told
    assert "secret-in-the-text" not in told


def test_open_right_behind_close_opens_again(emulator, start):
    proxy = start(emulator)
    proxy.close()
    proxy.open().get(timeout=10)
    assert proxy.get_clock().get(timeout=5) > 0


def test_open_right_behind_close_of_a_ready_line_says_what_became_of_it(
    emulator, start, eventually
):
    proxy = start(emulator)
    proxy.open().get(timeout=10)
    futures = []
    proxy.actor_ref.actor_inbox.loop.call_soon(
        lambda: futures.extend((proxy.close(), proxy.open()))
    )
    eventually(lambda: len(futures) == 2)
    futures[0].get(timeout=10)
    with pytest.raises(ums.ConnectionLost):
        futures[1].get(timeout=10)
    assert proxy.status().get(timeout=5).state == "CLOSED"


def test_a_root_that_crashes_on_and_on_leaves_nothing_open(emulator, start, eventually):
    proxy = start(emulator)
    proxy.open().get(timeout=10)
    children = [proxy.child(name).get(timeout=5) for name in ("token", "supervisor")]
    for _ in range(10):
        proxy.subscribe.defer(object())
    eventually(lambda: not proxy.actor_ref.is_alive())
    eventually(lambda: not any(child.is_alive() for child in children))
    eventually(lambda: emulator.state()["sockets"] == 0)


def test_a_login_that_waits_at_the_gate_is_not_begun_after_close(emulator, start):
    class Gate:
        def delay(self, now):
            return 0.3

    proxy = start(emulator)
    proxy.actor_ref.actor_inbox.runtime.gate = Gate()
    proxy.open()
    proxy.close().get(timeout=5)
    time.sleep(0.6)
    assert emulator.state()["logins"] == 0


def test_a_crash_in_ready_does_not_cost_the_renewal_of_the_budgets(
    emulator, start, eventually
):
    proxy = start(emulator, options={"restart_intensity": 2, "stable_after": 0.4})
    proxy.open().get(timeout=10)
    token = proxy.child("token").get(timeout=5)
    token.tell(object())
    token.tell(object())
    eventually(lambda: proxy.status().get(timeout=5).restarts_left["token"] == 0)
    proxy.child("supervisor").get(timeout=5).tell(object())
    status = proxy.status().get(timeout=5)
    assert (status.state, status.restarts_left["token"]) == ("READY", 0)
    eventually(lambda: proxy.status().get(timeout=5).restarts_left["token"] == 2)
