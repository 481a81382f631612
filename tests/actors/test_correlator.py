from __future__ import annotations

import pytest

import ums_actors as ums


def profile() -> dict:
    return {"type": ".ams.userprofile.GetUserProfile", "body": {}}


def test_a_short_deadline_behind_a_long_one_is_kept(emulator, start):
    proxy = start(emulator)
    proxy.open().get(timeout=10)
    emulator.add_fault("drop", count=2, value=".ams.userprofile.GetUserProfile")
    long = proxy.send(profile(), timeout=3600)
    with pytest.raises(ums.RequestTimedOut):
        proxy.send(profile(), timeout=0.2).get(timeout=5)
    assert not long.done()


def test_a_request_put_back_by_a_lost_line_keeps_the_patience_of_the_queue(
    emulator, start
):
    proxy = start(emulator, options={"queue_timeout": 0.5, "backoff_base": 60.0})
    proxy.open().get(timeout=10)
    emulator.add_fault("drop", count=1, value=".ams.userprofile.GetUserProfile")
    emulator.add_fault("handshake")
    doomed = proxy.send(profile(), timeout=3600, resend=True)
    proxy.get_clock().get(timeout=5)  # behind it on the wire: it has been written
    emulator.cut("bot1")
    with pytest.raises(ums.RequestTimedOut) as caught:
        doomed.get(timeout=5)
    assert caught.value.delivery is ums.Delivery.UNKNOWN


@pytest.mark.parametrize("timeout", ["5", float("nan"), -1])
def test_a_timeout_that_is_none_is_the_callers_error(emulator, start, timeout):
    proxy = start(emulator)
    proxy.open().get(timeout=10)
    with pytest.raises(ums.LocalProtocolError, match="timeout"):
        proxy.send(profile(), timeout=timeout).get(timeout=5)
    assert proxy.status().get(timeout=5).restarts == {}


def test_those_whom_a_stop_finds_in_the_inbox_are_answered(emulator, start):
    proxy = start(emulator, options={"queue_limit": 100_000})
    futures = [proxy.send(profile()) for _ in range(2_000)]
    assert proxy.actor_ref.stop(timeout=10)
    for future in futures:
        with pytest.raises(Exception):  # noqa: B017  (that it comes is the point)
            future.get(timeout=5)


@pytest.mark.parametrize("singly", [False, True])
def test_a_request_over_which_it_crashes_is_answered_and_never_sent(
    emulator, start, monkeypatch, events, singly
):
    from ums_actors.actors import batch, correlator

    proxy = start(emulator)
    states = events(proxy, ums.StateChanged)
    if singly:
        events(proxy, ums.RequestSent)
    proxy.open().get(timeout=10)
    encode = batch.encode_request

    def explode(request_id, request_type, *more):
        if "GetUserProfile" in request_type:
            raise SystemExit
        return encode(request_id, request_type, *more)

    monkeypatch.setattr(correlator if singly else batch, "encode_request", explode)
    with pytest.raises(ums.ConnectionLost) as caught:
        proxy.send(profile()).get(timeout=5)
    assert caught.value.delivery is ums.Delivery.NOT_SENT
    monkeypatch.undo()
    states.wait(lambda event: event.state == "READY" and event.generation == 2)
    assert proxy.get_clock().get(timeout=5) > 0
    sent = [entry["frame"].get("type", "") for entry in emulator.log("bot1")]
    assert ".ams.userprofile.GetUserProfile" not in sent
    assert proxy.status().get(timeout=5).in_flight == 0


def test_an_answer_over_which_it_crashes_does_not_leave_its_caller_hanging(
    emulator, start, monkeypatch
):
    from ums_actors.actors import batch, replies

    def explode(body):
        raise SystemExit

    proxy = start(emulator)
    proxy.open().get(timeout=10)
    monkeypatch.setattr(batch, "decode_plain", explode)
    monkeypatch.setattr(replies, "decode_body", explode)
    with pytest.raises(ums.ConnectionLost) as caught:
        proxy.send(profile()).get(timeout=5)
    assert caught.value.delivery is ums.Delivery.ANSWERED
    monkeypatch.undo()
    assert proxy.get_clock().get(timeout=10) > 0
