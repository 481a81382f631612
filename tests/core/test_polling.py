from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ums_actors.core.polling import FIRST_LESS, LATER_LESS, PollPace

FRACTIONS = st.floats(0, 1, exclude_max=True)


def test_chance_takes_much_off_the_first_pause_and_little_off_the_others():
    pace = PollPace(60.0)
    assert pace.answered(0.5) == 60.0 * (1 - FIRST_LESS / 2)
    assert pace.answered(0.5) == pace.answered(0.5) == 60.0 * (1 - LATER_LESS / 2)


@given(FRACTIONS, FRACTIONS)
def test_no_pause_after_an_answer_is_longer_than_the_interval(first, later):
    pace = PollPace(60.0)
    assert 0.05 < pace.answered(first) <= 60.0
    assert 54.0 <= pace.answered(later) <= 60.0


@pytest.mark.parametrize(
    ("statuses", "pauses"),
    [
        ((503, 500, 502, 503, 503), (5, 10, 15, 120, 120)),
        ((429, 429), (60, 60)),
        ((None, None), (60, 60)),
        ((408,), (60,)),
        ((401, 403, 404), (120, 120, 120)),
        ((503, 429, 503), (5, 60, 10)),
    ],
)
def test_a_failure_has_the_pause_that_the_policy_for_logins_names(statuses, pauses):
    pace = PollPace(60.0)
    assert tuple(pace.failed(status, 0.0) for status in statuses) == pauses


@given(st.sampled_from([None, 401, 429, 500, 503]), FRACTIONS)
def test_after_a_failure_nobody_comes_earlier_and_none_waits_for_ever(status, fraction):
    least, pace = PollPace(60.0).failed(status, 0.0), PollPace(60.0)
    assert least <= pace.failed(status, fraction) <= least * 1.1


def test_an_answer_ends_the_trouble_and_its_long_pauses():
    pace = PollPace(60.0)
    assert not pace.troubled
    for _ in range(4):
        pace.failed(500, 0.0)
    assert pace.troubled
    pace.answered(0.0)
    assert not pace.troubled
    assert pace.failed(500, 0.0) == 5.0


def test_a_failure_does_not_use_up_the_first_pause():
    pace = PollPace(60.0)
    pace.failed(None, 0.0)
    assert pace.answered(0.5) < 31.0


def test_a_long_interval_is_longer_than_the_policy():
    assert PollPace(600.0).failed(404, 0.0) == 600.0
    assert PollPace(600.0).interval == 600.0
