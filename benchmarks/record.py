"""A run as JSON: everything needed to judge it later or elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from benchmarks.contestants import ENTRIES
from benchmarks.machine import facts, versions

if TYPE_CHECKING:
    from benchmarks.measure import Result
    from benchmarks.ratio import Spread
    from benchmarks.summary import Summary

__all__ = ["record"]


def record(runs: dict[str, tuple[Result, Summary]]) -> dict[str, Any]:
    """Give machine, versions and each suite's samples, ratios and verdicts."""
    suites = {suite: _suite(*run) for suite, run in runs.items()}
    return {"machine": facts(), "versions": versions(), "suites": suites}


def _suite(result: Result, summary: Summary) -> dict[str, Any]:
    contestants = {
        row.name: {
            "title": ENTRIES[row.name].title,
            "samples": [sample._asdict() for sample in result.samples[row.name]],
            "rate": row.rate._asdict(),
            f"to_{summary.base}": _interval(row.to_base),
            "to_floor": _interval(row.to_floor),
        }
        for row in summary.rows
    }
    gates = [
        {**gate._asdict(), "ratio": ratio._asdict(), "verdict": str(verdict)}
        for gate, ratio, verdict in summary.gates
    ]
    return {
        "settings": result.settings._asdict(),
        "contestants": contestants,
        "gates": gates,
        "remarks": summary.remarks,
        "unavailable": result.unavailable,
        "failed": result.failed,
    }


def _interval(ratio: Spread | None) -> dict[str, float] | None:
    return None if ratio is None else ratio._asdict()
