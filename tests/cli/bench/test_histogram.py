from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ums_actors.cli.bench.histogram import Histogram
from ums_actors.cli.bench.report import Latency

DURATIONS = st.floats(min_value=1e-6, max_value=900.0)


def of(durations):
    took = Histogram()
    for each in durations:
        took.add(each)
    return took


@given(st.lists(DURATIONS, min_size=1, max_size=300), st.floats(0.01, 1.0))
def test_a_quantile_is_that_of_the_list_to_one_percent(durations, part):
    ordered = sorted(durations)
    exact = ordered[max(1, -int(-part * len(ordered) // 1)) - 1]
    assert of(durations).quantile(part) == pytest.approx(exact, rel=0.0101)


def test_what_is_out_of_its_bounds_counts_at_the_end():
    assert of([0.0, -1.0]).quantile(1.0) == 0.0
    assert of([1e9]).quantile(0.5) == pytest.approx(1e3, rel=0.02)
    assert of([1e9]).longest == 1e9


def test_none_has_no_quantile():
    assert of([]).quantile(0.5) is None
    assert Latency.of(of([])) == Latency(None, None, None, None)


def test_its_size_does_not_grow():
    took = Histogram()
    before = len(took._rows)
    chance = random.Random(7)
    for _ in range(10_000):
        took.add(chance.expovariate(100))
    assert (len(took._rows), took.count) == (before, 10_000)


def test_latency_is_told_in_milliseconds():
    told = Latency.of(of([0.001] * 99 + [1.0]))
    assert told.p50 == pytest.approx(1.0, rel=0.0101)
    assert told.p99 == pytest.approx(1.0, rel=0.0101)
    assert told.p999 == pytest.approx(1000.0, rel=0.0101)
    assert told.longest == 1000.0
