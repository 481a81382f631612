from __future__ import annotations

import pytest

import ums_actors as ums
from ums_actors.actors.messages import CloseSocket, FramesReceived, OpenSocket
from ums_actors.protocol.envelopes import Notification


def test_frames_of_an_earlier_line_have_no_effect(emulator, start, events):
    proxy = start(emulator)
    states = events(proxy, ums.StateChanged)
    proxy.open().get(timeout=10)
    emulator.cut("bot1")
    states.wait(lambda event: event.state == "READY" and event.generation == 2)
    before = proxy.status().get(timeout=5).stale
    correlator = proxy.child("correlator").get(timeout=5)
    notification = Notification("x")
    correlator.ask(FramesReceived(1, [notification]), timeout=5)
    assert proxy.status().get(timeout=5).stale == before + 1


def test_an_order_to_open_an_earlier_line_has_no_effect(emulator, start):
    proxy = start(emulator)
    proxy.open().get(timeout=10)
    socket = proxy.child("socket").get(timeout=5)
    socket.ask(OpenSocket(0, ums.Secret("ws://127.0.0.1:1/")), timeout=5)
    assert proxy.get_clock().get(timeout=5) > 0
    assert emulator.state()["sockets"] == 1


def test_what_comes_while_it_says_goodbye_is_not_sent(emulator, start):
    proxy = start(emulator)
    proxy.open().get(timeout=10)
    loop = proxy.actor_ref.actor_inbox.loop
    socket = proxy.child("socket").get(timeout=5)
    futures = []

    def at_once():
        socket.tell(CloseSocket())
        futures.append(proxy.get_clock())
        futures.append(proxy.close())

    loop.call_soon(at_once)
    proxy.wait_closed().get(timeout=10)
    with pytest.raises(ums.ConnectionLost) as caught:
        futures[0].get(timeout=5)
    assert caught.value.delivery is ums.Delivery.NOT_SENT


def test_a_full_buffer_turns_requests_away_unsent(emulator, start):
    proxy = start(emulator, options={"write_buffer_limit": 1000, "drain_timeout": 0.1})
    proxy.open().get(timeout=10)
    assert emulator.freeze("bot1") == 1
    big = {"type": ".ams.userprofile.GetUserProfile", "body": {"x": "y" * 4_000_000}}
    futures = [proxy.send(big, timeout=0.5) for _ in range(4)]
    deliveries = []
    for future in futures:
        with pytest.raises(ums.RequestError) as caught:
            future.get(timeout=10)
        deliveries.append((type(caught.value), caught.value.delivery))
    assert (ums.Overloaded, ums.Delivery.NOT_SENT) in deliveries
    assert deliveries[0] == (ums.RequestTimedOut, ums.Delivery.UNKNOWN)
