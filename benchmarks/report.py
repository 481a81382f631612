"""How a run is shown: progress on standard error, the report on standard output.

With rich there is a bar and a table; without it, or into a file, plain lines.
"""

from __future__ import annotations

import sys
from contextlib import contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING

from benchmarks.contestants import ENTRIES
from benchmarks.ratio import Verdict

if TYPE_CHECKING:
    from collections.abc import Generator

    from benchmarks.measure import Progress, Result
    from benchmarks.ratio import Spread
    from benchmarks.summary import Row, Summary

__all__ = ["progress", "show"]

_ROOM = 200  # columns of a table that goes into a file


@contextmanager
def progress(suite: str, rounds: int, steps: int) -> Generator[Progress]:
    """Give the function that shows how far the run is.

    Args:
        suite: its name.
        rounds: how many it has.
        steps: calls of the function in each round.
    """
    rich = _rich() if sys.stderr.isatty() else False
    if not rich:
        yield _PlainProgress(suite, rounds)
        return
    from rich.console import Console  # optional  # noqa: PLC0415
    from rich.progress import Progress as Bar  # noqa: PLC0415

    with Bar(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(suite, total=rounds * steps)

        def advance(name: str, number: int) -> None:
            text = f"{suite}: round {number + 1} of {rounds}, {name}"
            bar.update(task, description=text, advance=1)

        yield advance


class _PlainProgress:
    """One line a round."""

    def __init__(self, suite: str, rounds: int) -> None:
        self._suite = suite
        self._rounds = rounds
        self._shown = -1

    def __call__(self, name: str, number: int) -> None:  # noqa: ARG002
        if number != self._shown:
            self._shown = number
            text = f"{self._suite}: round {number + 1} of {self._rounds}"
            print(text, file=sys.stderr, flush=True)


def show(suite: str, result: Result, summary: Summary) -> None:
    """Print the table, the gates and the remarks."""
    settings = result.settings
    title = (
        f"{suite}: {settings.in_flight} in flight on one connection, "
        f"{settings.rounds} rounds of {settings.requests:,} requests"
    )
    if summary.rows:
        _print_table(title, _table(summary))
    for name, reason in result.unavailable.items():
        print(f"{ENTRIES[name].title} was left out: {reason}")
    for name, reason in result.failed.items():
        print(f"{ENTRIES[name].title} FAILED: {reason}")
    for remark in summary.remarks:
        print(remark)
    for gate, ratio, verdict in summary.gates:
        ours, theirs = ENTRIES[gate.contestant].title, ENTRIES[gate.against].title
        print(
            f"Gate: {ours} at least {gate.least:g} x {theirs}: {verdict} "
            f"(here {_interval(ratio)})"
        )
        if verdict in (Verdict.TOO_NOISY, Verdict.TOO_FEW):
            print("  Run it again with more --rounds, on a quieter machine.")


def _table(summary: Summary) -> list[list[str]]:
    base = ENTRIES[summary.base].title
    head = ["contestant", f"x {base}", "of the floor", "requests/s", "± %"]
    head += ["p50 µs", "p99 µs", "client CPU µs", "server busy", "bytes"]
    return [head] + [_cells(row) for row in summary.rows]


def _cells(row: Row) -> list[str]:
    return [
        ENTRIES[row.name].title,
        _interval(row.to_base) if row.to_base else "",
        f"{row.to_floor.median:.0%}" if row.to_floor else "",
        f"{row.rate.median:,.0f}",
        f"{row.rate.noise * 100:.0f}",
        f"{row.p50 * 1e6:.0f}",
        f"{row.p99 * 1e6:.0f}",
        f"{row.cpu * 1e6:.1f}",
        f"{row.server_busy:.0%}",
        f"{row.request_size:.0f}",
    ]


def _interval(ratio: Spread) -> str:
    return f"{ratio.median:.2f} ({ratio.low:.2f}..{ratio.high:.2f})"


def _print_table(title: str, table: list[list[str]]) -> None:
    if _rich():
        from rich.console import Console  # optional  # noqa: PLC0415
        from rich.table import Table  # noqa: PLC0415

        drawn = Table(title=title, title_justify="left")
        for index, name in enumerate(table[0]):
            drawn.add_column(name, justify="right" if index else "left")
        for cells in table[1:]:
            drawn.add_row(*cells)
        width = None if sys.stdout.isatty() else _ROOM
        Console(width=width, highlight=False).print(drawn)
        return
    print(title)
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for cells in table:
        first, *others = zip(cells, widths, strict=True)
        padded = [text.rjust(width) for text, width in others]
        print("  ".join([first[0].ljust(first[1]), *padded]))


def _rich() -> bool:
    return find_spec("rich") is not None
