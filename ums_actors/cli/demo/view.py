"""The live view: a picture of one snapshot, for a terminal of 80 by 24."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Group
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from ums_actors.cli.demo.plan import Fault, Side

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import RenderableType

    from ums_actors.cli.demo.snapshot import ConnectionRow, FaultRow, Snapshot

__all__ = ["picture"]

_STYLES = {
    "READY": "bold green",
    "BACKING_OFF": "bold yellow",
    "CONNECTING": "cyan",
    "AUTHENTICATING": "magenta",
    "RESTORING": "cyan",
    "FAILED": "bold red",
}
_ROWS = 3
"""Connections of one side that are shown one by one; more are added up."""
_CELL = 28
"""Characters for what became of a fault."""


def picture(title: str, snapshot: Snapshot) -> RenderableType:
    """Draw a snapshot."""
    return Group(
        Text(title, style="bold", no_wrap=True, overflow="ellipsis"),
        _progress(snapshot),
        Text(),
        _connections(snapshot.connections),
        Text(),
        _faults(snapshot.faults, snapshot.elapsed),
    )


def _progress(snapshot: Snapshot) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(width=8)
    table.add_column(width=36)
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
        f"{snapshot.answered} of {snapshot.planned}, {snapshot.asked} asked",
    )
    table.add_row(
        "closed",
        ProgressBar(total=max(1, snapshot.visits), completed=snapshot.visited),
        f"{snapshot.visited} of {snapshot.visits} conversations",
    )
    return table


# -- connections


def _connections(rows: Sequence[ConnectionRow]) -> Table:
    table = _table()
    table.add_column("connection", width=14)
    table.add_column("state", width=18)
    for name in ("lines", "crashes", "logins", "in flight", "queued"):
        table.add_column(name, justify="right")
    for side in (Side.BOT, Side.CONSUMER):
        members = [row for row in rows if row.side is side]
        if len(members) > _ROWS:
            _add(table, f"{len(members)} {side}s", _states(members), members)
            continue
        for row in members:
            state = Text(row.state, style=_STYLES.get(row.state, ""))
            _add(table, row.name, state, [row])
    return table


def _add(table: Table, name: str, state: Text, rows: Sequence[ConnectionRow]) -> None:
    table.add_row(
        name,
        state,
        str(sum(row.generation for row in rows)),
        str(sum(row.restarts for row in rows)),
        str(sum(row.logins for row in rows)),
        str(sum(row.in_flight for row in rows)),
        str(sum(row.queued for row in rows)),
    )


def _states(rows: Sequence[ConnectionRow]) -> Text:
    ready = sum(row.state == "READY" for row in rows)
    style = _STYLES["READY" if ready == len(rows) else "BACKING_OFF"]
    return Text(f"{ready} of {len(rows)} READY", style=style)


# -- faults


def _faults(rows: Sequence[FaultRow], elapsed: float) -> Table:
    table = _table()
    table.add_column("fault", width=16)
    table.add_column("on bots", width=_CELL)
    table.add_column("on consumers", width=_CELL)
    for fault in Fault:
        of_it = [row for row in rows if row.fault is fault]
        everyone = [row for row in of_it if row.side is Side.ALL]
        cells = [
            _cell([row for row in of_it if row.side is side] or everyone, elapsed)
            for side in (Side.BOT, Side.CONSUMER)
        ]
        table.add_row(str(fault), *cells)
    return table


def _cell(rows: Sequence[FaultRow], elapsed: float) -> Text:
    """Say what became of one kind of fault on one side."""
    failed = next((row for row in rows if row.failure), None)
    if failed is not None:
        return _clipped(f"✗ {failed.whom}: {failed.failure}", "bold red")
    under_way = next((row for row in rows if row.injected and row.took is None), None)
    if under_way is not None:
        since = max(0.0, elapsed - under_way.at)
        return _clipped(f"… {under_way.whom} {since:.1f} s", "bold yellow")
    done = [row for row in rows if row.took is not None]
    if done:
        last = done[-1]
        times = f"{len(done)}/{len(rows)} " if len(rows) > 1 else ""
        return _clipped(f"✓ {times}{last.whom} {last.took:.2f} s", "green")
    return Text(f"at {rows[0].at:.1f} s" if rows else "", style="dim")


def _table() -> Table:
    return Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")


def _clipped(text: str, style: str) -> Text:
    whole = Text(text, style=style)
    whole.truncate(_CELL, overflow="ellipsis")
    return whole
