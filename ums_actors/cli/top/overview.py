"""What stands over the table: which process it is, how many are where, two curves."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual.containers import Horizontal, Vertical
from textual.widgets import Sparkline, Static

from ums_actors.cli.text import visible
from ums_actors.cli.top.figures import duration, latency, rate
from ums_actors.cli.top.table import STATE_COLOURS

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from ums_actors.cli.top.fleet import Fleet
    from ums_actors.cli.top.table import Table

__all__ = ["Overview"]


class Overview(Vertical):
    """Totals of a process."""

    DEFAULT_CSS: ClassVar[str] = """
    Overview { height: 5; padding: 0 1; }
    Overview #head { height: 2; }
    Overview Horizontal { height: 3; }
    Overview .figure { width: 13; padding: 0 1 0 0; }
    Overview Sparkline { width: 1fr; height: 2; margin: 0 2 0 0; }
    """

    def compose(self) -> ComposeResult:
        """Lay it out."""
        yield Static(id="head", markup=False)
        with Horizontal():
            yield Static(id="rate", classes="figure", markup=False)
            yield Sparkline(id="rates", min_color="green", max_color="green")
            yield Static(id="latency", classes="figure", markup=False)
            yield Sparkline(id="latencies", min_color="yellow", max_color="yellow")

    def show(self, fleet: Fleet, table: Table, trouble: str) -> None:
        """Show a reading.

        Args:
            fleet: what was read.
            table: whose filter is told of.
            trouble: why there is no later reading; empty if this is the last.
        """
        if not self.query("#latencies"):  # it is being taken down
            return
        self.query_one("#head", Static).update(_head(fleet, table, trouble))
        told = f"requests\n{rate(fleet.rate)} a second"
        self.query_one("#rate", Static).update(told)
        told = f"slowest p99\n{latency(fleet.slowest)}"
        self.query_one("#latency", Static).update(told)
        self.query_one("#rates", Sparkline).data = list(fleet.curves.rates)
        self.query_one("#latencies", Sparkline).data = list(fleet.curves.latencies)


def _head(fleet: Fleet, table: Table, trouble: str) -> Text:
    text = Text(no_wrap=True, overflow="ellipsis")
    if trouble:
        text.append(f"{visible(trouble)}: trying again  ", "bold red")
    if fleet.silent:
        text.append(f"loop threads that do not answer: {fleet.silent}  ", "bold red")
    if fleet.process is not None:
        process = fleet.process
        text.append(visible(process.program), "bold")
        text.append(
            f"  pid {process.pid}  up {duration(process.uptime)}"
            f"  ums_actors {visible(process.version)}"
        )
    count = len(fleet.seen)
    text.append(f"\n{count:,} connection{'' if count == 1 else 's'}:")
    for state, count in sorted(fleet.states().items()):
        text.append(f"  {count:,} {visible(state)}", STATE_COLOURS.get(state, "cyan"))
    if table.words:
        text.append(f"   filter: {visible(table.words)} ({table.shown:,})", "bold")
    return text
