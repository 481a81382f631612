"""The actors alone, beside stock Pykka."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from benchmarks.suite import Metric, Suite, Workload

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.suite import Turn

__all__ = ["SUITE"]

_TIME: Final = (Metric("value", "µs", 1e6, 2),)
_MEMORY: Final = (Metric("value", "KiB", 1 / 1024, 2),)
_PARTS: Final = (
    ("tell", "a message told, until it is handled", _TIME, 20_000, 6),
    ("ask", "a question asked, until it is answered", _TIME, 2_000, 6),
    ("start", "an actor started, until it answers", _TIME, 500, 4),
    ("stop", "an actor stopped", _TIME, 500, 4),
    (
        "memory",
        "an idle actor, of 10,000 (of 1,000 where each is a thread)",
        _MEMORY,
        10_000,
        1,
    ),
)


def _sum_up(turns: Sequence[Turn]) -> dict[str, float]:
    values = sorted(turn.ran["value"] for turn in turns)
    return {"value": values[len(values) // 2]}


def _workloads(quick: bool) -> tuple[Workload, ...]:
    return tuple(
        Workload(
            name=name,
            title=title,
            kind="actors",
            metrics=metrics,
            command={"do": "measure", "what": name, "count": 10 if quick else count},
            sum_up=_sum_up,
            connections=0,
            base="pykka",
            slices=1 if quick else slices,
            together=slices > 1,
            warm=slices > 1 and not quick,
            patience=120.0,
        )
        for name, title, metrics, count, slices in _PARTS
    )


SUITE: Final = Suite(
    "actors", "what telling, asking and an actor itself take", _workloads
)
