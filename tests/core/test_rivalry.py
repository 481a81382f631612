from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ums_actors.core.rivalry import PERIOD, TIMES, Rivalry


def refused(*times: float) -> list[bool]:
    rivalry = Rivalry()
    return [rivalry.refused(now) for now in times]


@pytest.mark.parametrize(
    ("what", "times", "last"),
    [
        ("rivals that lose their lines", (0, 3, 5, 14, 20), True),
        ("rivals that meet at each refresh", (0, 230, 460, 690, 920), True),
        ("exactly in the period", (0, 450, 900, 1350, 1800), True),
        ("a moment longer", (0, 450, 900, 1350, 1800.1), False),
        ("four times", (0, 1, 2, 3), False),
        ("a token that dies every ten minutes", (0, 600, 1200, 1800, 2400), False),
        ("a night of restarts", (0, 3600, 7200, 10_800, 14_400, 18_000), False),
    ],
)
def test_five_refusals_in_half_an_hour_are_a_rival(what, times, last):
    *before, found = refused(*times)
    assert (any(before), found) == (False, last), what


def test_after_a_rival_has_shown_itself_one_more_refusal_is_enough():
    rivalry = Rivalry()
    for now in range(TIMES):
        rivalry.refused(now)
    rivalry.tried(900.0)
    assert rivalry.contested
    assert rivalry.refused(905.0)
    rivalry.tried(2000.0)
    assert rivalry.refused(2000.0 + PERIOD)


def test_a_token_that_has_lived_for_the_period_clears_the_suspicion():
    rivalry = Rivalry()
    for now in range(TIMES):
        rivalry.refused(now)
    rivalry.tried(900.0)
    assert not rivalry.refused(900.1 + PERIOD)
    assert not rivalry.contested


def test_a_trial_forgets_what_was_counted():
    rivalry = Rivalry()
    for now in range(TIMES - 1):
        rivalry.refused(now)
    rivalry.tried(10.0)
    assert not any(rivalry.refused(now) for now in range(11, 11 + TIMES - 1))
    assert rivalry.refused(20.0)


@given(st.lists(st.floats(0, 2000), max_size=40))
@example([0.0, 0.0, 0.0, 0.0, 248.02383825445696, 1800.0])  # rounds to a little more
def test_before_it_has_shown_itself_the_window_alone_decides(steps):
    rivalry, times, now = Rivalry(), [], 0.0
    for step in steps:
        last, now = now, now + step
        times.append(now)
        recent = [at for at in times if at >= now - PERIOD]
        before = rivalry.contested and now - last <= PERIOD
        assert rivalry.refused(now) is (before or len(recent) >= TIMES)
