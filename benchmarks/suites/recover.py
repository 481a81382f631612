"""Lines that the server ends: how long until they can be used again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from benchmarks.suite import Metric, Suite, Workload, total

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.suite import Turn

__all__ = ["SUITE"]

_METRICS: Final = (
    Metric("back", "back after ms", 1e3, 2),
    Metric("cpu", "client CPU ms", 1e3, 2),
)
_ALL_METRICS: Final = (
    Metric("last", "all back after ms", 1e3),
    Metric("back", "half back after ms", 1e3),
    Metric("cpu", "client CPU ms each", 1e3, 2),
    Metric("server_busy", "server busy %", 100.0),
)
_GOING_AWAY: Final = 1001
_HERD: Final = 1_000


def _sum_up(turns: Sequence[Turn]) -> dict[str, float]:
    """Give the median of single recoveries."""
    back = sorted(each for turn in turns for each in turn.ran["back"])
    return {"back": back[len(back) // 2], "cpu": total(turns, "cpu") / len(back)}


def _sum_up_all(turns: Sequence[Turn]) -> dict[str, float]:
    backs = [turn.ran["back"] for turn in turns]
    longest = sum(back[-1] for back in backs)
    return {
        "last": longest / len(backs),
        "back": sum(back[len(back) // 2] for back in backs) / len(backs),
        "cpu": total(turns, "cpu") / sum(map(len, backs)),
        "server_busy": sum(turn.served["cpu"] for turn in turns) / longest,
    }


def _workloads(quick: bool) -> tuple[Workload, ...]:
    herd = 5 if quick else _HERD
    return (
        Workload(
            name="close",
            title="closed by the server, until READY (connected, for others)",
            kind="recover",
            metrics=_METRICS,
            command={"do": "recover", "code": _GOING_AWAY, "every": False},
            sum_up=_sum_up,
            base="wsclient",
            slices=1 if quick else 30,
        ),
        Workload(
            name="herd",
            title=f"{herd:,} connections cut at once",
            kind="recover",
            metrics=_ALL_METRICS,
            command={"do": "recover", "code": 0, "every": True},
            sum_up=_sum_up_all,
            connections=herd,
            base="wsclient",
            slices=1,
            together=False,
            warm=not quick,
        ),
    )


SUITE: Final = Suite(
    "recover", "how long until a line that the server ended is there again", _workloads
)
