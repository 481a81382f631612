"""T20: what a line that is over still delivers has no effect."""

from __future__ import annotations

import pytest

import ums_actors as ums
from ums_actors.actors.messages import FramesReceived
from ums_actors.protocol.envelopes import decode_message

COUNT = 500
GENEROUS = 20.0


def test_a_zombie_line_answers_nobody_and_tells_nobody(emulator, start, events):
    """Its answers carry the ids of requests that wait on the line of today."""
    proxy = start(emulator, options={"request_timeout": 600.0})
    states = events(proxy, ums.StateChanged)
    proxy.open().get(timeout=GENEROUS)
    emulator.cut("bot1")
    states.wait(lambda event: event.state == "READY" and event.generation == 2)
    sent = events(proxy, ums.RequestSent)
    told = events(proxy, ums.NotificationReceived)
    emulator.add_fault("drop", value=".GetClock")
    waiting = [proxy.send({"type": ".GetClock", "body": {}}) for _ in range(COUNT)]
    proxy.get_user_profile().get(timeout=GENEROUS)
    while len(sent.seen) < COUNT:
        sent.wait(lambda event: event.type == ".GetClock")
    ids = [each.request_id for each in sent.seen if each.type == ".GetClock"]
    before = proxy.status().get(timeout=5)

    correlator = proxy.child("correlator").get(timeout=5)
    answers = [
        decode_message(
            b'{"kind":"resp","reqId":"%s","code":200,"type":"x","body":{}}'
            % each.encode()
        )
        for each in ids
    ]
    notice = decode_message(b'{"kind":"notification","type":"zombie","body":{}}')
    for answer in answers:
        correlator.tell(FramesReceived(1, [answer, notice]))
    correlator.ask(FramesReceived(1, []), timeout=GENEROUS)  # behind all of them

    after = proxy.status().get(timeout=5)
    assert len(ids) == COUNT
    assert after.stale - before.stale == 2 * COUNT
    assert after.in_flight == before.in_flight
    assert not any(future.done() for future in waiting)
    heard = [told.queue.get() for _ in range(told.queue.qsize())]
    assert not any(event.type == "zombie" for event in heard)
    emulator.cut("bot1")
    for future in waiting:
        with pytest.raises(ums.ConnectionLost):
            future.get(timeout=GENEROUS)


def test_the_line_of_today_is_unharmed(emulator, start, events):
    proxy = start(emulator)
    states = events(proxy, ums.StateChanged)
    proxy.open().get(timeout=GENEROUS)
    emulator.cut("bot1")
    states.wait(lambda event: event.state == "READY" and event.generation == 2)
    correlator = proxy.child("correlator").get(timeout=5)
    notice = decode_message(b'{"kind":"notification","type":"zombie","body":{}}')
    clocks = []
    for _ in range(COUNT):
        correlator.tell(FramesReceived(1, [notice]))
        clocks.append(proxy.get_clock())
    assert all(clock.get(timeout=GENEROUS) > 0 for clock in clocks)
    assert proxy.status().get(timeout=5).generation == 2
