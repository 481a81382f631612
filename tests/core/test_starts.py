from __future__ import annotations

from ums_actors.core.starts import Start, Starts


def starts(patience=2.0, dialogs=10, events=10):
    return Starts(patience, dialogs, events)


def hold(held, *numbers, dialog="D", now=0.0):
    return [each for n in numbers for each in held.hold(dialog, n, f"event {n}", now)]


def begun(dialog, *numbers):
    return Start(dialog, tuple((n, f"event {n}") for n in numbers))


def test_a_dialog_begins_after_its_moment_with_the_lowest_that_came():
    held = starts()
    assert hold(held, 9, 7, 12) == []
    assert held.next_at() == 2.0
    assert held.due(1.9) == []
    assert held.due(2.0) == [begun("D", 7, 9, 12)]
    assert held.due(99.0) == []
    assert held.next_at() is None
    assert begun("D", 7, 9).before == 6


def test_its_moment_counts_from_the_first():
    held = starts()
    hold(held, 9)
    hold(held, 3, dialog="E", now=1.0)
    hold(held, 7, now=1.9)
    assert held.due(2.5) == [begun("D", 7, 9)]
    assert held.next_at() == 3.0
    assert held.due(3.0) == [begun("E", 3)]


def test_what_comes_twice_is_counted():
    held = starts()
    hold(held, 9, 9, 8, 9)
    assert held.duplicates == 2
    assert list(held.take("D")) == [begun("D", 8, 9)]


def test_one_that_is_taken_waits_no_more():
    held = starts()
    hold(held, 9)
    assert list(held.take("D")) == [begun("D", 9)]
    assert list(held.take("D")) == []
    assert len(held) == 0


def test_beyond_the_bounds_the_oldest_or_the_fullest_begins_at_once():
    held = starts(dialogs=2, events=3)
    assert hold(held, 1, dialog="A") == []
    assert hold(held, 2, dialog="B") == []
    assert hold(held, 3, dialog="C") == [begun("A", 1)]
    assert hold(held, 4, 5, dialog="B") == []
    assert hold(held, 6, dialog="B") == [begun("B", 2, 4, 5, 6)]
    assert len(held) == 1


def test_all_can_be_had_at_once():
    held = starts()
    hold(held, 2, 1, dialog="A")
    hold(held, 3, dialog="B")
    assert held.all() == [begun("A", 1, 2), begun("B", 3)]
    assert held.all() == []
