from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ums_actors.core.heartbeat import Beat, Heartbeat


def test_a_line_that_talks_is_not_pinged():
    heartbeat = Heartbeat(20.0, 10.0, 100.0)
    for now in range(100, 200, 19):
        heartbeat.heard(now)
        assert heartbeat.check(now + 18.9) is Beat.NOTHING
        assert heartbeat.next_at() == now + 20


def test_a_silent_line_is_pinged_once_and_then_dead():
    heartbeat = Heartbeat(20.0, 10.0, 100.0)
    assert heartbeat.check(119.9) is Beat.NOTHING
    assert heartbeat.check(120.0) is Beat.PING
    assert heartbeat.next_at() == 130.0
    assert heartbeat.check(120.0) is Beat.NOTHING
    assert heartbeat.check(129.9) is Beat.NOTHING
    assert heartbeat.check(130.0) is Beat.DEAD
    assert heartbeat.check(131.0) is Beat.DEAD


@pytest.mark.parametrize("heard_at", [120.0, 125.0, 129.9])
def test_any_byte_after_the_ping_proves_life(heard_at):
    heartbeat = Heartbeat(20.0, 10.0, 100.0)
    heartbeat.check(120.0)
    heartbeat.heard(heard_at)
    assert heartbeat.check(130.0) is Beat.NOTHING
    assert heartbeat.next_at() == heard_at + 20.0
    assert heartbeat.check(heard_at + 20.0) is Beat.PING


def test_more_pings_do_not_prolong_the_life_of_a_silent_peer():
    heartbeat = Heartbeat(5.0, 12.0, 0.0)
    beats = [heartbeat.check(float(now)) for now in range(18)]
    assert [now for now, beat in enumerate(beats) if beat is Beat.PING] == [5, 10, 15]
    assert beats[16] is Beat.NOTHING
    assert beats[17] is Beat.DEAD
    assert heartbeat.next_at() == 17.0


def test_a_line_that_never_spoke_is_pinged():
    assert Heartbeat(20.0, 10.0).check(1_000.0) is Beat.PING
    assert Heartbeat(20.0, 10.0).next_at() == 20.0


@given(
    interval=st.integers(1, 50),
    timeout=st.integers(1, 50),
    heard=st.sets(st.integers(0, 300)),
)
def test_a_peer_is_dead_if_and_only_if_it_was_silent_after_a_ping(
    interval, timeout, heard
):
    heartbeat = Heartbeat(interval, timeout, 0)
    last, pings = 0, []
    for now in range(301):
        if now in heard:
            heartbeat.heard(now)
            last, pings = now, []
        beat = heartbeat.check(now)
        dead = bool(pings) and now >= pings[0] + timeout
        due = now >= max([last, *pings]) + interval
        assert beat is (Beat.DEAD if dead else Beat.PING if due else Beat.NOTHING)
        if dead:
            break
        if due:
            pings.append(now)
        assert heartbeat.next_at() > now
