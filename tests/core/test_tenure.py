from __future__ import annotations

import math

import pytest

from ums_actors.core.grant import Grant, Refusal, Refused
from ums_actors.core.ownership import (
    Acquire,
    Answered,
    Begin,
    Due,
    End,
    Left,
    Release,
    Renew,
    Standing,
    Vacate,
)
from ums_actors.core.tenure import Tenure
from ums_actors.core.terms import Terms

TERMS = Terms(ttl=6.0, margin=1.0, safety=0.5, jitter=0.5)
PAUSE = 2.0
LEASE = Grant(shard=1, owner="a", epoch=5, book=3)
RENEWED = [Renew(2, LEASE)]


def refused(why, book=3, **more):
    return Refused(shard=1, why=why, book=book, **more)


@pytest.fixture
def free():
    """An owner that has just asked, at second 10."""
    tenure = Tenure(1, "a", TERMS, 10.0)
    assert tenure.next_at == 10.0
    assert tenure.handle(Due(), 10.0) == [Acquire(1)]
    return tenure


@pytest.fixture
def held(free):
    """An owner whose lease runs to second 16."""
    assert free.handle(Answered(1, LEASE), 10.5) == [Begin(5)]
    return free


def test_before_the_first_grant_nothing_may_be_sent(free):
    assert (free.standing, free.epoch, free.waits) == (Standing.FREE, 0, True)
    assert not free.may_send(0, 10.0)
    assert free.next_at == math.inf  # the answer comes, or its deadline
    assert free.handle(Due(), 11.0) == []


def test_a_lease_runs_from_when_it_was_asked_for(held):
    assert (held.standing, held.epoch, held.until) == (Standing.HELD, 5, 16.0)
    assert held.may_send(5, 15.999)
    assert not held.may_send(5, 16.0)
    assert not held.may_send(4, 11.0)
    assert held.next_at == 12.0


def test_it_is_renewed_at_a_third_and_chance_makes_that_earlier(free):
    free.handle(Answered(1, LEASE, chance=0.5), 10.5)
    assert free.next_at == 11.5
    assert free.handle(Due(), 11.4) == []
    assert free.handle(Due(), 11.5) == RENEWED
    assert free.next_at == 15.5  # the call has a deadline, and so has the lease
    assert free.handle(Due(), 12.5) == []
    assert free.handle(Answered(2, LEASE), 12.5) == []
    assert (free.until, free.next_at) == (17.5, 13.5)


def test_a_renewal_without_an_answer_is_tried_again_soon(held):
    assert held.handle(Due(), 12.0) == RENEWED
    assert held.handle(Answered(2, None), 13.0) == []
    assert (held.until, held.next_at) == (16.0, 13.5)
    assert held.handle(Due(), 13.5) == [Renew(3, LEASE)]


def test_what_is_not_renewed_is_vacated_before_it_ends(held):
    held.handle(Due(), 12.0)
    why = "the lease was not renewed in time"
    assert held.handle(Due(), 15.5) == [Vacate(5, why)]
    assert (held.standing, held.next_at) == (Standing.ENDING, 16.0)
    assert held.may_send(5, 15.9)
    assert held.handle(Due(), 15.8) == []
    assert held.handle(Answered(2, LEASE), 15.9) == []  # too late to go on with it
    assert held.until == 16.0
    assert held.handle(Due(), 16.0) == [End(5)]
    assert not held.may_send(5, 15.9)
    assert (held.standing, held.epoch, held.next_at) == (Standing.FREE, 0, 16.5)
    assert held.handle(Due(), 16.5) == [Acquire(3)]


def test_one_that_was_frozen_learns_all_at_once(held):
    assert not held.may_send(5, 100.0)
    assert [type(each) for each in held.handle(Due(), 100.0)] == [Vacate, End]


def test_an_answer_that_comes_after_the_end_does_not_revive_it(held):
    held.handle(Due(), 12.0)
    ended = held.handle(Answered(2, LEASE), 16.0)
    assert [type(each) for each in ended] == [Vacate, End]
    assert (held.epoch, held.late) == (0, 1)


def test_what_the_book_has_otherwise_ends_at_once(held):
    held.handle(Due(), 12.0)
    other = refused(Refusal.NOT_HELD, owner="b")
    why = "the lease book has it otherwise (b)"
    assert held.handle(Answered(2, other), 12.5) == [Vacate(5, why), End(5)]
    assert not held.may_send(5, 12.5)
    assert held.next_at == 14.5


def test_a_new_book_is_asked_at_once_and_with_its_number(held):
    held.handle(Due(), 12.0)
    new = refused(Refusal.OTHER_BOOK, book=4)
    claim = Grant(shard=1, owner="a", epoch=5, book=4)
    assert held.handle(Answered(2, new), 12.5) == [Renew(3, claim)]
    assert held.handle(Answered(3, new), 13.0) == []  # not again and again
    assert held.next_at == 13.5
    assert held.handle(Due(), 13.5) == [Renew(4, claim)]
    held.handle(Answered(4, claim), 13.6)
    assert held.until == 19.5


@pytest.mark.parametrize(
    ("answer", "next_at"),
    [
        (None, 11.5),
        (refused(Refusal.HELD, retry_after=1.0), 12.0),
        (refused(Refusal.HELD, retry_after=5.0), 13.0),
        (refused(Refusal.GRACE, retry_after=0.0), 11.06),
    ],
)
def test_who_gets_no_lease_asks_again(free, answer, next_at):
    assert free.handle(Answered(1, answer), 11.0) == []
    assert free.next_at == pytest.approx(next_at)
    assert free.handle(Due(), 13.0) == [Acquire(2)]


def test_a_grant_that_comes_when_its_time_is_nearly_over_is_not_taken(free):
    assert free.handle(Answered(1, LEASE), 15.5) == []
    assert (free.epoch, free.next_at) == (0, 16.0)


def test_answers_nobody_waits_for_are_counted(held):
    assert held.handle(Answered(1, LEASE), 11.0) == []
    assert held.handle(Answered(7, None), 11.0) == []
    assert held.late == 2


def test_who_leaves_sends_no_more_and_gives_the_lease_back(held):
    assert held.handle(Left(), 11.0) == [End(5), Release(LEASE)]
    assert not held.may_send(5, 11.0)
    assert (held.standing, held.next_at) == (Standing.LEFT, math.inf)
    assert held.handle(Left(), 11.0) == []
    assert held.handle(Due(), 99.0) == []


def test_who_leaves_gives_back_what_comes_later(free):
    assert free.handle(Left(), 10.1) == []
    assert free.waits
    assert free.handle(Answered(1, LEASE), 10.2) == [Release(LEASE)]
    assert not free.waits


def test_who_leaves_and_gets_nothing_has_nothing_to_give_back(free):
    free.handle(Left(), 10.1)
    assert free.handle(Answered(1, refused(Refusal.HELD)), 10.2) == []
    assert free.standing is Standing.LEFT
