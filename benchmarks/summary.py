"""What the rounds amount to: figures, ratios, the server's part, gates, a winner."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from benchmarks.contestants import ENTRIES
from benchmarks.ratio import (
    ENOUGH_ROUNDS,
    Spread,
    Verdict,
    paired,
    spread,
    verdict,
)

if TYPE_CHECKING:
    from benchmarks.measure import Result

__all__ = ["GATES", "Gate", "Row", "Summary", "summarize"]

_BASE: Final = "websockets"
_FLOOR: Final = "floor"
_NEAR_CEILING: Final = 0.7
_BUSY: Final = 0.9


class Gate(NamedTuple):
    """A ratio of rates that must hold."""

    contestant: str
    against: str
    least: float


GATES: Final = (Gate("ums", "websockets", 2.0),)


class Row(NamedTuple):
    """One contestant's figures; durations are seconds."""

    name: str
    rate: Spread
    to_base: Spread | None
    to_floor: Spread | None
    p50: float
    p99: float
    cpu: float
    server_busy: float
    request_size: float


class Summary(NamedTuple):
    """Rows, fastest first, and what they say in words."""

    base: str
    rows: list[Row]
    gates: list[tuple[Gate, Spread, Verdict]]
    remarks: list[str]


def summarize(result: Result) -> Summary:
    """Make the summary of a result; contestants without samples are not in it."""
    present = [name for name in result.samples if result.samples[name]]
    base = _BASE if _BASE in present else _FLOOR
    rows = [_row(name, base, result) for name in present]
    rows.sort(key=lambda row: -row.rate.median)
    gates = [
        (gate, ratio, verdict(ratio, result.settings.rounds, gate.least))
        for gate in GATES
        if gate.contestant in present and gate.against in present
        for ratio in [_ratio(gate.contestant, gate.against, result)]
    ]
    peers = [row for row in rows if row.name != _FLOOR]
    remarks = [_winner(peers, result)] if len(peers) > 1 else []
    return Summary(base, rows, gates, remarks + _ceiling(rows, peers))


def _ratio(name: str, against: str, result: Result) -> Spread:
    return paired(result.column(name, "rate"), result.column(against, "rate"))


def _row(name: str, base: str, result: Result) -> Row:
    def median(field: str) -> float:
        return spread(result.column(name, field)).median

    present = result.samples
    return Row(
        name=name,
        rate=spread(result.column(name, "rate")),
        to_base=_ratio(name, base, result) if present.get(base) else None,
        to_floor=_ratio(name, _FLOOR, result) if present.get(_FLOOR) else None,
        p50=median("p50"),
        p99=median("p99"),
        cpu=median("cpu"),
        server_busy=median("server_busy"),
        request_size=median("request_size"),
    )


def _winner(peers: list[Row], result: Result) -> str:
    """Name the fastest only if it was so against each other, beyond the noise."""
    first = peers[0]
    if result.settings.rounds < ENOUGH_ROUNDS:
        return f"No winner: fewer than {ENOUGH_ROUNDS} rounds show nothing."
    for other in peers[1:]:
        if _ratio(first.name, other.name, result).low <= 1:
            return (
                f"No winner: this run is too noisy to tell {_title(first)} from "
                f"{_title(other)}."
            )
    return f"Fastest: {_title(first)}."


def _ceiling(rows: list[Row], peers: list[Row]) -> list[str]:
    """Say whether the server may have held a contestant back."""
    remarks: list[str] = []
    floor = next((row for row in rows if row.name == _FLOOR), None)
    if floor is None:
        remarks.append("Without the floor the server's ceiling is not known.")
    else:
        remarks.append(
            f"The server's own ceiling: {floor.rate.median:,.0f} requests a second, "
            f"at which it was busy {floor.server_busy:.0%} of the time."
        )
    for row in peers:
        if row.to_floor is not None and row.to_floor.median > _NEAR_CEILING:
            remarks.append(
                f"{_title(row)} stands at {row.to_floor.median:.0%} of the ceiling: "
                "the server may hold it back."
            )
        elif row.server_busy > _BUSY:
            remarks.append(
                f"The server was busy {row.server_busy:.0%} of the time with "
                f"{_title(row)} and may hold it back."
            )
    if len(remarks) == 1 and floor is not None:
        remarks.append("No contestant comes near it: the server is no bottleneck.")
    return remarks


def _title(row: Row) -> str:
    return ENTRIES[row.name].title
