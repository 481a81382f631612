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
    for name in ("times", "p50", "p99"):
        table.add_column(name, justify="right")
    for one in report.recoveries:
        table.add_row(
            str(one.fault), str(one.count), f"{one.p50:.3f} s", f"{one.p99:.3f} s"
        )
    return Group(
        Text(),
        table,
        Text(),
        Text(
            f"{report.conversations} conversations, {audit.to_bots} messages to bots, "
            f"{audit.to_consumers} to consumers"
        ),
        Text(
            f"lost {audit.lost}, duplicated {audit.duplicated}, "
            f"unanswered {audit.unanswered}",
            style="bold green" if report.ok else "bold red",
        ),
    )
