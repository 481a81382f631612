from __future__ import annotations

from random import Random

import pytest

from ums_actors.runtime.gate import PacedGate
from ums_actors.testing.herd import bring_back, busiest, drop_herd


@pytest.mark.parametrize(
    ("herd", "backoff_base", "paced", "most"),
    [
        pytest.param(300, 1.0, False, 45, id="default"),
        pytest.param(300, 1.0, True, 3, id="gate"),
        pytest.param(1000, 1.0, False, 150, id="large", marks=pytest.mark.soak),
        pytest.param(1000, 5.0, False, 40, id="fleet", marks=pytest.mark.soak),
        pytest.param(1000, 1.0, True, 3, id="large-gate", marks=pytest.mark.soak),
    ],
)
def test_a_herd_that_lost_its_lines_at_once_comes_back_spread(
    herd, backoff_base, paced, most
):
    gate = PacedGate(20, random=Random(1)) if paced else None
    attempts = drop_herd(herd, backoff_base=backoff_base, gate=gate)
    assert len(attempts) == herd
    assert 0 < busiest(attempts) <= most


def test_the_busiest_tenth_of_a_second_is_counted_from_the_cut():
    assert busiest([]) == 0
    assert busiest([0.0, 0.09, 0.1, 0.11, 0.18, 0.5]) == 3
    assert busiest([1.0] * 7) == 7


def within(times, rate, burst=1, seconds=1.0):
    """Tell whether no stretch of so many seconds has more than a gate lets begin."""
    most = int(burst + 1 + rate * seconds)
    return all(
        last - first > seconds for first, last in zip(times, times[most:], strict=False)
    )


def test_logins_go_at_their_pace_while_connects_go_at_theirs():
    comeback = bring_back(
        100,
        gate=PacedGate(20, random=Random(1)),
        login_gate=PacedGate(4, random=Random(2)),
        tokens_die=True,
    )
    assert len(comeback.returns) == len(comeback.logins) == 100
    assert within(comeback.logins, 4)
    assert within(comeback.returns, 20)
    assert 24.0 < comeback.logins[-1] < 30.0  # and no slower than they may
    assert comeback.returns[-1] < comeback.logins[-1] + 5.0


def test_who_holds_a_token_does_not_wait_for_those_who_log_in():
    comeback = bring_back(
        100,
        gate=PacedGate(20, random=Random(1)),
        login_gate=PacedGate(1, random=Random(2)),
        arrivals=20,
    )
    assert (len(comeback.returns), len(comeback.arrivals)) == (100, 20)
    assert len(comeback.logins) == 20  # of those who are new
    assert within(comeback.logins, 1)
    assert within(comeback.returns, 20)
    assert comeback.returns[-1] < comeback.logins[-1]


def test_who_connects_for_the_first_time_goes_before_a_herd_that_comes_back():
    comeback = bring_back(200, gate=PacedGate(10, random=Random(1)), arrivals=40)
    assert (len(comeback.returns), len(comeback.arrivals)) == (200, 40)
    assert within(comeback.returns, 10)
    # four of five places, for as long as any of them waits
    before = [when for when in comeback.returns if when < comeback.arrivals[-1]]
    assert len(before) <= 40 / 4 + 2
    assert len(before) >= 40 / 4 - 2  # and the herd is not held up for ever
