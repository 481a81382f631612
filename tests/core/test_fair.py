from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from ums_actors.core.fair import FairLines
from ums_actors.errors import LocalProtocolError


def filled(text: str, limit: int = 100, each: int = 100) -> FairLines[str, int]:
    """Give lines into which each letter has put its number in the text."""
    lines: FairLines[str, int] = FairLines(limit, each)
    for number, key in enumerate(text):
        lines.push(key, number)
    return lines


def emptied(lines: FairLines[str, int]) -> list[tuple[str, int, int]]:
    found = []
    while (taken := lines.take()) is not None:
        found.append(tuple(taken))
    return found


def test_each_has_its_turn_and_is_served_in_order():
    assert [key for key, _, _ in emptied(filled("aaaabcb"))] == list("abcabaa")
    items = [item for key, item, _ in emptied(filled("aaaabcb")) if key == "a"]
    assert items == [0, 1, 2, 3]


def test_of_nothing_nothing_is_taken():
    lines = filled("")
    assert lines.take() is None
    assert (len(lines), lines.waiting("a"), lines.dropped) == (0, 0, 0)


def test_a_full_line_loses_its_oldest_and_says_so_before_the_next():
    lines = filled("aa", each=2)
    assert lines.push("a", 2) == "a"
    assert lines.push("a", 3) == "a"
    assert emptied(lines) == [("a", 2, 2), ("a", 3, 0)]
    assert lines.dropped == 2


def test_when_all_are_too_many_the_longest_line_loses():
    lines = filled("aaab", limit=4)
    assert lines.push("b", 9) == "a"
    assert lines.push("c", 10) == "b"  # which was as long before "a" was
    assert emptied(lines) == [("a", 1, 1), ("b", 9, 1), ("c", 10, 0), ("a", 2, 0)]


def test_who_makes_itself_the_longest_loses_its_own():
    lines = filled("aabb", limit=4)
    assert lines.push("b", 9) == "b"
    assert lines.waiting("a") == 2


def test_who_comes_when_all_have_one_loses_it_and_hears_of_that_later():
    lines = filled("ab", limit=2)
    assert lines.push("c", 9) == "c"
    assert lines.waiting("c") == 0
    lines.take()
    lines.push("c", 10)
    assert emptied(lines) == [("b", 1, 0), ("c", 10, 1)]


def test_the_count_of_one_who_has_gone_is_forgotten_unless_something_waits():
    lines = filled("ab", limit=2)
    lines.push("c", 9)
    lines.forget("c")
    lines.forget("a")
    lines.forget("nobody")
    lines.take()
    assert lines.push("c", 10) is None
    assert emptied(lines) == [("b", 1, 0), ("c", 10, 0)]


def test_nothing_is_taken_of_a_line_that_is_held():
    lines = filled("aab")
    assert lines.take(hold=True).key == "a"
    assert lines.take(hold=True).key == "b"
    lines.push("b", 9)
    assert lines.take() is None
    lines.release("a")
    assert lines.take().item == 1
    assert lines.take() is None
    lines.release("b")
    assert lines.take() == ("b", 9, 0)


def test_a_held_line_can_lose_all_that_waits_in_it():
    lines = filled("a", limit=1)
    lines.take(hold=True)
    assert lines.push("a", 1) is None
    assert lines.push("a", 2) == "a"
    lines.release("a")
    assert emptied(lines) == [("a", 2, 1)]


def test_a_line_is_released_when_nothing_is_left_in_it():
    lines = filled("a")
    lines.take(hold=True)
    lines.release("a")
    assert lines.take() is None
    lines.push("a", 1)
    assert lines.take() == ("a", 1, 0)


def test_cleared_lines_hold_nothing_but_who_is_held():
    lines = filled("aab")
    lines.take(hold=True)
    assert lines.clear() == 2
    assert (len(lines), lines.dropped) == (0, 0)
    assert lines.take() is None
    lines.push("a", 7)
    assert lines.take() is None
    lines.release("a")
    assert emptied(lines) == [("a", 7, 0)]


@pytest.mark.parametrize(("limit", "each"), [(0, 1), (1, 0), (1.5, 1), (1, True)])
def test_bounds_are_whole_numbers(limit, each):
    with pytest.raises(LocalProtocolError, match="must be a whole number, 1 or more"):
        FairLines(limit, each)


class Model(RuleBasedStateMachine):
    """The same, with lists that are looked through."""

    LIMIT, EACH = 6, 4

    def __init__(self):
        super().__init__()
        self.lines = FairLines(self.LIMIT, self.EACH)
        self.waiting = {}
        self.missed = {}
        self.order = []
        self.held = set()
        self.number = self.lost = 0

    @rule(key=st.sampled_from("abcde"))
    def push(self, key):
        self.number += 1
        mine = self.waiting.setdefault(key, [])
        mine.append(self.number)
        if key not in self.order and key not in self.held:
            self.order.append(key)
        loser = self.lines.push(key, self.number)
        total = sum(map(len, self.waiting.values()))
        longest = max(map(len, self.waiting.values()))
        if len(mine) > self.EACH:
            assert loser == key
        elif total > self.LIMIT:
            assert len(self.waiting[loser]) == longest
            assert loser == key or len(mine) < longest
        else:
            assert loser is None
        if loser is not None:
            self.lost += 1
            self.waiting[loser].pop(0)
            self.missed[loser] = self.missed.get(loser, 0) + 1
            if not self.waiting[loser] and loser in self.order:
                self.order.remove(loser)

    @rule(hold=st.booleans())
    def take(self, hold):
        taken = self.lines.take(hold=hold)
        if not self.order:
            assert taken is None
            return
        key = self.order.pop(0)
        item = self.waiting[key].pop(0)
        assert taken == (key, item, self.missed.pop(key, 0))
        if hold:
            self.held.add(key)
        elif self.waiting[key]:
            self.order.append(key)

    @precondition(lambda self: self.held)
    @rule(data=st.data())
    def release(self, data):
        key = data.draw(st.sampled_from(sorted(self.held)))
        self.held.remove(key)
        self.lines.release(key)
        if self.waiting[key]:
            self.order.append(key)

    @rule(key=st.sampled_from("abcde"))
    def forget(self, key):
        self.lines.forget(key)
        if not self.waiting.get(key):
            self.missed.pop(key, None)

    @invariant()
    def nothing_is_lost_but_what_is_counted(self):
        assert len(self.lines) == sum(map(len, self.waiting.values())) <= self.LIMIT
        assert self.lines.dropped == self.lost
        for key, items in self.waiting.items():
            assert self.lines.waiting(key) == len(items)

    @invariant()
    def nothing_is_kept_of_who_has_nothing(self):
        of_interest = {key for key, items in self.waiting.items() if items}
        of_interest |= {key for key, count in self.missed.items() if count} | self.held
        assert set(self.lines._lines) == of_interest


TestModel = Model.TestCase


@given(st.lists(st.sampled_from("abcd"), max_size=40))
def test_one_who_floods_delays_nobody_by_more_than_a_turn(floods):
    lines = filled("f" * 50 + "".join(floods))
    order = [key for key, _, _ in emptied(lines)]
    for key in set(floods):
        places = [number for number, each in enumerate(order) if each == key]
        gaps = [later - first for first, later in pairwise(places)]
        assert max([places[0], *gaps]) <= len(set(floods)) + 1


def test_what_is_in_hand_is_among_what_has_not_been_taken():
    lines = filled("aab")
    assert lines.untaken("a") == [0, 1]
    taken = lines.take(hold=True)
    assert (taken.key, lines.untaken("a")) == ("a", [0, 1])
    lines.release("a")
    assert lines.untaken("a") == [1]
    lines.take()
    assert lines.untaken("b") == []
    assert lines.untaken("c") == []
