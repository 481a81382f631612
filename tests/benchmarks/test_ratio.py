from __future__ import annotations

import pytest

from benchmarks.ratio import Spread, Verdict, paired, spread, verdict, within


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([3.0], (3.0, 3.0, 3.0)),
        ([5.0, 1.0, 3.0, 2.0, 4.0], (3.0, 1.0, 5.0)),
        ([float(n) for n in range(1, 9)], (4.5, 2.0, 7.0)),
        ([float(n) for n in range(1, 21)], (10.5, 6.0, 15.0)),
    ],
)
def test_the_interval_is_as_narrow_as_ninety_percent_allow(values, expected):
    assert spread(values) == expected


def test_a_ratio_compares_round_with_round():
    assert paired([2.0, 40.0, 600.0], [1.0, 10.0, 100.0]) == (4.0, 2.0, 6.0)


def test_rounds_without_a_partner_are_an_error():
    with pytest.raises(ValueError, match="zip"):
        paired([1.0, 2.0], [1.0])


@pytest.mark.parametrize(
    ("interval", "rounds", "expected"),
    [
        (Spread(3.0, 2.0, 4.0), 5, Verdict.REACHED),
        (Spread(1.5, 1.0, 1.9), 5, Verdict.MISSED),
        (Spread(3.0, 1.9, 4.0), 5, Verdict.TOO_NOISY),
        (Spread(3.0, 2.9, 3.1), 4, Verdict.TOO_FEW),
    ],
)
def test_a_verdict_needs_the_whole_interval_and_enough_rounds(
    interval, rounds, expected
):
    assert verdict(interval, rounds, 2.0) is expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([1.0, 1.5, 2.0, 1.0, 1.0], Verdict.REACHED),
        ([3.0, 2.1, 2.5, 2.5, 2.5], Verdict.MISSED),
        ([1.0, 1.0, 1.0, 1.0, 3.0], Verdict.TOO_NOISY),
        ([1.0] * 4, Verdict.TOO_FEW),
    ],
)
def test_a_figure_is_within_its_bound_with_its_whole_interval(values, expected):
    assert within(values, 2.0) is expected


def test_noise_is_half_the_interval_over_the_median():
    assert Spread(10.0, 8.0, 12.0).noise == pytest.approx(0.2)
    assert Spread(0.0, 0.0, 0.0).noise == 0.0
