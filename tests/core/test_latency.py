from __future__ import annotations

import pytest

from ums_actors.core.latency import Latency


def test_nothing_is_known_of_nothing():
    assert Latency().quantiles(0.0, 0.5, 0.99) == (None, None)


@pytest.mark.parametrize("seconds", [0.00002, 0.0013, 0.25, 1.0, 59.0])
def test_a_duration_is_known_to_five_percent(seconds):
    latency = Latency()
    latency.add(0.0, seconds)
    (told,) = latency.quantiles(1.0, 0.5)
    assert told == pytest.approx(seconds, rel=0.051)


def test_the_share_decides_between_the_many_and_the_slow():
    latency = Latency()
    for _ in range(98):
        latency.add(0.0, 0.010)
    for _ in range(2):
        latency.add(0.0, 2.0)
    median, slow = latency.quantiles(0.0, 0.5, 0.99)
    assert median == pytest.approx(0.010, rel=0.051)
    assert slow == pytest.approx(2.0, rel=0.051)


def test_what_is_older_than_two_spans_is_forgotten():
    latency = Latency(span=10.0)
    latency.add(0.0, 5.0)
    latency.add(12.0, 0.1)
    assert latency.quantiles(13.0, 1.0)[0] == pytest.approx(5.0, rel=0.051)
    assert latency.quantiles(23.0, 1.0)[0] == pytest.approx(0.1, rel=0.051)
    assert latency.quantiles(33.0, 1.0) == (None,)


def test_a_pause_in_which_nobody_looked_forgets_both_halves():
    latency = Latency(span=10.0)
    latency.add(0.0, 5.0)
    assert latency.quantiles(1000.0, 0.5) == (None,)


@pytest.mark.parametrize("seconds", [-1.0, 0.0, 1e-9, 1e9])
def test_the_absurd_is_put_into_the_outermost_buckets(seconds):
    latency = Latency()
    for _ in range(1000):
        latency.add(0.0, seconds)
    assert len(latency._present) == 1
    (told,) = latency.quantiles(0.0, 0.5)
    assert told is not None
    assert 0 < told < 3600


def test_each_duration_counts_once_whenever_it_was():
    latency = Latency(span=10.0)
    for now in (0.0, 0.0, 12.0, 12.0):
        latency.add(now, 0.1)
        latency.add(now, 5.0)
    latency.add(12.0, 60.0)
    told = latency.quantiles(12.0, 4 / 9, 8 / 9, 1.0)
    assert told == pytest.approx((0.1, 5.0, 60.0), rel=0.051)
    assert sum(latency._before.values()) == 4
    assert sum(latency._present.values()) == 5


@pytest.mark.parametrize("pause", [20.0, 25.0])
def test_two_spans_are_enough_to_forget(pause):
    latency = Latency(span=10.0)
    latency.add(0.0, 5.0)
    assert latency.quantiles(pause, 0.5) == (None,)


def test_the_default_span_is_a_quarter_of_a_minute():
    latency = Latency()
    latency.add(0.0, 5.0)
    latency.quantiles(15.0, 0.5)
    assert not latency._present
    assert latency._before


@pytest.mark.parametrize("seconds", [0.0, 1e-5])
def test_what_is_shorter_than_all_buckets_is_below_them(seconds):
    latency = Latency()
    latency.add(0.0, seconds)
    (told,) = latency.quantiles(0.0, 0.5)
    assert told is not None
    assert told < 1e-5
