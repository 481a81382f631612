"""Requests and their answers: how many a second, and how long each takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from benchmarks.suite import Metric, Suite, Workload, latencies, total

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.suite import Turn

__all__ = ["METRICS", "SUITE", "sum_up"]

METRICS: Final = (
    Metric("rate", "requests/s", more=True),
    Metric("p50", "p50 µs", 1e6),
    Metric("p99", "p99 µs", 1e6),
    Metric("cpu", "client CPU µs", 1e6, 1),
    Metric("server_busy", "server busy %", 100.0),
    Metric("request_size", "bytes"),
)
_SECONDS: Final = 0.25
_QUICK: Final = 0.01
_WINDOWS: Final = (1, 32, 256)
_MANY: Final = 200
_THREADS: Final = (8, 64)


def sum_up(turns: Sequence[Turn]) -> dict[str, float]:
    """Give rate, latencies, and what a request costs client and server."""
    requests, seconds = total(turns, "requests"), total(turns, "seconds")
    served = sum(turn.served["answered"] for turn in turns)
    return {
        "rate": requests / seconds,
        **latencies(turns),
        "cpu": total(turns, "cpu") / requests,
        "server_busy": sum(turn.served["cpu"] for turn in turns) / seconds,
        "request_size": sum(turn.served["received"] for turn in turns) / served,
    }


def _workloads(quick: bool) -> tuple[Workload, ...]:
    many = 3 if quick else _MANY
    return (
        *(_windowed(quick, str(window), 1, window) for window in _WINDOWS),
        _windowed(quick, "many-1", many, many),
        _windowed(quick, "many-8", many, 8 * many),
        *(_threaded(quick, threads) for threads in _THREADS),
    )


def _windowed(quick: bool, name: str, connections: int, in_flight: int) -> Workload:
    lines = "one connection" if connections == 1 else f"{connections} connections"
    return Workload(
        name=name,
        title=f"{in_flight:,} in flight on {lines}",
        kind="request",
        metrics=METRICS,
        command={
            "do": "run",
            "in_flight": in_flight,
            "seconds": _QUICK if quick else _SECONDS,
        },
        sum_up=sum_up,
        connections=connections,
        base="websockets",
        slices=1 if quick else 6,
    )


def _threaded(quick: bool, threads: int) -> Workload:
    return Workload(
        name=f"threads-{threads}",
        title=f"{threads} blocking threads on one connection",
        kind="threads",
        metrics=METRICS,
        command={
            "do": "threads",
            "threads": 2 if quick else threads,
            "seconds": _QUICK if quick else _SECONDS,
        },
        sum_up=sum_up,
        base="naive",
        slices=1 if quick else 6,
    )


SUITE: Final = Suite(
    "request", "how many requests a second, and how long each takes", _workloads
)
