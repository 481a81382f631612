"""A run as JSON: everything needed to judge it later or elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from benchmarks.contestants import ENTRIES
from benchmarks.machine import versions

if TYPE_CHECKING:
    from collections.abc import Mapping

    from benchmarks.measure import Result
    from benchmarks.ratio import Spread
    from benchmarks.summary import Summary

__all__ = ["record", "record_workload"]


def record(
    suites: Mapping[str, Any], machine: Mapping[str, object], *, quick: bool
) -> dict[str, Any]:
    """Give machine, versions and what each suite has recorded."""
    return {
        "machine": dict(machine),
        "versions": versions(),
        "quick": quick,
        "suites": dict(suites),
    }


def record_workload(result: Result, summary: Summary) -> dict[str, Any]:
    """Give a workload's samples, ratios and verdicts."""
    workload = result.workload
    contestants = {
        row.name: {
            "title": ENTRIES[row.name].title,
            "samples": result.samples[row.name],
            "to_base": _interval(row.to_base),
            "to_floor": _interval(row.to_floor),
        }
        for row in summary.rows
    }
    gates = [
        {
            **judged.gate._asdict(),
            "found": judged.found._asdict(),
            "verdict": str(judged.verdict),
            "aim_verdict": str(judged.aim),
        }
        for judged in summary.gates
    ]
    return {
        "title": workload.title,
        "command": dict(workload.command),
        "connections": workload.connections,
        "rounds": result.rounds,
        "base": summary.base,
        "metrics": [metric._asdict() for metric in workload.metrics],
        "contestants": contestants,
        "gates": gates,
        "remarks": summary.remarks,
        "unavailable": result.unavailable,
        "failed": result.failed,
    }


def _interval(ratio: Spread | None) -> dict[str, float] | None:
    return None if ratio is None else ratio._asdict()
