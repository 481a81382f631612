from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from ums_actors.core.window import LEAST_PAUSE, Window, pause_after
from ums_actors.errors import LocalProtocolError


def test_a_new_window_is_as_wide_as_it_may_be():
    window = Window(10)
    assert (window.limit, window.narrowed) == (10, False)


def test_a_window_of_one_cannot_be_narrowed():
    window = Window(1)
    assert window.refused(window.round, 1)
    assert (window.limit, window.narrowed) == (1, False)


@pytest.mark.parametrize("ceiling", [0, -1])
def test_a_window_that_lets_nobody_out_is_refused(ceiling):
    with pytest.raises(LocalProtocolError, match="1 or more"):
        Window(ceiling)


def test_a_429_halves_what_was_in_flight():
    window = Window(10_000)
    assert window.refused(window.round, 51)
    assert (window.limit, window.narrowed) == (25, True)
    assert window.refused(window.round, 25)
    assert window.limit == 12


def test_those_sent_before_a_cut_do_not_cut_again():
    window = Window(100)
    sent_in = window.round
    assert window.refused(sent_in, 100)
    assert not any(window.refused(sent_in, number) for number in range(99, 0, -1))
    assert window.limit == 50


def test_a_window_never_closes():
    window = Window(3)
    for _ in range(20):
        window.refused(window.round, 1)
    assert window.limit == 1


def test_a_window_of_successes_widens_it_by_one():
    window = Window(8)
    window.refused(window.round, 8)
    widened = [window.answered(window.round) for _ in range(4 + 5 + 6 + 7 + 9)]
    assert [number for number, wider in enumerate(widened, 1) if wider] == [
        4,
        9,
        15,
        22,
    ]
    assert (window.limit, window.narrowed) == (8, False)


def test_successes_of_before_the_cut_prove_nothing():
    window = Window(4)
    old = window.round
    window.refused(old, 4)
    assert not any(window.answered(old) for _ in range(10))
    assert window.limit == 2


def test_a_cut_forgets_the_successes_before_it():
    window = Window(8)
    window.refused(window.round, 8)
    for _ in range(3):
        window.answered(window.round)
    window.refused(window.round, 8)
    window.answered(window.round)
    assert window.limit == 2


def test_another_line_begins_with_an_open_window():
    window = Window(8)
    old = window.round
    window.refused(old, 8)
    cut = window.round
    window.reset()
    assert window.limit == 8
    assert window.round not in {old, cut}


@given(
    refusals=st.integers(1, 1_000),
    fraction=st.floats(0, 1, exclude_max=True),
)
def test_a_refused_request_waits_a_second_or_more_and_not_for_ever(refusals, fraction):
    pause = pause_after(refusals, fraction)
    assert LEAST_PAUSE <= pause <= 16.0
    assert pause <= pause_after(refusals + 1, fraction)


def test_pauses_double_and_are_spread():
    assert [pause_after(count, 0.0) for count in range(1, 7)] == [1, 2, 4, 8, 8, 8]
    assert pause_after(1, math.nextafter(1.0, 0.0)) == pytest.approx(2.0)


class Model(RuleBasedStateMachine):
    """A service of a capacity that may change, and those who keep to the window."""

    @initialize(ceiling=st.integers(1, 40), capacity=st.integers(1, 60))
    def begin(self, ceiling, capacity):
        self.ceiling, self.capacity = ceiling, capacity
        self.window = Window(ceiling)
        self.rounds = {}

    @rule(capacity=st.integers(1, 60))
    def change_capacity(self, capacity):
        self.capacity = capacity

    @rule()
    def exchange(self):
        """Send all that may go; whoever is too many is refused."""
        before = self.window.limit
        sent_in, count = self.window.round, self.window.limit
        refused = max(0, count - self.capacity)
        cuts = sum(self.window.refused(sent_in, count - n) for n in range(refused))
        assert cuts == (1 if refused else 0)  # at most once a round trip
        widened = sum(
            self.window.answered(sent_in) for _ in range(min(count, self.capacity))
        )
        if refused:
            assert self.window.limit == max(1, before // 2)
            assert widened == 0
        else:
            assert self.window.limit == min(self.ceiling, before + 1)

    @rule()
    def line_lost(self):
        self.window.reset()
        assert self.window.limit == self.ceiling

    @invariant()
    def is_within_bounds(self):
        if hasattr(self, "window"):
            assert 1 <= self.window.limit <= self.ceiling
            assert self.window.narrowed is (self.window.limit < self.ceiling)


TestModel = Model.TestCase


@given(capacity=st.integers(1, 50), ceiling=st.integers(1, 200))
def test_it_settles_around_what_the_service_bears(capacity, ceiling):
    window = Window(ceiling)
    seen = []
    for turn in range(200):
        sent_in, count = window.round, window.limit
        for number in range(max(0, count - capacity)):
            window.refused(sent_in, count - number)
        for _ in range(min(count, capacity)):
            window.answered(sent_in)
        if turn >= 100:
            seen.append(count)
    bound = min(ceiling, capacity)
    assert max(seen) <= min(ceiling, capacity + 1)
    assert min(seen) >= max(1, (bound + 1) // 2 - 1)
