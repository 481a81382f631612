from __future__ import annotations

import math
import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ums_actors.core.backoff import Backoff
from ums_actors.errors import LocalProtocolError

ALMOST_ONE = math.nextafter(1.0, 0.0)
positive = st.floats(min_value=1e-9, max_value=1e9)
fractions = st.floats(min_value=0.0, max_value=1.0, exclude_max=True)


def test_the_ceiling_doubles_up_to_the_cap():
    backoff = Backoff(1.0, 10.0, 5.0)
    pauses = [backoff.next_delay(ALMOST_ONE) for _ in range(6)]
    assert pauses == pytest.approx([1, 2, 4, 8, 10, 10])
    assert backoff.attempt == 6


def test_a_base_above_the_cap_is_cut():
    assert Backoff(100.0, 10.0, 5.0).next_delay(ALMOST_ONE) == pytest.approx(10)


@given(base=positive, cap=positive, draws=st.lists(fractions, max_size=80))
def test_a_pause_is_never_below_zero_nor_above_the_cap(base, cap, draws):
    backoff = Backoff(base, cap, 10.0)
    for number, fraction in enumerate(draws):
        delay = backoff.next_delay(fraction)
        assert 0 <= delay <= cap
        assert delay <= base * 2.0**number * (1 + 1e-12)
    assert backoff.attempt == len(draws)


@given(base=positive, cap=positive, fraction=fractions, floor=st.floats(0.0, 1e9))
def test_a_pause_is_never_below_the_floor(base, cap, fraction, floor):
    delay = Backoff(base, cap, 10.0).next_delay(fraction, floor)
    assert floor <= delay <= max(cap, floor)


def test_those_who_are_told_the_same_floor_do_not_come_back_together():
    pauses = {Backoff(1.0, 60.0, 5.0).next_delay(i / 100, 5.0) for i in range(100)}
    assert len(pauses) == 100


def test_a_hundred_thousand_attempts_do_not_overflow():
    backoff = Backoff(1.0, 600.0, 10.0)
    for _ in range(100_000):
        delay = backoff.next_delay(ALMOST_ONE)
    assert backoff.attempt == 100_000
    assert delay == pytest.approx(600.0)


@given(
    stable_after=st.integers(0, 100),
    ready_for=st.integers(0, 200),
    attempts=st.integers(1, 20),
    start=st.integers(0, 10**6),
)
def test_the_attempts_start_over_only_after_proven_stability(
    stable_after, ready_for, attempts, start
):
    backoff = Backoff(1.0, 600.0, stable_after)
    for _ in range(attempts):
        backoff.next_delay(0.5)
    backoff.ready(start)
    assert backoff.attempt == attempts  # not at connect
    backoff.lost(start + ready_for)
    assert backoff.attempt == (0 if ready_for >= stable_after else attempts)


def test_a_line_that_was_never_ready_proves_nothing():
    backoff = Backoff(1.0, 600.0, 10.0)
    backoff.next_delay(0.5)
    backoff.lost(1_000.0)
    assert backoff.attempt == 1


def test_an_old_proof_does_not_count_for_the_next_loss():
    backoff = Backoff(1.0, 600.0, 10.0)
    backoff.ready(0.0)
    backoff.lost(5.0)
    backoff.next_delay(0.5)
    backoff.lost(100.0)
    assert backoff.attempt == 1


def test_it_tells_when_the_line_will_have_proven_itself():
    backoff = Backoff(1.0, 600.0, 10.0)
    assert backoff.stable_at is None
    backoff.ready(3.0)
    assert backoff.stable_at == 13.0
    backoff.lost(4.0)
    assert backoff.stable_at is None


def test_a_reset_starts_over():
    backoff = Backoff(1.0, 600.0, 10.0)
    for _ in range(9):
        backoff.next_delay(0.0)
    backoff.reset()
    assert backoff.attempt == 0
    assert backoff.next_delay(ALMOST_ONE) == pytest.approx(1.0)


@pytest.mark.parametrize(
    "arguments",
    [
        (0.0, 10.0, 1.0),
        (-1.0, 10.0, 1.0),
        (1.0, 0.0, 1.0),
        (1.0, math.inf, 1.0),
        (math.inf, 10.0, 1.0),
        (math.nan, 10.0, 1.0),
        (1.0, 10.0, -1.0),
        (1.0, 10.0, math.nan),
        (1.0, 10.0, math.inf),
    ],
)
def test_settings_out_of_bounds_are_refused(arguments):
    with pytest.raises(LocalProtocolError, match="must be"):
        Backoff(*arguments)


@pytest.mark.parametrize(
    ("fraction", "floor"),
    [(1.0, 0.0), (-0.1, 0.0), (math.nan, 0.0), (0.5, -1.0), (0.5, math.inf)],
)
def test_arguments_out_of_bounds_are_refused(fraction, floor):
    backoff = Backoff(1.0, 10.0, 1.0)
    with pytest.raises(LocalProtocolError) as caught:
        backoff.next_delay(fraction, floor)
    assert str(caught.value) == (
        f"fraction {fraction} must be in [0, 1), and at_least {floor} finite and 0 or "
        "more"
    )
    assert backoff.attempt == 0


def test_a_thousand_lines_dropped_at_once_come_back_spread_out():
    chance = random.Random(5)
    bins = Counter(
        int(Backoff(1.0, 600.0, 10.0).next_delay(chance.random()) / 0.1)
        for _ in range(1_000)
    )
    assert max(bins.values()) <= 150
