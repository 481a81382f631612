from __future__ import annotations

import pytest

from ums_actors.cli.top.figures import duration, latency, rate


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (None, "-"),
        (0.0, "0.0s"),
        (8.24, "8.2s"),
        (42.9, "42s"),
        (60, "1m00"),
        (185, "3m05"),
        (3600, "1h00"),
        (26_000, "7h13"),
        (1_047_600, "12d3h"),
    ],
)
def test_durations(seconds, told):
    assert duration(seconds) == told


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(None, "-"), (0.0003, "0.3ms"), (0.0123, "12ms"), (1.24, "1.2s"), (75, "1m15")],
)
def test_latencies(seconds, told):
    assert latency(seconds) == told


@pytest.mark.parametrize(
    ("value", "told"), [(None, "-"), (0.0, "0"), (0.45, "0.5"), (3412.2, "3412")]
)
def test_rates(value, told):
    assert rate(value) == told
