from __future__ import annotations

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from ums_actors.core.deadlines import Deadlines


def test_keys_fall_due_at_their_deadline_earliest_first():
    deadlines = Deadlines()
    deadlines.add("late", 60.0, 0.0)
    deadlines.add("soon", 10.0, 1.0)
    assert set(deadlines._classes) == {60.0, 10.0}
    assert deadlines._others is None
    deadlines.add_at("sooner", 10.5)
    assert deadlines.next_at() == 10.5
    assert deadlines.expired(10.0) == []
    assert deadlines.expired(60.0) == ["sooner", "soon", "late"]
    assert deadlines.next_at() is None
    assert len(deadlines) == 0


@pytest.mark.parametrize("again", ["add", "add_at"])
@pytest.mark.parametrize("first", ["add", "add_at"])
def test_a_key_has_one_deadline_at_a_time(first, again):
    def put(how, deadline):
        return (
            deadlines.add("a", deadline, 0.0)
            if how == "add"
            else (deadlines.add_at("a", deadline))
        )

    deadlines = Deadlines()
    put(first, 5.0)
    with pytest.raises(KeyError, match="a"):
        put(again, 7.0)
    assert deadlines.expired(6.0) == ["a"]
    put(again, 7.0)
    assert deadlines.expired(7.0) == ["a"]


def test_a_discarded_key_never_falls_due():
    deadlines = Deadlines()
    deadlines.add("a", 10.0, 0.0)
    deadlines.add_at("b", 10.0)
    deadlines.discard("a")
    deadlines.discard("b")
    deadlines.discard("never there")
    assert "a" not in deadlines
    assert deadlines.next_at() is None
    assert deadlines.expired(100.0) == []


def test_a_key_may_come_back_after_it_was_discarded():
    deadlines = Deadlines()
    deadlines.add_at("a", 10.0)
    deadlines.discard("a")
    deadlines.add_at("a", 20.0)
    assert deadlines.expired(10.0) == []
    assert deadlines.expired(20.0) == ["a"]


def test_keys_need_no_order():
    deadlines = Deadlines()
    keys = [object() for _ in range(5)]
    for key in keys:
        deadlines.add_at(key, 1.0)
    assert set(deadlines.expired(1.0)) == set(keys)


def test_many_distinct_timeouts_share_a_bounded_number_of_queues():
    deadlines = Deadlines()
    for number in range(1_000):
        deadlines.add(number, 1.0 + number, 0.0)
    assert len(deadlines._classes) == 8
    assert deadlines.expired(2_000.0) == list(range(1_000))


def test_a_timeout_in_use_replaces_one_out_of_use():
    deadlines = Deadlines()
    for number in range(8):
        deadlines.add(number, 1.0 + number, 0.0)
    deadlines.discard(3)
    deadlines.add("new", 60.0, 0.0)
    assert 60.0 in deadlines._classes
    assert deadlines.expired(60.0) == [0, 1, 2, 4, 5, 6, 7, "new"]


def test_discarded_keys_do_not_pile_up_in_the_heap():
    deadlines = Deadlines()
    deadlines.add_at("stays", 5.0)
    for number in range(10_000):
        deadlines.add_at(number, 10.0 + number)
        deadlines.discard(number)
        assert len(deadlines._others) <= 70
    assert deadlines.next_at() == 5.0
    assert deadlines.expired(1e9) == ["stays"]


@pytest.mark.parametrize("live", [0, 5, 100])
def test_a_heap_is_compacted_when_the_dead_outnumber_the_living_and_no_sooner(live):
    deadlines = Deadlines()
    for number in range(live):
        deadlines.add_at(number, 10.0)
    lengths = []
    for number in range(live, live + 1_000):
        deadlines.add_at(number, 20.0)
        deadlines.discard(number)
        lengths.append(len(deadlines._others))
    assert max(lengths) == 64 + 2 * live
    assert min(lengths[64 + live :]) == live


def test_a_compacted_heap_keeps_its_order():
    deadlines = Deadlines()
    for number in range(50):
        deadlines.add_at(number, 100.0 - number)
    for number in range(50, 1_000):
        deadlines.add_at(number, 1_000.0)
    for number in range(50, 1_000):
        deadlines.discard(number)
    assert len(deadlines._others) < 200
    assert deadlines.next_at() == 51.0
    assert deadlines.expired(100.0) == list(range(49, -1, -1))


def test_clearing_forgets_all():
    deadlines = Deadlines()
    deadlines.add("a", 10.0, 0.0)
    deadlines.add_at("b", 10.0)
    deadlines.clear()
    assert len(deadlines) == 0
    assert deadlines.next_at() is None
    assert deadlines.expired(100.0) == []


class Model(RuleBasedStateMachine):
    def __init__(self):
        super().__init__()
        self.deadlines = Deadlines()
        self.model = {}
        self.now = 0
        self.count = 0

    @rule(timeout=st.integers(0, 12))
    def add(self, timeout):
        self.count += 1
        self.deadlines.add(self.count, timeout, self.now)
        self.model[self.count] = self.now + timeout

    @rule(delay=st.integers(-3, 12))
    def add_at(self, delay):
        self.count += 1
        self.deadlines.add_at(self.count, self.now + delay)
        self.model[self.count] = self.now + delay

    @rule(pick=st.integers(0, 10**6))
    def discard(self, pick):
        key = pick % (self.count + 1)
        self.deadlines.discard(key)
        self.model.pop(key, None)

    @rule(step=st.integers(0, 10))
    def expire(self, step):
        self.now += step
        due = self.deadlines.expired(self.now)
        assert set(due) == {k for k, at in self.model.items() if at <= self.now}
        times = [self.model.pop(key) for key in due]
        assert times == sorted(times)

    @invariant()
    def agrees_with_the_model(self):
        assert len(self.deadlines) == len(self.model)
        assert all(key in self.deadlines for key in self.model)
        assert self.deadlines.next_at() == min(self.model.values(), default=None)


TestModel = Model.TestCase
