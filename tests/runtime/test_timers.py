from __future__ import annotations

from typing import Any

import pytest

from ums_actors.runtime.timers import Timer, Timers


@pytest.fixture
def timers():
    return Timers()


def fire_all(timers: Timers, now: float) -> None:
    for timer in timers.due(now):
        timer.fire()


def test_timers_fire_in_order_of_time_then_of_making(timers):
    fired: list[Any] = []
    for when, name in [(2.0, "c"), (1.0, "a"), (2.0, "d"), (1.5, "b"), (9.0, "z")]:
        timers.add(when, lambda name=name: fired.append(name))
    assert timers.next_at() == 1.0
    fire_all(timers, 2.0)
    assert fired == ["a", "b", "c", "d"]
    assert timers.next_at() == 9.0
    assert len(timers) == 1


def test_a_cancelled_timer_never_fires(timers):
    fired: list[Any] = []
    timer = timers.add(1.0, lambda: fired.append(1))
    timer.cancel()
    timer.cancel()
    assert len(timers) == 0
    assert timers.next_at() is None
    fire_all(timers, 5.0)
    assert fired == []


def test_a_timer_cancelled_by_one_that_is_due_with_it_does_not_fire(timers):
    fired: list[Any] = []
    doomed: list[Timer] = []
    timers.add(1.0, lambda: doomed.pop().cancel())
    doomed.append(timers.add(1.0, lambda: fired.append("second")))
    timers.add(1.0, lambda: fired.append("third"))
    fire_all(timers, 1.0)
    assert fired == ["third"]
    assert len(timers) == 0


def test_a_timer_cancelled_after_it_fired_changes_no_count(timers):
    timer = timers.add(1.0, lambda: None)
    timers.add(2.0, lambda: None)
    fire_all(timers, 1.0)
    timer.cancel()
    timer.fire()
    assert len(timers) == 1


def test_many_cancelled_timers_are_thrown_out(timers):
    made = [timers.add(float(number), lambda: None) for number in range(1000)]
    for timer in made[10:]:
        timer.cancel()
    assert len(timers) == 10
    assert len(timers._heap) < 150
    fire_all(timers, 1000.0)
    assert len(timers) == 0
    assert timers._heap == []
