"""The same with more and more connections in one process: what grows, and how."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from benchmarks.suite import Metric, Suite, Workload

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.suite import Turn

__all__ = ["SUITE"]

_METRICS: Final = (
    Metric("request_cpu", "CPU µs a request", 1e6, 1),
    Metric("rate", "requests/s", more=True),
    Metric("p99", "p99 ms", 1e3, 1),
    Metric("memory", "KiB a connection", 1 / 1024, 1),
    Metric("start", "start ms each", 1e3, 2),
    Metric("start_cpu", "start CPU ms each", 1e3, 2),
    Metric("idle_cpu", "idle CPU µs/s each", 1e6, 1),
    Metric("threads", "threads"),
)
_SIZES: Final = (1_000, 5_000, 15_000)
_PEERS: Final = ("ums", "aiohttp", "picows")
_IN_FLIGHT: Final = 256
_IDLE: Final = 21.0
"""Seconds: each connection pings once in these."""


def _sum_up(turns: Sequence[Turn]) -> dict[str, float]:
    (turn,) = turns
    return dict(turn.ran)


def _workloads(quick: bool) -> tuple[Workload, ...]:
    return tuple(
        Workload(
            name=str(size),
            title=f"{size:,} connections, {_IN_FLIGHT} requests in flight over all",
            kind="scale",
            metrics=_METRICS,
            command={
                "do": "scale",
                "connections": size // 500 if quick else size,
                "in_flight": _IN_FLIGHT,
                "seconds": 0.02 if quick else 2.0,
                "idle": 0.1 if quick else _IDLE,
            },
            sum_up=_sum_up,
            base="picows",
            slices=1,
            together=False,
            warm=False,
            patience=120.0 + size / 25,
            peers=_PEERS,
        )
        for size in _SIZES
    )


SUITE: Final = Suite(
    "scale", "what connection and message cost as connections become many", _workloads
)
