"""The report for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich import box
from rich.console import Group
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from rich.console import RenderableType

    from ums_actors.cli.demo.report import Report

__all__ = ["summary"]


def summary(report: Report) -> RenderableType:
    """Draw the report."""
    audit = report.audit
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("recovered from")
    table.add_column("on")
    for name in ("times", "p50", "p99"):
        table.add_column(name, justify="right")
    for one in report.recoveries:
        table.add_row(
            one.strike.fault,
            one.strike.side,
            str(one.count),
            f"{one.p50:.3f} s",
            f"{one.p99:.3f} s",
        )
    return Group(
        Text(),
        table,
        Text(),
        Text(
            f"{audit.conversations} conversations, {audit.to_bots} questions, "
            f"{audit.to_consumers} answers, {audit.handed_out} events handed out"
        ),
        Text(", ".join(f"{count} {name}" for name, count in report.deeds.items())),
        Text(
            ", ".join(
                f"{word.replace('_', ' ')} {count}"
                for word, count in audit.zeros().items()
            ),
            style="bold green" if report.ok else "bold red",
        ),
    )
