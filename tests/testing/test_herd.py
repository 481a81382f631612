from __future__ import annotations

from random import Random

import pytest

from ums_actors.runtime.gate import PacedGate
from ums_actors.testing.herd import busiest, drop_herd

HERD = 1000


@pytest.mark.parametrize(
    ("backoff_base", "gate", "most"),
    [
        pytest.param(1.0, None, 150, id="default"),
        pytest.param(5.0, None, 40, id="fleet", marks=pytest.mark.soak),
        pytest.param(1.0, PacedGate(20, random=Random(1)), 3, id="gate"),
    ],
)
def test_a_herd_that_lost_its_lines_at_once_comes_back_spread(backoff_base, gate, most):
    attempts = drop_herd(HERD, backoff_base=backoff_base, gate=gate)
    assert len(attempts) == HERD
    assert 0 < busiest(attempts) <= most


def test_the_busiest_tenth_of_a_second_is_counted_from_the_cut():
    assert busiest([]) == 0
    assert busiest([0.0, 0.09, 0.1, 0.11, 0.18, 0.5]) == 3
    assert busiest([1.0] * 7) == 7
