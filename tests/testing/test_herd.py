from __future__ import annotations

from random import Random

import pytest

from ums_actors.runtime.gate import PacedGate
from ums_actors.testing.herd import busiest, drop_herd


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
