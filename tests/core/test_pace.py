from __future__ import annotations

import math
from collections import Counter
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ums_actors as ums
from ums_actors.core.pace import Pace

CHANCES = st.floats(0, 1, exclude_max=True)


def test_a_lone_one_is_not_delayed_nor_is_a_burst():
    pace = Pace(10, burst=3)
    assert [pace.reserve(5.0, 0.9) for _ in range(3)] == [0.0, 0.0, 0.0]
    assert pace.reserve(5.0, 0.0) == pytest.approx(0.1)
    assert pace.reserve(5.0, 0.5) == pytest.approx(0.25)
    assert [pace.reserve(6.0, 0.9) for _ in range(3)] == [0.0, 0.0, 0.0]  # it rested
    assert pace.reserve(6.0, 0.0) > 0


def test_a_rest_earns_no_more_than_a_burst():
    pace = Pace(10, burst=2)
    pace.reserve(0.0, 0.0)
    delays = [pace.reserve(1_000.0, 0.0) for _ in range(4)]
    assert delays == pytest.approx([0.0, 0.0, 0.1, 0.2])


def test_held_it_gives_no_place_before_and_no_burst_at_the_end():
    pace = Pace(10, burst=5)
    pace.hold(3.0)
    delays = [pace.reserve(1.0, 0.0) for _ in range(3)]
    assert delays == pytest.approx([2.0, 2.1, 2.2])
    pace.hold(1.5)  # sooner than it is: no matter
    assert pace.reserve(1.0, 0.0) == pytest.approx(2.3)


def test_a_herd_of_a_thousand_passes_at_twenty_a_second():
    pace, random = Pace(20), Random(6)
    starts = [pace.reserve(0.0, random.random()) for _ in range(1_000)]
    assert max(Counter(int(start * 10) for start in starts).values()) <= 3
    assert 49 < max(starts) <= 50


@given(
    st.floats(0.1, 1_000),
    st.integers(1, 20),
    st.lists(st.tuples(st.floats(0, 3), CHANCES), min_size=1, max_size=60),
)
def test_order_is_kept_and_no_stretch_has_too_many(rate, burst, asked):
    pace, now, starts = Pace(rate, burst), 100.0, []
    for pause, chance in asked:
        now += pause
        starts.append(now + pace.reserve(now, chance))
    assert starts == sorted(starts)
    for first, start in enumerate(starts):
        for last in range(first, len(starts)):
            stretch = starts[last] - start
            assert last - first + 1 <= burst + 1 + rate * stretch + 1e-6


@given(st.floats(0.1, 1_000), st.integers(1, 20), st.integers(1, 100), CHANCES)
def test_nobody_waits_longer_than_those_before_need(rate, burst, count, chance):
    pace = Pace(rate, burst)
    for number in range(count):
        places = max(0, number - burst + 1)
        delay = pace.reserve(7.0, chance)
        assert delay == pytest.approx((places + chance) / rate if places else 0.0)


@pytest.mark.parametrize(
    ("rate", "burst"), [(0, 1), (-1, 1), (math.inf, 1), (math.nan, 1), (1, 0)]
)
def test_numbers_out_of_bounds_are_refused(rate, burst):
    with pytest.raises(ums.LocalProtocolError) as caught:
        Pace(rate, burst)
    assert str(caught.value) == (
        f"a pace of {rate} a second, {burst} at once, is out of bounds: the rate must "
        "be finite and more than 0, the burst 1 or more"
    )


def test_without_a_word_of_bursts_there_are_none():
    pace = Pace(10)
    assert [pace.reserve(5.0, 0.0) for _ in range(2)] == [0.0, pytest.approx(0.1)]
