"""What a suite is: workloads, what is measured of each, and what it is compared by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

__all__ = [
    "FLOOR",
    "OURS",
    "QUANTILES",
    "Metric",
    "Suite",
    "Turn",
    "Workload",
    "latencies",
    "total",
]

OURS: Final = "ums"
FLOOR: Final = "floor"
"""The peer that only shows what kernel and server allow: it wins nothing."""


class Metric(NamedTuple):
    """One figure of a sample, and how it is shown."""

    name: str
    title: str
    scale: float = 1.0
    """From the sample's unit to the shown one."""
    digits: int = 0
    more: bool = False
    """Whether more is better."""


class Turn(NamedTuple):
    """One slice of one contestant."""

    ran: Mapping[str, Any]
    """What its process says."""
    served: Mapping[str, float]
    """By what the server's counters grew; empty where there is no server."""


class Workload(NamedTuple):
    """One thing that every contestant of a kind does.

    Attributes:
        metrics: the first is the one of ratios, gates and winners.
        command: what a contestant's process is told in each of its slices.
        sum_up: makes a sample of the slices of a round; what it lacks is not shown.
        connections: opened beforehand; 0: there is no server either.
        base: the contestant that all are compared with.
        tls: whether the server speaks it.
        slices: turns that each has in a round.
        together: all have connections at the same time, and take turns; otherwise
            one after the other has the machine.
        warm: whether the first slice of each round does not count.
        patience: seconds that a slice may take.
        peers: of those of the kind, if not all.
    """

    name: str
    title: str
    kind: str
    metrics: tuple[Metric, ...]
    command: Mapping[str, Any]
    sum_up: Callable[[Sequence[Turn]], dict[str, float]]
    connections: int = 1
    base: str = OURS
    tls: bool = False
    slices: int = 6
    together: bool = True
    warm: bool = True
    patience: float = 60.0
    peers: tuple[str, ...] = ()


class Suite(NamedTuple):
    """Workloads that answer one question.

    Attributes:
        question: what the suite says, one line.
        workloads: make them; with True so small that they only show that they run.
        own: measures and shows by itself instead: gives the record; its arguments are
            rounds, and whether it may be as small.
    """

    name: str
    question: str
    workloads: Callable[[bool], tuple[Workload, ...]]
    own: Callable[[int, bool], dict[str, Any]] | None = None


QUANTILES: Final = (0.1, 0.25, 0.5, 0.75, 0.9, 0.99, 0.999)
"""Of latencies, that a sample has; the contestant in Node has them, too."""


def total(turns: Sequence[Turn], name: str) -> float:
    """Sum up a figure of the contestant's."""
    return float(sum(turn.ran[name] for turn in turns))


def latencies(turns: Sequence[Turn]) -> dict[str, float]:
    """Give the median over the slices of each quantile, as ``p50`` and so on."""
    columns = zip(*(turn.ran["quantiles"] for turn in turns), strict=True)
    return {
        f"p{part * 100:g}": sorted(column)[len(column) // 2]
        for part, column in zip(QUANTILES, columns, strict=True)
    }
