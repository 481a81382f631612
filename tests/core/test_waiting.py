from __future__ import annotations

import pytest

from ums_actors.core.entry import Entry
from ums_actors.core.waiting import Waiting


def entry(name):
    return Entry(name, "GetClock", b"{}", None, 10.0)


def ids(entries):
    return [each.id for each in entries]


@pytest.fixture
def waiting():
    made = Waiting(4)
    for name in "ab":
        made.put(entry(name))
    made.rest(entry("r"), 5.0)
    return made


def test_it_counts_who_waits_for_what(waiting):
    assert (len(waiting), waiting.queued, waiting.resting) == (3, 2, 1)
    assert not waiting.full
    waiting.rest(entry("s"), 1.0)
    assert waiting.full
    assert waiting.next_due() == 1.0


def test_the_queue_is_taken_from_its_front(waiting):
    assert ids(waiting.take_queued(0)) == ids(waiting.take_queued(-3)) == []
    assert ids(waiting.take_queued(1)) == ["a"]
    assert ids(waiting.take_queued(9)) == ["b"]
    assert waiting.resting == 1


def test_who_is_put_back_goes_first_in_the_old_order(waiting):
    waiting.put_back(iter([entry("x"), entry("y")]))
    assert ids(waiting.take_queued(9)) == ["x", "y", "a", "b"]


def test_who_has_rested_is_taken_when_there_is_room(waiting):
    waiting.rest(entry("s"), 4.0)
    assert waiting.take_rested(3.9, 9) == []
    assert waiting.take_rested(5.0, 0) == waiting.take_rested(5.0, -1) == []
    assert waiting.next_due() is None
    assert ids(waiting.take_rested(0.0, 1)) == ["s"]
    assert ids(waiting.take_rested(0.0, 9)) == ["r"]
    assert waiting.resting == 0


@pytest.mark.parametrize("name", ["a", "r"])
def test_one_may_be_taken_out_of_either(waiting, name):
    assert waiting.pop(name).id == name
    assert waiting.pop(name) is None
    assert len(waiting) == 2


def test_who_is_due_may_be_taken_out_too(waiting):
    waiting.take_queued(9)
    waiting.take_rested(5.0, 0)
    assert waiting.pop("r").id == "r"
    assert waiting.take_rested(9.0, 9) == []


def test_who_is_taken_out_when_due_takes_no_room_from_the_others(waiting):
    waiting.rest(entry("s"), 5.0)
    waiting.take_rested(5.0, 0)
    waiting.pop("r")
    assert ids(waiting.take_rested(5.0, 1)) == ["s"]


def test_all_who_rest_are_taken_at_once(waiting):
    waiting.rest(entry("s"), 1.0)
    waiting.take_rested(2.0, 0)
    assert ids(waiting.take_all_resting()) == ["r", "s"]
    assert (waiting.resting, waiting.next_due()) == (0, None)
    assert waiting.queued == 2


def test_who_is_first_is_told_and_where_and_stays(waiting):
    told = [(where, each.id) for where, each in waiting.first(2)]
    assert told == [("resting", "r"), ("queued", "a")]
    assert [each.id for _, each in waiting.first(10)] == ["r", "a", "b"]
    assert waiting.first(0) == []
    assert len(waiting) == 3


def test_where_nobody_rests_nobody_is_rested():
    waiting = Waiting(4)
    assert waiting.take_rested(100.0, 5) == []
    assert waiting.next_due() is None
    waiting.rest(entry("r"), 5.0)
    waiting._times = None  # as after all were taken, with one put back by hand
    assert waiting.pop("r").id == "r"
