"""The end of a run in numbers, and whether it is a success."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ums_actors.cli.demo.plan import Fault

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ums_actors.cli.demo.audit import Audit

__all__ = ["Recovery", "Report", "percentile", "summarize"]


@dataclass(frozen=True)
class Recovery:
    """How fast the recoveries from one kind of fault were, seconds."""

    fault: Fault
    count: int
    p50: float
    p99: float


@dataclass(frozen=True)
class Report:
    """What is printed at the end.

    Attributes:
        failures: what went wrong, one line each; empty if all went well.
    """

    conversations: int
    audit: Audit
    recoveries: tuple[Recovery, ...]
    failures: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether nothing was lost and every fault was recovered from."""
        return not self.failures

    def as_dict(self) -> dict[str, Any]:
        """Give the report as it is printed with ``--json``."""
        return {
            "conversations": self.conversations,
            "messages": {
                "to_bots": self.audit.to_bots,
                "to_consumers": self.audit.to_consumers,
            },
            "recoveries": [
                {
                    "fault": recovery.fault.value,
                    "count": recovery.count,
                    "p50_s": round(recovery.p50, 4),
                    "p99_s": round(recovery.p99, 4),
                }
                for recovery in self.recoveries
            ],
            "lost": self.audit.lost,
            "duplicated": self.audit.duplicated,
            "unanswered": self.audit.unanswered,
        }


def percentile(values: Sequence[float], share: float) -> float:
    """Give the smallest value that at least this share of them does not exceed."""
    ranked = sorted(values)
    return ranked[max(0, math.ceil(share * len(ranked)) - 1)]


def summarize(
    *,
    conversations: int,
    audit: Audit,
    times: dict[Fault, list[float]],
    missing: Sequence[str] = (),
    notes: Sequence[str] = (),
) -> Report:
    """Make the report.

    Args:
        conversations: how many consumers opened.
        audit: what came of the messages.
        times: seconds from each fault to its recovery, by kind.
        missing: faults that were not seen or not recovered from, one line each.
        notes: what the bots met; told only if something is wrong.
    """
    recoveries = tuple(
        Recovery(fault, len(seen), percentile(seen, 0.5), percentile(seen, 0.99))
        for fault in Fault
        if (seen := times.get(fault))
    )
    failures = [
        f"{count} {word}"
        for word, count in (
            ("lost", audit.lost),
            ("duplicated", audit.duplicated),
            ("unanswered", audit.unanswered),
        )
        if count
    ]
    failures += missing
    failures += [
        f"no recovery was seen from: {fault}"
        for fault in Fault
        if not times.get(fault) and not any(str(fault) in line for line in missing)
    ]
    if failures:
        failures += notes[:3]
    return Report(conversations, audit, recoveries, tuple(failures))
