from __future__ import annotations

import pytest

import ums_actors as ums
from ums_actors.actors.messages import SubmitRequest
from ums_actors.runtime import LoopFuture


def test_a_tap_that_raises_concerns_its_own_frame_alone(emulator, start):
    class Tapped(ums.BrandWebsocketConnection):
        def _on_ums_message(self, data):
            super()._on_ums_message(data)
            raise KeyError("a user's bug")

    proxy = start(emulator, kind=Tapped)
    proxy.open().get(timeout=10)
    for _ in range(3):
        assert proxy.get_clock().get(timeout=5) > 0
    status = proxy.status().get(timeout=5)
    assert (status.state, status.restarts) == ("READY", {})
    assert status.failed_notifications >= 3


def test_what_waits_in_an_inbox_is_answered_when_a_stop_comes_first(
    emulator, start, eventually
):
    proxy = start(emulator)
    cell = proxy.actor_ref.actor_inbox
    correlator = proxy.child("correlator").get(timeout=5)
    replies = []

    def at_once():
        replies.append(LoopFuture())
        correlator.tell(SubmitRequest(".GetClock", {}, replies[0]))
        cell.stop()

    cell.loop.call_soon(at_once)
    eventually(lambda: replies)
    with pytest.raises(ums.ConnectionLost) as caught:
        replies[0].get(timeout=5)
    assert caught.value.delivery is ums.Delivery.NOT_SENT


def test_a_root_that_crashes_during_a_login_does_not_wait_for_its_deadline(
    emulator, start, events
):
    emulator.add_fault("login", count=1, value={"delay": 2.0})
    proxy = start(emulator)
    states = events(proxy, ums.StateChanged)
    proxy.open()
    states.wait(lambda event: event.state == "AUTHENTICATING")
    proxy.status().get(timeout=5)
    proxy.subscribe.defer(object())  # a bad target, told: a crash
    states.wait(lambda event: event.state == "BACKING_OFF", timeout=5)
    states.wait(lambda event: event.state == "READY")
