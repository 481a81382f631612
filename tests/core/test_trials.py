from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ums_actors.core.trials import Trials
from ums_actors.errors import LocalProtocolError


@pytest.mark.parametrize(
    ("tried", "minutes"), [(0, 15), (1, 30), (2, 60), (3, 120), (4, 240), (5, 240)]
)
def test_pauses_double_from_a_quarter_of_an_hour_to_four_hours(tried, minutes):
    assert Trials().pause(tried, 0.5) == minutes * 60


@pytest.mark.parametrize(("fraction", "seconds"), [(0.0, 80), (0.5, 100), (1.0, 120)])
def test_pauses_are_a_fifth_longer_or_shorter(fraction, seconds):
    assert Trials(first=100).pause(0, fraction) == pytest.approx(seconds)


@given(
    tried=st.integers(0, 10_000),
    fraction=st.floats(0, 1, exclude_max=True),
    first=st.floats(0.01, 1e9),
)
def test_no_number_of_trials_leads_out_of_bounds(tried, fraction, first):
    pause = Trials(first=first, longest=1e9).pause(tried, fraction)
    assert 0.79 * first <= pause <= 1.21e9


@pytest.mark.parametrize(("held", "still"), [(0.0, 3), (599.9, 3), (600.0, 0)])
def test_a_line_that_has_held_makes_the_next_pause_the_first(held, still):
    assert Trials().still(3, held) == still


@pytest.mark.parametrize("name", ["first", "longest", "proven_after"])
@pytest.mark.parametrize("value", [0, -1.0, math.inf, math.nan, 2e9, True, "15", None])
def test_what_is_no_number_of_seconds_is_refused(name, value):
    with pytest.raises(LocalProtocolError) as caught:
        Trials(**{name: value})
    assert str(caught.value) == (
        f"Trials.{name}={value!r} is out of bounds: it must be a number of seconds, "
        "more than 0 and at most 1e+09"
    )


def test_the_first_pause_is_not_longer_than_the_longest():
    assert Trials(first=60, longest=60).pause(9, 0.5) == 60
    with pytest.raises(LocalProtocolError) as caught:
        Trials(first=61, longest=60)
    assert str(caught.value) == (
        "Trials.first=61 is out of bounds: it must not be more than longest, 60"
    )
