from __future__ import annotations

import pytest

pytest.importorskip("matplotlib")

from benchmarks.plots import plot
from benchmarks.suite import QUANTILES

SAMPLE = {"rate": 1_000.0, "cpu": 1e-6} | {f"p{q * 100:g}": 1e-4 for q in QUANTILES}


def workload(connections: int) -> dict[str, object]:
    interval = {"median": 1.5, "low": 1.0, "high": 2.0}
    return {
        "title": "32 in flight",
        "command": {"connections": connections},
        "base": "websockets",
        "metrics": [
            {"name": "rate", "title": "requests/s", "scale": 1.0, "more": True},
            {"name": "cpu", "title": "CPU µs", "scale": 1e6, "more": False},
            {"name": "idle", "title": "nobody has it", "scale": 1.0, "more": False},
        ],
        "contestants": {
            name: {"title": name, "samples": [SAMPLE, SAMPLE], "to_base": interval}
            for name in ("ums", "websockets", "floor")
        },
    }


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    """Drawn before any test: matplotlib keeps its fonts open."""
    machine = {"processor": "P", "cores": 2, "load": 0.5, "python": "CPython 3"}
    two = {"1000": workload(1_000), "5000": workload(5_000)}
    whole = {
        "machine": machine,
        "versions": {"ums_actors": "1"},
        "suites": {
            "request": {"workloads": two},
            "scale": {"workloads": two},
            "model": {"costs": []},
            "receive": {"workloads": {"plain": {**workload(1), "contestants": {}}}},
        },
    }
    return list(plot(whole, tmp_path_factory.mktemp("pictures")))


def test_bars_latencies_and_curves_are_drawn(drawn):
    names = ["request.png", "request-latency.png", "scale.png"]
    assert [path.name for path in drawn] == names
    for path in drawn:
        assert path.read_bytes().startswith(b"\x89PNG")
