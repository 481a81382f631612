from __future__ import annotations

import math

import pytest

from ums_actors.core.terms import Terms
from ums_actors.errors import LocalProtocolError


def test_the_defaults_fit_together():
    terms = Terms()
    assert terms.kept == 5.0
    assert terms.least_margin < terms.margin
    assert 2 * (terms.pause(0) + terms.call_timeout) > terms.ttl > terms.pause(0)


def test_a_pause_is_a_third_of_the_ttl_and_chance_makes_it_shorter():
    terms = Terms(ttl=6.0, jitter=0.5)
    assert [terms.pause(chance) for chance in (0.0, 0.5)] == [2.0, 1.5]


@pytest.mark.parametrize(
    "wrong",
    [
        {"ttl": 0.0},
        {"ttl": -1.0},
        {"ttl": math.inf},
        {"margin": math.nan},
        {"safety": -0.1},
        {"safety": 4.0 / 3},
        {"jitter": 1.0},
        {"drift": 1.0},
        {"drift": 0.2},
        {"margin": 0.0},
    ],
)
def test_what_does_not_fit_is_refused(wrong):
    with pytest.raises(LocalProtocolError, match=next(iter(wrong))):
        Terms(**wrong)


def test_without_drift_no_margin_is_needed():
    assert Terms(margin=0.0, drift=0.0).kept == 4.0


@pytest.mark.parametrize("drift", [0.0001, 0.01, 0.1])
def test_the_least_margin_makes_up_for_a_slow_owner_and_a_fast_book(drift):
    ttl = 4.0
    least = Terms(ttl=ttl, margin=4.0, drift=drift).least_margin
    owner, book = ttl / (1 - drift), (ttl + least) / (1 + drift)
    assert book == pytest.approx(owner)
