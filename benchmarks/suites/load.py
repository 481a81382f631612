"""Requests while another thread of the same process computes."""

from __future__ import annotations

from typing import Final

from benchmarks.suite import Suite, Workload
from benchmarks.suites.request import METRICS, sum_up

__all__ = ["SUITE"]


def _workloads(quick: bool) -> tuple[Workload, ...]:
    return (
        Workload(
            name="burning",
            title="32 in flight, a CPU-bound thread beside it",
            kind="load",
            metrics=METRICS,
            command={
                "do": "load",
                "in_flight": 2 if quick else 32,
                "seconds": 0.01 if quick else 1.0,
            },
            sum_up=sum_up,
            base="websockets",
            slices=1 if quick else 3,
        ),
    )


SUITE: Final = Suite(
    "load", "what is left of it beside a thread that computes", _workloads
)
