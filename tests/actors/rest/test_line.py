"""Which calls may go, in which order, and what becomes of those that are taken back."""

from __future__ import annotations

import pytest

from ums_actors.actors.rest.flight import Flight, Stage
from ums_actors.actors.rest.line import RestLine
from ums_actors.http.deadline import Deadline
from ums_actors.http.kept import Kept
from ums_actors.protocol.rest.exchange import Exchange


class Line:
    """An HTTP line that knows whether it was shut."""

    def __init__(self):
        self.is_shut = False

    def shut(self):
        self.is_shut = True


@pytest.fixture
def woken():
    return []


@pytest.fixture
def line(woken):
    kept = Kept(2, 1.0, lambda: 0.0)
    return RestLine(2, kept, lambda: woken.append(True))


@pytest.fixture
def flight(line):
    def make(request_id, lane=""):
        exchange = Exchange(method="POST", path="/x", lane=lane)
        made = Flight(request_id, exchange, Deadline(1.0, lambda: 0.0), line.kept)
        line.add(made)
        return made

    return make


def test_those_of_one_lane_go_one_after_the_other(line, flight):
    one, two, other = flight("1", "a"), flight("2", "a"), flight("3", "b")
    assert list(line.due()) == [one, other]
    assert (one.stage, two.stage) == (Stage.RUNNING, Stage.WAITING)
    line.done(one)
    assert list(line.due()) == [two]
    assert len(line) == 2


def test_those_without_a_lane_wait_for_nobody(line, flight):
    calls = [flight("1"), flight("2"), flight("3")]
    assert list(line.due()) == calls[:2]
    line.done(calls[0])
    assert list(line.due()) == calls[2:]


def test_one_that_rests_keeps_its_place_and_goes_first(line, flight):
    one, two, three = flight("1", "a"), flight("2", "a"), flight("3", "b")
    assert list(line.due()) == [one, three]
    line.rest(one)
    assert one.stage is Stage.RESTING
    later = flight("4", "c")
    line.again(one)
    line.again(one)
    assert list(line.due()) == [one]
    line.done(three)
    assert list(line.due()) == [later]
    line.done(one)
    assert list(line.due()) == [two]


def test_one_that_waits_can_be_taken_back(line, flight):
    one, two, three = flight("1", "a"), flight("2", "a"), flight("3", "a")
    assert list(line.due()) == [one]
    assert line.withdraw("2") is True
    assert not two.may_write()
    line.done(one)
    assert list(line.due()) == [three]


def test_one_that_rests_makes_room_when_it_is_taken_back(line, flight, woken):
    one, two = flight("1", "a"), flight("2", "a")
    assert list(line.due()) == [one]
    line.rest(one)
    assert line.withdraw("1") is True
    assert woken == [True]
    line.again(one)
    assert list(line.due()) == [two]


def test_one_that_runs_is_ended_and_says_whether_it_has_gone(line, flight):
    one, two = flight("1"), flight("2")
    list(line.due())
    lines = Line(), Line()
    for each, held in zip((one, two), lines, strict=True):
        each.hold(held)
        each.begin(counts=True)
    assert two.may_write()
    assert (line.withdraw("1"), line.withdraw("2")) == (True, False)
    assert [each.is_shut for each in lines] == [True, True]
    assert one.withdrawn


def test_one_that_is_not_there_has_not_gone(line):
    assert line.withdraw("nobody") is True


def test_a_line_that_ends_says_whose_bytes_have_not_gone(line, flight):
    one, two, three = flight("1"), flight("2"), flight("3")
    list(line.due())
    one.begin(counts=True)
    assert one.may_write()
    assert line.unsent() == ["2", "3"]
    assert not two.may_write()
    line.shutdown()
    late = Line()
    three.hold(late)
    assert late.is_shut
    assert line.fileno() == -1


def test_what_only_looks_does_not_count_as_written(flight):
    one = flight("1")
    one.begin(counts=False)
    assert (one.may_write(), one.written) == (True, False)
    one.begin(counts=True)
    assert (one.may_write(), one.written) == (True, True)
    one.refused()
    assert not one.written


def test_one_that_is_not_ours_any_more_is_not_written(line):
    exchange = Exchange(method="POST", path="/x", lane="")
    deadline = Deadline(1.0, lambda: 0.0)
    one = Flight("1", exchange, deadline, line.kept, lambda: False)
    one.begin(counts=True)
    assert (one.may_write(), one.written) == (False, False)


def test_a_lane_of_its_own_is_named_by_the_request(flight):
    assert (flight("1").lane, flight("2", "a").lane) == ("1", "a")
