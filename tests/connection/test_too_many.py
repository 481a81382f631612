from __future__ import annotations

import time
from collections import Counter

import pytest

import ums_actors as ums

PROFILE = ".ams.userprofile.GetUserProfile"
REQUEST = {"type": PROFILE, "body": {}}
SUBSCRIBE = ".ams.aam.SubscribeExConversations"


def refuse(emulator, count=1, kind=PROFILE):
    emulator.add_fault("reject", count=count, value={"code": 429, "type": kind})


def answers(emulator, kind):
    """The codes with which requests of a type were answered, in order."""
    log = emulator.log("bot1")
    wanted = {
        entry["frame"]["id"]
        for entry in log
        if entry["dir"] == "in" and entry["frame"].get("type") == kind
    }
    return [
        entry["frame"]["code"]
        for entry in log
        if entry["dir"] == "out" and entry["frame"].get("reqId") in wanted
    ]


def test_a_request_that_was_too_many_is_sent_again_after_a_second(emulator, start):
    proxy = start(emulator)
    proxy.open().get(timeout=10)
    refuse(emulator)
    began = time.monotonic()
    assert proxy.send(REQUEST).get(timeout=10)
    assert time.monotonic() - began >= 1.0
    assert answers(emulator, PROFILE) == [429, 200]
    status = proxy.status().get(timeout=5)
    assert (status.resting, status.in_flight, status.queued) == (0, 0, 0)


def test_who_wants_to_know_at_once_is_told(emulator, start):
    proxy = start(emulator, options={"retry_too_many": False})
    proxy.open().get(timeout=10)
    refuse(emulator)
    with pytest.raises(ums.RequestRejected) as caught:
        proxy.send(REQUEST).get(timeout=5)
    assert (caught.value.code, caught.value.retry_after) == (429, 1.0)
    assert caught.value.delivery is ums.Delivery.ANSWERED
    assert answers(emulator, PROFILE) == [429]


def test_what_may_be_resent_is_sent_again_all_the_same(emulator, start):
    proxy = start(emulator, options={"retry_too_many": False})
    proxy.open().get(timeout=10)
    refuse(emulator)
    assert proxy.send(REQUEST, resend=True).get(timeout=10)


def test_a_request_is_not_sent_again_beyond_its_deadline(emulator, start):
    proxy = start(emulator)
    proxy.open().get(timeout=10)
    refuse(emulator, count=100)
    began = time.monotonic()
    with pytest.raises(ums.RequestRejected) as caught:
        proxy.send(REQUEST, timeout=2.5).get(timeout=10)
    assert caught.value.retry_after == 1.0
    assert time.monotonic() - began < 3.5
    assert proxy.status().get(timeout=5).resting == 0


def test_the_library_s_own_subscription_is_made_in_spite_of_a_429(emulator, start):
    refuse(emulator, kind=SUBSCRIBE)
    proxy = start(emulator, options={"retry_too_many": False})
    proxy.open().get(timeout=10)
    assert answers(emulator, SUBSCRIBE) == [429, 200]
    assert proxy.status().get(timeout=5).generation == 1


def test_a_burst_is_answered_whole_at_the_rate_that_the_service_bears(
    emulator, start, eventually
):
    proxy = start(emulator, options={"request_timeout": 30.0})
    proxy.open().get(timeout=10)
    assert proxy.status().get(timeout=5).window == 10_000
    emulator.add_fault("too-many", value=8)
    emulator.add_fault("delay", value={"seconds": 0.03, "types": PROFILE})
    futures = [proxy.send(REQUEST) for _ in range(60)]
    for future in futures:
        assert future.get(timeout=30)
    codes = Counter(answers(emulator, PROFILE))
    assert codes[200] == 60
    assert codes[429] >= 1
    assert 1 <= proxy.status().get(timeout=5).window <= 60
    emulator.clear_faults()
    proxy.send(REQUEST).get(timeout=5)


def test_what_finds_no_room_in_the_window_waits_unsent(emulator, start, eventually):
    proxy = start(emulator, options={"retry_too_many": False})
    proxy.open().get(timeout=10)
    refuse(emulator)
    with pytest.raises(ums.RequestRejected):
        proxy.send(REQUEST).get(timeout=5)
    assert proxy.status().get(timeout=5).window == 1
    emulator.add_fault("drop", value=PROFILE)
    futures = [proxy.send(REQUEST, timeout=60) for _ in range(3)]
    eventually(lambda: proxy.status().get(timeout=5).in_flight == 1)
    assert proxy.status().get(timeout=5).queued == 2
    proxy.close().get(timeout=10)
    verdicts = []
    for future in futures:
        with pytest.raises(ums.ConnectionLost) as caught:
            future.get(timeout=5)
        verdicts.append(caught.value.delivery)
    assert verdicts == [ums.Delivery.UNKNOWN] + [ums.Delivery.NOT_SENT] * 2


def test_the_next_line_begins_with_an_open_window(emulator, start, events):
    proxy = start(emulator, options={"retry_too_many": False})
    states = events(proxy, ums.StateChanged)
    proxy.open().get(timeout=10)
    refuse(emulator)
    with pytest.raises(ums.RequestRejected):
        proxy.send(REQUEST).get(timeout=5)
    emulator.cut("bot1")
    states.wait(lambda event: event.state == "READY" and event.generation == 2)
    assert proxy.status().get(timeout=5).window == 10_000


def test_a_request_that_rests_when_its_line_is_cut_goes_out_on_the_next(
    emulator, start, eventually
):
    proxy = start(emulator)
    proxy.open().get(timeout=10)
    refuse(emulator)
    future = proxy.send(REQUEST)
    eventually(lambda: proxy.status().get(timeout=5).resting == 1)
    emulator.cut("bot1")
    assert future.get(timeout=10)
    assert answers(emulator, PROFILE) == [429, 200]


def test_a_request_that_rests_survives_a_crash_of_the_correlator(
    emulator, start, eventually
):
    proxy = start(emulator)
    proxy.open().get(timeout=10)
    refuse(emulator)
    future = proxy.send(REQUEST)
    eventually(lambda: proxy.status().get(timeout=5).resting == 1)
    proxy.child("correlator").get(timeout=5).tell(object())
    assert future.get(timeout=10)


def test_a_request_that_rests_is_answered_when_the_connection_closes(
    emulator, start, eventually
):
    proxy = start(emulator)
    proxy.open().get(timeout=10)
    refuse(emulator)
    future = proxy.send(REQUEST)
    eventually(lambda: proxy.status().get(timeout=5).resting == 1)
    proxy.close().get(timeout=10)
    with pytest.raises(ums.ConnectionLost) as caught:
        future.get(timeout=5)
    assert caught.value.delivery is ums.Delivery.NOT_SENT


def test_a_service_that_refuses_all_is_asked_no_more_than_the_window_lets(
    emulator, start
):
    proxy = start(emulator)
    proxy.open().get(timeout=10)
    refuse(emulator, count=10_000)
    futures = [proxy.send(REQUEST, timeout=2.0) for _ in range(100)]
    for future in futures:  # its time may end just when it has been sent again
        with pytest.raises((ums.RequestRejected, ums.RequestTimedOut)):
            future.get(timeout=10)
    assert len(answers(emulator, PROFILE)) <= 100 * 3
    assert proxy.status().get(timeout=5).window == 1
