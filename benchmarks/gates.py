"""The table of gates and aims: ratios in one run that must hold, and where we go.

Where one thread has few requests in flight (1, 32) a loop that is lent is judged, which
is the option for such programs; what the default makes of it stands beside it in the
table. The asyncio façade is judged beside what asyncio programs use otherwise.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from benchmarks.ratio import Spread, Verdict, spread, verdict, within
from benchmarks.suite import OURS

if TYPE_CHECKING:
    from benchmarks.measure import Result

__all__ = ["GATES", "Gate", "Judged", "judge"]


class Gate(NamedTuple):
    """A ratio of one metric, or the metric itself, that must hold.

    Attributes:
        against: the other contestant; None: the figure itself is judged.
        gate: what must hold.
        aim: where we go.
        metric: of the sample; None: the first of the workload.
        at_most: whether less is better.
        scale: from the unit of the gate to that of the sample.
        unit: of ``gate`` and ``aim``.
        ours: who of us is judged.
    """

    suite: str
    workload: str
    against: str | None
    gate: float
    aim: float
    metric: str | None = None
    at_most: bool = False
    scale: float = 1.0
    unit: str = "x"
    ours: str = OURS


_KIB: Final = 1024.0
_MICRO: Final = 1e-6
_LENDS: Final = "ums-lends"

GATES: Final = (
    Gate("request", "32", "websockets", 3.0, 4.0, ours=_LENDS),
    Gate("request", "32", "websockets-orjson", 2.5, 3.3, ours=_LENDS),
    Gate("request", "32", "picows", 1.1, 1.5, ours=_LENDS),
    Gate("request", "32", "floor", 0.3, 0.5, ours=_LENDS),
    Gate("request", "32", "naive", 6.0, 10.0, ours=_LENDS),
    Gate("request", "256", "websockets", 4.0, 5.0),
    Gate("request", "256", "picows", 1.3, 2.0),
    Gate("request", "1", "websockets-orjson", 1.0, 1.5, ours=_LENDS),
    Gate("request", "1", "picows", 0.4, 0.9, ours=_LENDS),
    Gate("request", "32", "aiohttp", 1.0, 1.5, ours="ums-aio"),
    Gate("request", "many-1", "websockets-orjson", 2.0, 3.0),
    Gate("request", "many-1", "picows", 0.6, 1.0),
    Gate("request", "many-8", "websockets-orjson", 2.7, 4.0),
    Gate("request", "many-8", "picows", 1.2, 1.6),
    Gate("receive", "plain-158", "websockets-undecoded", 3.0, 6.0),
    Gate("receive", "plain-1188", "websockets-undecoded", 3.0, 6.0),
    Gate("memory", "plain", None, 15.0, 10.0, "memory", True, _KIB, "KiB"),
    Gate("recover", "close", "wsclient", 3.0, 1.5, at_most=True),
    Gate("scale", "5000", None, 40.0, 40.0, "threads", True, unit="threads"),
    Gate("scale", "15000", None, 40.0, 40.0, "threads", True, unit="threads"),
    Gate("scale", "15000", None, 10.0, 10.0, "idle_cpu", True, _MICRO, "µs/s"),
)


class Judged(NamedTuple):
    """A gate, what was measured in its unit, and what that says of gate and aim."""

    gate: Gate
    found: Spread
    verdict: Verdict
    aim: Verdict


def judge(suite: str, result: Result, gates: tuple[Gate, ...] = GATES) -> list[Judged]:
    """Judge the gates of a workload for which all that is needed was measured."""
    judged: list[Judged] = []
    for gate in gates:
        if (gate.suite, gate.workload) != (suite, result.workload.name):
            continue
        values = _values(gate, result)
        if values:
            found = spread(values)
            reached = [_verdict(gate, values, bound) for bound in (gate.gate, gate.aim)]
            judged.append(Judged(gate, found, *reached))
    return judged


def _values(gate: Gate, result: Result) -> list[float]:
    metric = gate.metric or result.workload.metrics[0].name
    ours = result.column(gate.ours, metric)
    if gate.against is None:
        return [value / gate.scale for value in ours]
    theirs = result.column(gate.against, metric)
    if not ours or not theirs:
        return []
    return [a / b for a, b in zip(ours, theirs, strict=True)]


def _verdict(gate: Gate, values: list[float], bound: float) -> Verdict:
    if gate.at_most:
        return within(values, bound)
    return verdict(spread(values), len(values), bound)
