"""Notifications that come as fast as they are taken: read and, by most, decoded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from benchmarks.suite import Metric, Suite, Workload, total

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.suite import Turn

__all__ = ["SUITE"]

_METRICS: Final = (
    Metric("rate", "messages/s", more=True),
    Metric("cpu", "client CPU µs", 1e6, 2),
    Metric("server_busy", "server busy %", 100.0),
)
_SIZES: Final = (158, 1_188)
_FRAMES: Final = 5_000
"""Of one flood: fewer than may wait for a slow subscriber."""


def _sum_up(turns: Sequence[Turn]) -> dict[str, float]:
    frames, seconds = total(turns, "frames"), total(turns, "seconds")
    return {
        "rate": frames / seconds,
        "cpu": total(turns, "cpu") / frames,
        "server_busy": sum(turn.served["cpu"] for turn in turns) / seconds,
    }


def _workloads(quick: bool) -> tuple[Workload, ...]:
    return tuple(
        Workload(
            name=f"{'tls' if tls else 'plain'}-{size}",
            title=f"notifications of {size:,} bytes{', TLS' if tls else ''}",
            kind="receive",
            metrics=_METRICS,
            command={
                "do": "hear",
                "frames": 50 if quick else _FRAMES,
                "size": size,
                "seconds": 0.0 if quick else 0.25,
            },
            sum_up=_sum_up,
            base="websockets-undecoded",
            tls=tls,
            slices=1 if quick else 6,
        )
        for tls in (False, True)
        for size in _SIZES
    )


SUITE: Final = Suite(
    "receive", "how many notifications a second are read and decoded", _workloads
)
