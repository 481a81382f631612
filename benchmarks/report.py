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
from benchmarks.suite import FLOOR

if TYPE_CHECKING:
    from collections.abc import Generator

    from benchmarks.gates import Judged
    from benchmarks.measure import Progress, Result
    from benchmarks.ratio import Spread
    from benchmarks.suite import Metric, Workload
    from benchmarks.summary import Row, Summary

__all__ = ["gate_text", "interval", "print_table", "progress", "show"]

_ROOM = 200  # columns of a table that goes into a file


@contextmanager
def progress(title: str, rounds: int, steps: int) -> Generator[Progress]:
    """Give the function that shows how far the run is.

    Args:
        title: of suite and workload.
        rounds: how many it has.
        steps: calls of the function in each round.
    """
    rich = _rich() if sys.stderr.isatty() else False
    if not rich:
        yield _PlainProgress(title, rounds)
        return
    from rich.console import Console  # optional  # noqa: PLC0415
    from rich.progress import (  # noqa: PLC0415
        BarColumn,
        MofNCompleteColumn,
        TextColumn,
        TimeRemainingColumn,
    )
    from rich.progress import Progress as Bar  # noqa: PLC0415

    columns = (
        TextColumn("{task.description:<52}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(title, total=rounds * steps)

        def advance(name: str, number: int) -> None:
            text = f"{title}: round {number + 1} of {rounds}, {name}"
            bar.update(task, description=text, advance=1)

        yield advance


class _PlainProgress:
    """One line a round."""

    def __init__(self, title: str, rounds: int) -> None:
        self._title = title
        self._rounds = rounds
        self._shown = -1

    def __call__(self, name: str, number: int) -> None:  # noqa: ARG002
        if number != self._shown:
            self._shown = number
            text = f"{self._title}: round {number + 1} of {self._rounds}"
            print(text, file=sys.stderr, flush=True)


def show(suite: str, result: Result, summary: Summary) -> None:
    """Print the table, the gates and the remarks."""
    workload, rounds = result.workload, result.rounds
    title = f"{suite}, {workload.name}: {workload.title}; {_rounds(rounds)}"
    if summary.rows:
        print_table(title, _table(workload, summary))
    else:
        print(title)
    for name, reason in result.unavailable.items():
        print(f"{_title(name)} was left out: {reason}")
    for name, reason in result.failed.items():
        print(f"{_title(name)} FAILED: {reason}")
    for remark in summary.remarks:
        print(remark)
    for judged in summary.gates:
        print(f"Gate: {gate_text(judged)}")
    doubtful = (Verdict.TOO_NOISY, Verdict.TOO_FEW)
    if any(judged.verdict in doubtful for judged in summary.gates):
        print("  Run it again with more --rounds, on a quieter machine.")
    print()


def gate_text(judged: Judged) -> str:
    """Say in one line what was wanted and what was found."""
    gate = judged.gate
    bound = "at most" if gate.at_most else "at least"
    if gate.against is None:
        wanted = f"{gate.metric} {bound} {gate.gate:g} {gate.unit}"
    else:
        wanted = f"{bound} {gate.gate:g} x {ENTRIES[gate.against].title}"
    return (
        f"{ENTRIES[gate.ours].title} {wanted}: {judged.verdict} "
        f"(here {interval(judged.found)}; aim {gate.aim:g})"
    )


def interval(ratio: Spread) -> str:
    """Write a median and its interval."""
    digits = 2 if abs(ratio.median) < 100 else 0
    low, high = f"{ratio.low:.{digits}f}", f"{ratio.high:.{digits}f}"
    return f"{ratio.median:.{digits}f} ({low}..{high})"


def print_table(title: str, table: list[list[str]]) -> None:
    """Print a table whose first row is its head and whose first column is text."""
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


def _table(workload: Workload, summary: Summary) -> list[list[str]]:
    floor = any(row.name == FLOOR for row in summary.rows)
    metrics = [
        metric
        for metric in workload.metrics
        if any(metric.name in row.values for row in summary.rows)
    ]
    head = ["contestant", f"x {ENTRIES[summary.base].title}"]
    head += ["of the floor"] if floor else []
    cpu = any(row.cpu_to_base for row in summary.rows)
    head += ["x its CPU"] if cpu else []
    head += [metrics[0].title, "± %", *(metric.title for metric in metrics[1:])]
    return [head] + [_cells(row, metrics, floor=floor, cpu=cpu) for row in summary.rows]


def _cells(row: Row, metrics: list[Metric], *, floor: bool, cpu: bool) -> list[str]:
    cells = [ENTRIES[row.name].title, interval(row.to_base) if row.to_base else ""]
    if floor:
        cells.append(f"{row.to_floor.median:.0%}" if row.to_floor else "")
    if cpu:
        cells.append(interval(row.cpu_to_base) if row.cpu_to_base else "")
    cells += [_value(row, metrics[0]), f"{row.values[metrics[0].name].noise * 100:.0f}"]
    return cells + [_value(row, metric) for metric in metrics[1:]]


def _value(row: Row, metric: Metric) -> str:
    if metric.name not in row.values:
        return ""
    return f"{row.values[metric.name].median * metric.scale:,.{metric.digits}f}"


def _rounds(rounds: int) -> str:
    return f"{rounds} round" + ("s" if rounds != 1 else "")


def _title(name: str) -> str:
    return ENTRIES[name].title if name in ENTRIES else name


def _rich() -> bool:
    return find_spec("rich") is not None
