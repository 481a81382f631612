from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ums_actors.core.intensity import Intensity
from ums_actors.errors import LocalProtocolError


def test_one_more_than_the_limit_exhausts_the_window():
    window = Intensity(2, 10.0)
    assert [window.exhausted(t) for t in (0.0, 1.0, 2.0)] == [False, False, True]


@pytest.mark.parametrize(
    ("second", "exhausted"), [(9.999, True), (10.0, True), (10.001, False)]
)
def test_the_far_edge_of_the_window_still_counts(second, exhausted):
    window = Intensity(1, 10.0)
    window.exhausted(0.0)
    assert window.exhausted(second) is exhausted


def test_a_limit_of_zero_forgives_nothing():
    assert Intensity(0, 10.0).exhausted(5.0)


def test_what_is_left_grows_again_as_crashes_leave_the_window():
    window = Intensity(2, 10.0)
    window.exhausted(0.0)
    window.exhausted(5.0)
    assert [window.left(t) for t in (5.0, 10.0, 10.5, 15.5)] == [0, 0, 1, 2]


def test_it_never_has_less_than_nothing_left():
    window = Intensity(1, 10.0)
    for _ in range(5):
        window.exhausted(0.0)
    assert window.left(0.0) == 0


def test_a_reset_forgives_all():
    window = Intensity(1, 10.0)
    window.exhausted(0.0)
    window.reset()
    assert window.left(0.0) == 1
    assert not window.exhausted(0.0)


def test_what_is_forgiven_is_what_was_until_then():
    window = Intensity(3, 10.0)
    for at in (0.0, 1.0, 2.0):
        window.exhausted(at)
    window.forgive(1.0)
    assert (window.used(2.0), window.left(2.0)) == (1, 2)
    assert window.refilled_in(2.0) == 10.0


@pytest.mark.parametrize(
    ("limit", "period"), [(-1, 1.0), (1, 0.0), (1, -1.0), (1, math.inf), (1, math.nan)]
)
def test_numbers_out_of_bounds_are_refused(limit, period):
    with pytest.raises(LocalProtocolError) as caught:
        Intensity(limit, period)
    assert str(caught.value) == (
        f"restart intensity {limit} in {period} s is out of bounds: the limit must be "
        "0 or more, the period finite and more than 0"
    )


@given(
    limit=st.integers(0, 8),
    period=st.integers(1, 20),
    steps=st.lists(st.integers(0, 12), max_size=60),
)
def test_the_window_is_that_of_otp(limit, period, steps):
    window = Intensity(limit, period)
    restarts, now = [], 0
    for step in steps:
        now += step
        # supervisor:add_restart/1 and in_period/3, word for word
        restarts = [t for t in [now, *restarts] if t >= now - period]
        assert window.exhausted(now) is (len(restarts) > limit)
        assert window.left(now) == max(0, limit - len(restarts))


def test_a_window_says_what_it_holds_and_when_it_is_empty_again():
    window = Intensity(1, 10.0)
    assert (window.used(0.0), window.refilled_in(0.0)) == (0, 0.0)
    for now in (0.0, 4.0, 5.0):
        window.exhausted(now)
    assert (window.used(5.0), window.refilled_in(6.0)) == (2, 9.0)
    assert (window.used(14.5), window.refilled_in(14.5)) == (1, 0.5)
    assert (window.used(15.5), window.refilled_in(15.5)) == (0, 0.0)


def test_a_reset_fills_it_at_once():
    window = Intensity(1, 10.0)
    window.exhausted(0.0)
    window.reset()
    assert (window.used(0.0), window.refilled_in(0.0)) == (0, 0.0)
