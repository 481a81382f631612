from __future__ import annotations

import threading

import pytest

from ums_actors.errors import (
    ConnectionLost,
    Delivery,
    LocalProtocolError,
    RequestRejected,
    RequestTimedOut,
    RingNotWaiting,
)
from ums_actors.model.ring import Ring
from ums_actors.protocol.enums import RingState
from ums_actors.protocol.routing import RingDetails
from ums_actors.runtime import LoopFuture

ACCEPTED, REJECTED = RingState.ACCEPTED, RingState.REJECTED


class Desk:
    """Notes what is asked, and leaves the answering to the test."""

    def __init__(self):
        self.asked = []
        self.answers = []
        self.arrivals = []
        self.patience = []

    def answer(self, ring_id, state):
        self.asked.append((ring_id, state))
        self.answers.append(LoopFuture())
        return self.answers[-1]

    def arrival(self, ring, timeout):
        self.patience.append(timeout)
        self.arrivals.append(LoopFuture())
        return self.arrivals[-1]


@pytest.fixture
def desk():
    return Desk()


@pytest.fixture
def ring(desk):
    details = RingDetails(
        ring_id="r",
        ring_state="WAITING",
        ring_expiration=72000,
        ring_expiration_ts=1700000072000,
        weight=3,
        conv_id="c",
        consumer_id="u",
        skill_id="-1",
        brand_id="A",
    )
    return Ring(details, desk)


def value(future):
    return future.get(timeout=0)


def lost(delivery=Delivery.UNKNOWN):
    return ConnectionLost("the line was lost", delivery=delivery)


def test_it_says_what_is_offered(ring):
    assert (ring.ring_id, ring.conversation_id, ring.consumer_id) == ("r", "c", "u")
    assert (ring.skill_id, ring.brand_id, ring.weight) == ("-1", "A", 3)
    assert (ring.expiration, ring.expiration_ts) == (72000, 1700000072000)
    assert ring.state == RingState.WAITING
    assert repr(ring) == "<Ring r WAITING>"


@pytest.mark.parametrize(
    ("name", "state"), [("accept", ACCEPTED), ("reject", REJECTED)]
)
def test_it_is_answered_once_however_often_it_is_asked(ring, desk, name, state):
    first = getattr(ring, name)()
    assert getattr(ring, name)() is first
    assert not first.done()
    ring._became(state)
    desk.answers[0].set(None)
    assert value(first) is None
    assert getattr(ring, name)() is first
    assert desk.asked == [("r", state)]


@pytest.mark.parametrize(
    ("first", "second"), [("accept", "reject"), ("reject", "accept")]
)
def test_who_has_answered_cannot_say_the_opposite(ring, desk, first, second):
    getattr(ring, first)()
    with pytest.raises(RingNotWaiting, match="already"):
        value(getattr(ring, second)())
    desk.answers[0].set(None)
    with pytest.raises(RingNotWaiting, match="already"):
        value(getattr(ring, second)())
    assert len(desk.asked) == 1


@pytest.mark.parametrize("state", ["EXPIRED", "CANCELLED", "ACCEPTED", "SLEEPING"])
@pytest.mark.parametrize("name", ["accept", "reject"])
def test_only_a_waiting_ring_can_be_answered(ring, desk, name, state):
    ring._became(state)
    with pytest.raises(RingNotWaiting, match=state) as caught:
        value(getattr(ring, name)())
    error = caught.value
    assert isinstance(error, LocalProtocolError)
    assert (error.ring_id, error.state, error.delivery) == (
        "r",
        state,
        Delivery.NOT_SENT,
    )
    assert desk.asked == []


@pytest.mark.parametrize(
    "error",
    [
        lost(Delivery.NOT_SENT),
        lost(Delivery.UNKNOWN),
        RequestTimedOut("late", delivery=Delivery.UNKNOWN),
        RequestRejected(429, "busy"),
        RequestRejected(503, "ill"),
    ],
)
def test_a_failure_that_may_pass_can_be_tried_again(ring, desk, error):
    first = ring.accept()
    desk.answers[0].set_exception(error)
    assert first.exception() is error
    second = ring.accept()
    assert second is not first
    desk.answers[1].set(None)
    assert value(second) is None
    assert desk.asked == [("r", ACCEPTED)] * 2


def test_a_refusal_for_good_stands(ring, desk):
    first = ring.accept()
    desk.answers[0].set_exception(RequestRejected(404, "no such ring"))
    assert ring.accept() is first
    assert len(desk.asked) == 1


def test_after_a_failure_the_opposite_may_be_said(ring, desk):
    ring.accept()
    desk.answers[0].set_exception(lost())
    rejected = ring.reject()
    desk.answers[1].set(None)
    assert value(rejected) is None
    assert desk.asked == [("r", ACCEPTED), ("r", REJECTED)]


def test_an_answer_that_was_lost_but_has_come_about_is_done(ring, desk):
    ring.accept()
    desk.answers[0].set_exception(lost())
    ring._became("ACCEPTED")
    again = ring.accept()
    assert value(again) is None
    assert ring.accept() is again
    assert len(desk.asked) == 1
    with pytest.raises(RingNotWaiting):
        value(ring.reject())


def test_what_somebody_else_accepted_is_not_taken_for_ours(ring, desk):
    ring.reject()
    desk.answers[0].set_exception(lost())
    ring._became("ACCEPTED")
    with pytest.raises(RingNotWaiting):
        value(ring.accept())


def test_it_can_wait_for_the_conversation(ring, desk):
    here = ring.accept(wait_for_conversation=True, timeout=5)
    assert ring.accept(wait_for_conversation=True) is here
    accepted = ring.accept()
    desk.answers[0].set(None)
    assert accepted.done()
    assert not here.done()
    desk.arrivals[0].set(None)
    assert value(here) is None
    assert ring.accept(wait_for_conversation=True) is here
    assert (desk.patience, len(desk.asked)) == ([5], 1)


def test_who_would_not_wait_may_wait_later(ring, desk):
    ring.accept()
    desk.answers[0].set(None)
    here = ring.accept(wait_for_conversation=True)
    desk.arrivals[0].set(None)
    assert value(here) is None
    assert (desk.patience, len(desk.asked)) == ([None], 1)


def test_a_wait_in_vain_may_be_repeated_without_another_answer(ring, desk):
    here = ring.accept(wait_for_conversation=True)
    desk.answers[0].set(None)
    desk.arrivals[0].set_exception(RequestTimedOut("late", delivery=Delivery.ANSWERED))
    assert here.exception().delivery is Delivery.ANSWERED
    again = ring.accept(wait_for_conversation=True)
    assert again is not here
    desk.arrivals[1].set(None)
    assert value(again) is None
    assert len(desk.asked) == 1


def test_a_failed_answer_fails_the_wait_and_both_may_be_tried_again(ring, desk):
    here = ring.accept(wait_for_conversation=True)
    desk.answers[0].set_exception(lost())
    assert isinstance(here.exception(), ConnectionLost)
    assert desk.patience == []
    again = ring.accept(wait_for_conversation=True)
    desk.answers[1].set(None)
    desk.arrivals[0].set(None)
    assert value(again) is None


@pytest.mark.parametrize("timeout", [-1, float("nan"), float("inf")])
def test_a_timeout_of_no_use_is_said_before_anything_is_sent(ring, desk, timeout):
    with pytest.raises(LocalProtocolError, match="timeout"):
        ring.accept(wait_for_conversation=True, timeout=timeout)
    assert desk.asked == []


def test_many_threads_give_one_answer(ring, desk):
    futures = []
    gate = threading.Barrier(8)

    def take():
        gate.wait(5)
        futures.append(ring.accept())

    threads = [threading.Thread(target=take) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(5)
    assert len(futures) == 8
    assert {id(future) for future in futures} == {id(futures[0])}
    assert len(desk.asked) == 1
