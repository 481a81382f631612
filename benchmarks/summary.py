"""What the rounds amount to: figures, ratios, the server's part, gates, a winner."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from benchmarks.contestants import ENTRIES
from benchmarks.gates import Judged, judge
from benchmarks.ratio import ENOUGH_ROUNDS, Spread, paired, spread
from benchmarks.suite import FLOOR

if TYPE_CHECKING:
    from benchmarks.measure import Result

__all__ = ["Row", "Summary", "summarize"]

_NEAR_CEILING: Final = 0.7
_BUSY: Final = 0.9
_NOISY: Final = 0.25
"""Half the interval as a part of the median: more is much for a benchmark."""


class Row(NamedTuple):
    """One contestant's figures.

    Attributes:
        values: by metric, in the sample's units.
        to_base: ratios of the first metric, round by round.
        to_floor: the same.
        cpu_to_base: ratios of the client's processor time; where others have a part of
            the machine, these are the steadier ones.
    """

    name: str
    values: dict[str, Spread]
    to_base: Spread | None
    to_floor: Spread | None
    cpu_to_base: Spread | None = None


class Summary(NamedTuple):
    """Rows, the best first, and what they say in words."""

    base: str
    rows: list[Row]
    gates: list[Judged]
    remarks: list[str]


def summarize(suite: str, result: Result) -> Summary:
    """Make the summary of a result; contestants without samples are not in it."""
    main = result.workload.metrics[0]
    present = [name for name in result.samples if result.column(name, main.name)]
    wanted = (result.workload.base, FLOOR, *present)
    base = next((name for name in wanted if name in present), "")
    rows = [_row(name, base, result) for name in present]
    sign = -1.0 if main.more else 1.0
    rows.sort(key=lambda row: sign * row.values[main.name].median)
    peers = [row for row in rows if row.name != FLOOR]
    remarks = [_winner(peers, result)] if len(peers) > 1 else []
    remarks += _noise(peers, result) + _ceiling(rows, peers, result)
    return Summary(base, rows, judge(suite, result), remarks)


def _ratio(
    name: str, against: str, result: Result, metric: str | None = None
) -> Spread | None:
    metric = metric or result.workload.metrics[0].name
    ours, theirs = result.column(name, metric), result.column(against, metric)
    if not ours or not theirs or not all(theirs):
        return None
    return paired(ours, theirs)


def _row(name: str, base: str, result: Result) -> Row:
    columns = {
        metric.name: result.column(name, metric.name)
        for metric in result.workload.metrics
    }
    values = {metric: spread(column) for metric, column in columns.items() if column}
    return Row(
        name,
        values,
        to_base=_ratio(name, base, result),
        to_floor=_ratio(name, FLOOR, result),
        cpu_to_base=_ratio(name, base, result, "cpu") if "cpu" in values else None,
    )


def _winner(peers: list[Row], result: Result) -> str:
    """Name the best only if it was so against each other, beyond the noise."""
    first = peers[0]
    if result.rounds < ENOUGH_ROUNDS:
        return f"No winner: fewer than {ENOUGH_ROUNDS} rounds show nothing."
    for other in peers[1:]:
        ratio = _ratio(first.name, other.name, result)
        more = result.workload.metrics[0].more
        if ratio is None or (ratio.low <= 1 if more else ratio.high >= 1):
            return (
                f"No winner: this run is too noisy to tell {_title(first)} from "
                f"{_title(other)}."
            )
    return f"Best: {_title(first)}."


def _noise(peers: list[Row], result: Result) -> list[str]:
    """Say that the ratios themselves are wide: then none should be quoted."""
    noises = [row.to_base.noise for row in peers if row.to_base is not None]
    noises = [noise for noise in noises if noise]  # that of the base to itself is none
    if result.rounds < 2 or not noises:
        return []
    typical = sorted(noises)[len(noises) // 2]
    if typical <= _NOISY:
        return []
    text = f"A noisy run: ratios are known to ± {typical:.0%} only."
    return [f"{text} More --rounds, or a quieter machine, would say more."]


def _ceiling(rows: list[Row], peers: list[Row], result: Result) -> list[str]:
    """Say whether the server may have held a contestant back."""
    if not any("server_busy" in row.values for row in rows):
        return []
    remarks = [
        f"The server was busy {row.values['server_busy'].median:.0%} of the time "
        f"with {_title(row)} and may hold it back."
        for row in peers
        if "server_busy" in row.values and row.values["server_busy"].median > _BUSY
    ]
    floor = next((row for row in rows if row.name == FLOOR), None)
    if floor is None:
        return remarks
    near = [
        row for row in peers if row.to_floor and row.to_floor.median > _NEAR_CEILING
    ]
    remarks += [
        f"{_title(row)} stands at {row.to_floor.median:.0%} of the ceiling: "
        "the server may hold it back."
        for row in near
        if row.to_floor and row.to_floor.median <= 1
    ]
    if any(row.to_floor and row.to_floor.median > 1 for row in near):
        remarks.append(
            "The floor was slower than others: it waits for the server in lock step, "
            "and the scheduler let it wait. What it shows here is no ceiling."
        )
    elif not remarks:
        remarks.append("No contestant comes near it: the server is no bottleneck.")
    unit = result.workload.metrics[0].title
    rate, busy = (floor.values[name].median for name in ("rate", "server_busy"))
    ceiling = (
        f"The server's own ceiling: {rate:,.0f} {unit}, at which it was busy "
        f"{busy:.0%} of the time."
    )
    return [ceiling, *remarks]


def _title(row: Row) -> str:
    return ENTRIES[row.name].title
