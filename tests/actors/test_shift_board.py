"""Who polls for whom, when, and what all are told: on a clock that is moved by hand."""

from __future__ import annotations

import pytest

from ums_actors.actors.shift_board import SLICE, ShiftBoard
from ums_actors.core.polling import PollPace
from ums_actors.errors import RequestRejected
from ums_actors.protocol.shifts import SkillShift

ON = (SkillShift("17", True),)
OFF = (SkillShift("17", False),)
REFUSED = RequestRejected(503)


class Sharer:
    """A connection as the board sees it."""

    def __init__(self, loop):
        self.loop = loop
        self.due = []
        self.told = []
        self.troubles = []

    def lead(self, due):
        self.due.append(due)

    def learn(self, told, asked_at):
        self.told.append((told, asked_at))

    def trouble(self, error, *, own):
        self.troubles.append((error, own))


@pytest.fixture
def board(clock):
    return ShiftBoard(PollPace(60.0), clock.now)


@pytest.fixture
def gather(board, loop):
    def make(count):
        sharers = [Sharer(loop) for _ in range(count)]
        for each in sharers:
            board.join(each)
        turn(loop)
        return sharers

    return make


def turn(loop):
    while not loop.idle():
        loop.turn(block=False)


def test_the_first_who_comes_leads_and_polls_at_once(board, gather, clock):
    clock.time = 7.0
    late = ShiftBoard(PollPace(60.0), clock.now)
    one, two = gather(2)
    assert (one.due, two.due) == ([0.0], [])
    assert not board.begin(two)
    assert board.begin(one)
    assert not board.begin(one)
    assert len(late) == 0


def test_all_are_told_and_the_leader_goes_on(board, gather, clock, loop):
    one, two = gather(2)
    clock.time = 5.0
    assert board.begin(one)
    clock.time = 6.0
    board.answered(ON, 0.0)
    turn(loop)
    assert one.told == two.told == [(ON, 5.0)]
    assert (one.due, two.due) == ([0.0, 66.0], [])


def test_an_answer_that_is_as_before_is_the_same_object(board, gather, loop):
    (one,) = gather(1)
    for told in (ON, (SkillShift("17", True),), OFF):
        assert board.begin(one)
        board.answered(told, 0.0)
    turn(loop)
    first, second, third = (told for told, _ in one.told)
    assert first is second is ON
    assert third is OFF


def test_who_comes_later_is_told_what_is_known(board, gather, loop):
    (one,) = gather(1)
    board.begin(one)
    board.answered(ON, 0.0)
    (two,) = gather(1)
    assert (two.told, two.due) == ([(ON, 0.0)], [])


def test_when_the_leader_goes_the_next_one_keeps_the_pace(board, gather, clock, loop):
    one, two, three = gather(3)
    board.begin(one)
    board.answered(ON, 0.0)
    clock.time = 10.0
    board.leave(one)
    turn(loop)
    assert (two.due, three.due) == ([60.0], [])
    board.leave(three)
    board.leave(three)
    assert not board.begin(one)
    assert board.begin(two)


def test_a_poll_under_way_is_the_only_one_though_its_leader_goes(
    board, gather, clock, loop
):
    one, two = gather(2)
    board.begin(one)
    board.leave(one)
    turn(loop)
    assert two.due == []
    assert not board.begin(two)
    clock.time = 3.0
    board.answered(ON, 0.0)
    turn(loop)
    assert (two.told, two.due, one.told) == ([(ON, 0.0)], [63.0], [])


def test_a_poll_that_went_down_with_its_leader_says_nothing_of_the_service(
    board, gather, clock, loop
):
    one, two = gather(2)
    board.begin(one)
    clock.time = 10.0
    board.leave(one)
    board.failed(REFUSED, 503, 0.0)
    turn(loop)
    assert (two.troubles, two.due) == ([], [60.0])


def test_who_comes_back_while_its_poll_is_under_way_does_not_begin_another(
    board, gather, loop
):
    (one,) = gather(1)
    board.begin(one)
    board.leave(one)
    board.join(one)
    turn(loop)
    assert not board.begin(one)
    board.answered(ON, 0.0)
    turn(loop)
    assert board.begin(one)


def test_after_a_failure_another_one_leads_and_a_series_is_told_once(
    board, gather, clock, loop
):
    one, two = gather(2)
    assert board.begin(one)
    board.failed(REFUSED, 503, 0.0)
    turn(loop)
    assert one.troubles == [(REFUSED, True)]
    assert two.troubles == [(REFUSED, False)]
    assert (one.due, two.due) == ([0.0], [5.0])
    assert board.begin(two)
    board.failed(REFUSED, 503, 0.0)
    turn(loop)
    assert (len(one.troubles), len(two.troubles)) == (1, 1)
    assert one.due == [0.0, 10.0]
    assert board.begin(one)
    board.answered(ON, 0.0)
    assert board.begin(one)
    board.failed(REFUSED, None, 0.0)
    turn(loop)
    assert (len(one.troubles), len(two.troubles)) == (2, 2)
    assert two.due[-1] == 60.0


def test_one_that_is_alone_goes_on_after_a_failure(board, gather, loop):
    (one,) = gather(1)
    board.begin(one)
    board.failed(REFUSED, 503, 0.0)
    turn(loop)
    assert one.due == [0.0, 5.0]
    assert board.begin(one)


def test_nobody_is_left(board, gather, loop):
    (one,) = gather(1)
    board.begin(one)
    board.leave(one)
    board.failed(REFUSED, 503, 0.0)
    board.close()
    turn(loop)
    assert (len(board), one.due) == (0, [0.0])


def test_thousands_cost_one_poll_a_minute_and_are_told_in_turns(
    board, gather, clock, loop
):
    sharers = gather(5 * SLICE)
    polls = 0
    for minute in range(10):
        clock.time = 60.0 * minute
        polls += sum(board.begin(each) for each in sharers)
        board.answered(OFF if minute % 2 else ON, 0.0)
        loop.turn(block=False)
        told = sum(len(each.told) for each in sharers)
        assert told < (minute + 1) * len(sharers)
        turn(loop)
    assert polls == 10
    assert {len(each.told) for each in sharers} == {10}


def test_one_who_raises_keeps_the_others_of_later_turns_from_nothing(
    board, gather, loop
):
    sharers = gather(2 * SLICE)
    sharers[0].learn = None
    board.begin(sharers[0])
    board.answered(ON, 0.0)
    turn(loop)
    assert all(each.told for each in sharers[SLICE:])
