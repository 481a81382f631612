from __future__ import annotations

import pytest

from ums_actors.actors.pauses import Pauses
from ums_actors.core.marks import Marks, Sign


@pytest.fixture
def marks():
    known = Marks()
    for mark in ("once-1", "once-2"):
        known.begin(mark, "d", -1)
    return known


def test_a_pause_ends_when_its_mark_is_seen(loop, marks):
    pauses = Pauses(marks)
    first, second = (
        pauses.add_until_seen(loop, mark, 60.0) for mark in ("once-1", "once-2")
    )
    other = pauses.add(loop, 60.0)
    pauses.look()
    assert not first.done()
    marks.show(Sign("d", 0, ["once-1"]))
    pauses.look()
    assert first.get(timeout=0) is None
    assert not second.done()
    assert not other.done()
    assert len(pauses) == 2


def test_what_has_been_seen_before_is_not_waited_for(loop, marks):
    marks.show(Sign("d", 0, ["once-1"]))
    assert Pauses(marks).add_until_seen(loop, "once-1", 60.0).done()


def test_what_is_not_seen_takes_the_whole_pause(loop, clock, marks):
    pauses = Pauses(marks)
    pause = pauses.add_until_seen(loop, "once-1", 60.0)
    clock.time = 59.0
    loop.turn(block=False)
    assert not pause.done()
    clock.time = 60.0
    loop.turn(block=False)
    with pytest.raises(TimeoutError):
        pause.get(timeout=0)
    marks.show(Sign("d", 0, ["once-1"]))
    pauses.look()  # nobody waits any more


def test_coming_to_rest_ends_them_all(loop, marks):
    pauses = Pauses(marks)
    pause = pauses.add_until_seen(loop, "once-1", 60.0)
    pauses.reject(ValueError("the end"))
    with pytest.raises(ValueError, match="the end"):
        pause.get(timeout=0)
