"""The screen of one connection."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from textual.containers import Horizontal, VerticalScroll
from textual.screen import Screen
from textual.widgets import Footer, Sparkline, Static

from ums_actors.cli.text import visible
from ums_actors.cli.top.fleet import Series
from ums_actors.cli.top.portrait import history, pending, summary, tree

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from ums_actors.status.messages import Detail

__all__ = ["DetailScreen"]


class DetailScreen(Screen[None]):
    """What there is to see of a connection; its keys act on that one alone.

    Args:
        connection_id: which one.
        user: whose it is, for the title.
    """

    BINDINGS: ClassVar[list[Any]] = [
        ("escape,backspace", "app.leave", "back"),
    ]
    DEFAULT_CSS: ClassVar[str] = """
    DetailScreen #title { background: $primary; color: $text; padding: 0 1; }
    DetailScreen #summary { height: 3; padding: 0 1; }
    DetailScreen #curves { height: 3; padding: 0 1; }
    DetailScreen .figure { width: 13; }
    DetailScreen Sparkline { height: 2; margin: 0 2 0 0; width: 1fr; }
    DetailScreen .box { border: round $primary; padding: 0 1; }
    DetailScreen #tree-box { height: 7; }
    DetailScreen #lower { height: 1fr; }
    DetailScreen #history-box { width: 3fr; height: 1fr; }
    DetailScreen #pending-box { width: 2fr; height: 1fr; }
    """

    def __init__(self, connection_id: str, user: str) -> None:
        super().__init__()
        self.connection_id: str = connection_id
        self.user: str = user
        self._series = Series()
        self._last: tuple[float, int] | None = None

    def compose(self) -> ComposeResult:
        """Lay it out."""
        name = visible(f"{self.user or 'nobody yet'}  {self.connection_id}")
        yield Static(name, id="title", markup=False)
        yield Static(id="summary", markup=False)
        with Horizontal(id="curves"):
            yield Static("requests\na second", classes="figure")
            yield Sparkline(id="rates", max_color="green", min_color="green")
            yield Static("p99", classes="figure")
            yield Sparkline(id="latencies", max_color="yellow", min_color="yellow")
        with VerticalScroll(id="tree-box", classes="box"):
            yield Static(id="tree", markup=False)
        with Horizontal(id="lower"):
            with VerticalScroll(id="history-box", classes="box"):
                yield Static(id="history", markup=False)
            with VerticalScroll(id="pending-box", classes="box"):
                yield Static(id="pending", markup=False)
        yield Footer()

    def on_mount(self) -> None:
        """Name the boxes."""
        for name, title in (
            ("tree-box", "actors"),
            ("history-box", "flight recorder, the latest first"),
            ("pending-box", "requests that wait"),
        ):
            self.query_one(f"#{name}").border_title = title

    def show(self, detail: Detail) -> None:
        """Show a reading."""
        if not self.query("#pending"):  # it is not there yet, or has been left
            return
        row, rate = detail.row, self._rate(detail)
        self._series.add(rate, row.p99)
        self.query_one("#summary", Static).update(summary(detail, rate))
        self.query_one("#rates", Sparkline).data = list(self._series.rates)
        self.query_one("#latencies", Sparkline).data = list(self._series.latencies)
        self.query_one("#tree", Static).update(tree(detail.actors))
        self.query_one("#history", Static).update(history(detail))
        self.query_one("#pending", Static).update(pending(detail))

    def miss(self, why: str) -> None:
        """Say that it cannot be read; what was read last stays."""
        for summary_line in self.query("#summary").results(Static):
            summary_line.update(visible(why))

    def _rate(self, detail: Detail) -> float | None:
        last, self._last = self._last, (detail.clock, detail.row.requests)
        if last is None or detail.clock <= last[0]:
            return None
        return max(0, detail.row.requests - last[1]) / (detail.clock - last[0])
