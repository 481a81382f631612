"""The end of a run in numbers, and whether it is a success."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ums_actors.cli.demo.plan import STRIKES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ums_actors.cli.demo.audit import Audit
    from ums_actors.cli.demo.plan import Strike

__all__ = ["Recovery", "Report", "percentile", "summarize"]

_MOST, _TOLD = 8, 3
"""Things that went wrong, and details of each kind, that are told in one line."""


@dataclass(frozen=True)
class Recovery:
    """How fast the recoveries from one kind of fault on one side were, seconds."""

    strike: Strike
    count: int
    p50: float
    p99: float


@dataclass(frozen=True)
class Report:
    """What is printed at the end.

    Attributes:
        deeds: what happened besides questions and answers, by name.
        failures: what went wrong, one line each; empty if all went well.
    """

    seed: int
    audit: Audit
    deeds: Mapping[str, int]
    recoveries: tuple[Recovery, ...]
    failures: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether nothing was lost and every fault was recovered from."""
        return not self.failures

    def as_dict(self) -> dict[str, Any]:
        """Give the report as it is printed with ``--json``."""
        audit = self.audit
        return {
            "seed": self.seed,
            "conversations": audit.conversations,
            "messages": {
                "to_bots": audit.to_bots,
                "to_consumers": audit.to_consumers,
                "handed_out": audit.handed_out,
            },
            **{name.replace(" ", "_"): count for name, count in self.deeds.items()},
            "recoveries": [
                {
                    "fault": recovery.strike.fault.value,
                    "on": recovery.strike.side.value,
                    "count": recovery.count,
                    "p50_s": round(recovery.p50, 4),
                    "p99_s": round(recovery.p99, 4),
                }
                for recovery in self.recoveries
            ],
            **audit.zeros(),
        }


def percentile(values: Sequence[float], share: float) -> float:
    """Give the smallest value that at least this share of them does not exceed."""
    ranked = sorted(values)
    return ranked[max(0, math.ceil(share * len(ranked)) - 1)]


def summarize(
    *,
    seed: int,
    audit: Audit,
    deeds: Mapping[str, int],
    times: Mapping[Strike, Sequence[float]],
    missing: Sequence[str] = (),
    notes: Sequence[str] = (),
) -> Report:
    """Make the report.

    Args:
        seed: of the run.
        audit: what came of the messages.
        deeds: what happened besides, by name.
        times: seconds from each fault to its recovery, by kind and side.
        missing: faults that were not seen or not recovered from, one line each.
        notes: what bots and consumers met; told only if something is wrong.
    """
    recoveries = tuple(
        Recovery(strike, len(seen), percentile(seen, 0.5), percentile(seen, 0.99))
        for strike in STRIKES
        if (seen := times.get(strike))
    )
    failures = [
        f"{count} {word.replace('_', ' ')}"
        for word, count in audit.zeros().items()
        if count
    ]
    failures += missing
    failures += [
        f"no recovery was seen from: {strike.fault} on {strike.side}"
        for strike in STRIKES
        if not times.get(strike) and not any(strike.fault in line for line in missing)
    ]
    if len(failures) > _MOST:
        failures[_MOST:] = [f"and {len(failures) - _MOST} more"]
    if failures:
        failures += [
            f"{who} did not get event {place.sequence} of {place.dialog_id}"
            for who, place in audit.missed[:_TOLD]
        ]
        failures += notes[:_TOLD]
    return Report(seed, audit, dict(deeds), recoveries, tuple(failures))
