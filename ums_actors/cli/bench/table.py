"""The report for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich import box
from rich.table import Table

if TYPE_CHECKING:
    from ums_actors.cli.bench.report import Report

__all__ = ["table"]


def table(report: Report) -> Table:
    """Draw the report."""
    latency = report.latency
    lines = "TLS" if report.tls else "plain"
    drawn = Table(
        box=box.SIMPLE_HEAD,
        pad_edge=False,
        title=f"{report.connections} connections ({lines}), {report.in_flight} "
        f"requests in flight on each, {report.seconds:.1f} s",
        title_justify="left",
    )
    drawn.add_column("measured")
    drawn.add_column("is", justify="right")
    drawn.add_column("of")
    for row in (
        ("throughput", f"{report.per_second:,.0f}", "requests a second, all together"),
        ("latency, half of them", _number(latency.p50), "ms at most"),
        ("latency, 99 %", _number(latency.p99), "ms at most"),
        ("latency, 99.9 %", _number(latency.p999), "ms at most"),
        ("latency, the longest", _number(latency.longest), "ms"),
        ("processor time", _number(report.processor), "µs a request, here"),
        ("memory", _number(report.memory), "KiB for each further connection"),
        ("connecting", _number(report.connecting), "s until all were READY"),
        ("the server", _percent(report.server_busy), "of one core, in its own process"),
        *(("FAILED", f"{n:,}", name) for name, n in report.failed.items()),
    ):
        drawn.add_row(*row)
    return drawn


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:,.1f}"


def _percent(part: float | None) -> str:
    return "-" if part is None else f"{part:.0%}"
