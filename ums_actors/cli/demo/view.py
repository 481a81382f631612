"""The live view: a picture of one snapshot, for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from rich import box
from rich.console import Group
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rich.console import RenderableType

    from ums_actors.cli.demo.snapshot import ConnectionRow, FaultRow, Snapshot

__all__ = ["picture"]

_Row = TypeVar("_Row")
_STYLES = {
    "READY": "bold green",
    "BACKING_OFF": "bold yellow",
    "CONNECTING": "cyan",
    "AUTHENTICATING": "magenta",
    "RESTORING": "cyan",
    "FAILED": "bold red",
}
_ROWS = 12
"""Connections, and faults, that fit on a screen; the rest is counted."""


def picture(title: str, snapshot: Snapshot) -> RenderableType:
    """Draw a snapshot."""
    return Group(
        Text(title, style="bold"),
        _progress(snapshot),
        _connections(snapshot.connections),
        _faults(snapshot.faults, snapshot.elapsed),
    )


def _progress(snapshot: Snapshot) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column()
    table.add_column(width=40)
    table.add_column(justify="right")
    elapsed = min(snapshot.elapsed, snapshot.seconds)
    table.add_row(
        "time",
        ProgressBar(total=snapshot.seconds, completed=elapsed),
        f"{elapsed:.1f} of {snapshot.seconds:g} s",
    )
    table.add_row(
        "answered",
        ProgressBar(total=max(1, snapshot.planned), completed=snapshot.answered),
        f"{snapshot.answered} of {snapshot.written} written",
    )
    return table


def _connections(rows: tuple[ConnectionRow, ...]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("connection", width=12)
    table.add_column("state", width=15)
    for name in ("generation", "restarts", "re-logins", "in flight", "queued"):
        table.add_column(name, justify="right")
    for row in _first(rows, key=lambda row: row.state == "READY"):
        table.add_row(
            row.name,
            Text(row.state, style=_STYLES.get(row.state, "")),
            str(row.generation),
            str(row.restarts),
            str(row.relogins),
            str(row.in_flight),
            str(row.queued),
        )
    if len(rows) > _ROWS:
        ready = sum(row.state == "READY" for row in rows)
        table.add_row(f"… {len(rows)} in all", f"{ready} READY", style="dim")
    return table


def _faults(rows: tuple[FaultRow, ...], elapsed: float) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("fault", width=16)
    table.add_column("on", width=10)
    table.add_column("at", justify="right", width=8)
    table.add_column("recovery", width=24)
    done = sum(row.took is not None for row in rows)
    for row in _first(rows, key=lambda row: row.took is not None):
        table.add_row(
            str(row.fault),
            row.bot,
            f"{row.at:.1f} s",
            _recovery(row, elapsed),
            style="" if row.injected else "dim",
        )
    if len(rows) > _ROWS:
        table.add_row(f"… {len(rows)} in all", "", "", f"{done} done", style="dim")
    return table


def _recovery(row: FaultRow, elapsed: float) -> Text:
    if row.failure:
        return Text(f"✗ {row.failure}", style="bold red")
    if row.took is not None:
        return Text(f"✓ {row.took:.3f} s", style="green")
    if row.injected:
        return Text(f"… {max(0.0, elapsed - row.at):.1f} s", style="bold yellow")
    return Text("planned")


def _first(rows: Sequence[_Row], key: Callable[[_Row], bool]) -> Sequence[_Row]:
    """Give the rows that fit, those that still matter first when there are many."""
    if len(rows) <= _ROWS:
        return rows
    return sorted(rows, key=key)[:_ROWS]
