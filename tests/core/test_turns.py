from __future__ import annotations

from ums_actors.core.turns import Turns


def waiting(limit, *names, suspects=""):
    turns = Turns(limit)
    for name in names:
        turns.add(name)
    for name in suspects:
        turns.add(name, suspect=True)
    return turns


def begin(turns, *, suspect=False):
    name = turns.next()
    if name is not None:
        turns.start(name, suspect=suspect)
    return name


def test_they_come_in_order_a_few_at_a_time():
    turns = waiting(2, *"abc")
    assert [begin(turns) for _ in range(3)] == ["a", "b", None]
    assert turns.end("a")
    assert [begin(turns), begin(turns)] == ["c", None]
    assert list(turns) == ["b", "c"]


def test_who_waits_already_keeps_the_place():
    assert waiting(5, *"aba").next() == "a"


def test_a_suspect_comes_last_and_alone():
    turns = waiting(5, "a", suspects="st")
    assert [begin(turns), begin(turns)] == ["a", None]
    turns.end("a")
    assert begin(turns, suspect=True) == "s"
    turns.add("b")
    assert turns.next() is None
    turns.end("s")
    assert [begin(turns), begin(turns)] == ["b", None]
    assert turns.end_all() == ["b"]
    assert begin(turns, suspect=True) == "t"


def test_a_lost_suspect_leaves_the_way_free():
    turns = waiting(5, suspects="s")
    begin(turns, suspect=True)
    assert turns.end_all() == ["s"]
    turns.add("a")
    assert begin(turns) == "a"


def test_what_is_not_under_way_does_not_end():
    turns = waiting(5, *"ab")
    assert begin(turns) == "a"
    assert "a" in turns
    assert not turns.end("b")
    assert turns.end("a")
    assert not turns.end("a")
    assert "a" not in turns


def test_who_is_removed_waits_no_more_and_leaves_the_way_free():
    turns = waiting(1, *"abc", suspects="s")
    begin(turns)
    for name in "abs":
        turns.remove(name)
    assert [begin(turns), begin(turns)] == ["c", None]
    assert turns.end_all() == ["c"]
    assert turns.next() is None
