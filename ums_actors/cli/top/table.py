"""The table: thousands of rows, of which only those in sight are drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Final

from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from ums_actors.cli.top.columns import Column, fitting, ordered, wanted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual import events

    from ums_actors.cli.top.fleet import Seen

__all__ = ["STATE_COLOURS", "Table"]

STATE_COLOURS: Final = {
    "READY": "green",
    "FAILED": "red",
    "BACKING_OFF": "yellow",
    "CLOSED": "bright_black",
}
_OTHER: Final = "cyan"
_HEAD: Final = Style(bold=True, reverse=True)
_CHOSEN: Final = Style(bgcolor="#0a57a5", color="#ffffff", bold=True)
_PLAIN: Final = Style()


class Table(ScrollView, can_focus=True):
    """Rows of connections, sorted and filtered; one is chosen.

    The choice stays with its connection wherever that goes, so that a key does not
    hit its neighbour.

    Attributes:
        sort: title of the column by which it is sorted.
        turned: whether that is the other way round.
        words: the filter.
    """

    BINDINGS: ClassVar[list[Any]] = [
        Binding("up,k", "move(-1)", "up", show=False),
        Binding("down,j", "move(1)", "down", show=False),
        Binding("pageup", "leaf(-1)", "page up", show=False),
        Binding("pagedown", "leaf(1)", "page down", show=False),
        Binding("home,g", "edge(-1)", "first", show=False),
        Binding("end,G", "edge(1)", "last", show=False),
    ]

    class Opened(Message):
        """Somebody wants to look into a connection."""

        def __init__(self, seen: Seen) -> None:
            super().__init__()
            self.seen: Seen = seen

    def __init__(self) -> None:
        super().__init__(id="table")
        self.sort: str = "STATE"
        self.turned: bool = False
        self.words: str = ""
        self._all: list[Seen] = []
        self._rows: list[Seen] = []
        self._columns: tuple[Column, ...] = fitting(80)
        self._at = 0

    @property
    def chosen(self) -> Seen | None:
        """The connection that is chosen, if there are any."""
        return self._rows[self._at] if self._at < len(self._rows) else None

    @property
    def shown(self) -> int:
        """How many pass the filter."""
        return len(self._rows)

    @property
    def titles(self) -> tuple[str, ...]:
        """The columns for which there is room."""
        return tuple(column.title for column in self._columns)

    def put(self, seen: Iterable[Seen]) -> None:
        """Show these from now on."""
        self._all = list(seen)
        self.rearrange()

    def rearrange(self) -> None:
        """Sort and filter anew."""
        before = self.chosen
        passing = wanted(self._all, self.words)
        self._rows = ordered(passing, self.sort, turned=self.turned)
        kept = None if before is None else before.row.id
        places = (at for at, each in enumerate(self._rows) if each.row.id == kept)
        self._at = next(places, min(self._at, max(0, len(self._rows) - 1)))
        self._measure()
        self.refresh()

    def sort_by(self, title: str) -> None:
        """Sort by a column; by the present one, the other way round."""
        self.turned = title == self.sort and not self.turned
        self.sort = title
        self.rearrange()

    # -- keys and the mouse

    def next_sort(self) -> None:
        """Sort by the next column that is shown."""
        titles = self.titles
        at = titles.index(self.sort) if self.sort in titles else -1
        self.turned = False
        self.sort = titles[(at + 1) % len(titles)]
        self.rearrange()

    def turn(self) -> None:
        """Sort the other way round."""
        self.turned = not self.turned
        self.rearrange()

    def action_move(self, by: int) -> None:
        """Choose another row."""
        if self._rows:
            self._at = max(0, min(len(self._rows) - 1, self._at + by))
            self._keep_in_sight()
            self.refresh()

    def action_leaf(self, by: int) -> None:
        """Go a page on."""
        self.action_move(by * max(1, self.size.height - 2))

    def action_edge(self, which: int) -> None:
        """Go to the first or the last."""
        self.action_move(which * len(self._rows))

    def open(self) -> None:
        """Look into the chosen one."""
        if self.chosen is not None:
            self.post_message(self.Opened(self.chosen))

    def on_click(self, event: events.Click) -> None:
        """Sort by a column's head; choose a row, and with a second click open it."""
        if event.y == 0:
            left = 0
            for column in self._columns:
                left += column.width + 1
                if event.x < left:
                    self.sort_by(column.title)
                    return
            return
        at = event.y - 1 + self.scroll_offset.y
        if at < len(self._rows):
            self._at = at
            self.refresh()
            if event.chain > 1:
                self.open()

    # -- drawing

    def on_resize(self, event: events.Resize) -> None:
        """Show as many columns as there is room for."""
        del event
        self._measure()
        self._keep_in_sight()

    def _measure(self) -> None:
        width = max(1, self.scrollable_content_region.width)
        self._columns = fitting(width)
        self.virtual_size: Size = Size(width, len(self._rows) + 1)

    def _keep_in_sight(self) -> None:
        # the head stays on the first line, and covers one
        self.scroll_to_region(
            Region(0, self._at, 1, 2), animate=False, force=True, immediate=True
        )

    def render_line(self, y: int) -> Strip:
        """Draw one line: the head, or a row, however many there are."""
        width = self.size.width
        if y == 0:
            return Strip(self._head()).adjust_cell_length(width, _HEAD)
        at = y - 1 + self.scroll_offset.y
        if at >= len(self._rows):
            return Strip.blank(width)
        chosen = at == self._at
        row = self._row(self._rows[at], chosen=chosen)
        return Strip(row).adjust_cell_length(width, _CHOSEN if chosen else _PLAIN)

    def _head(self) -> list[Segment]:
        arrow = "▲" if self._rises() else "▼"
        cells: list[Segment] = []
        for column in self._columns:
            # the arrow stands in the gap, so that it never costs a letter
            mark = arrow if column.title == self.sort else " "
            wide = column.width
            title = f"{column.title:>{wide}}" if column.right else column.title
            cells.append(Segment(f"{title}{mark}".ljust(wide + 1), _HEAD))
        return cells

    def _rises(self) -> bool:
        falling = any(each.falling for each in self._columns if each.title == self.sort)
        return falling == self.turned

    def _row(self, seen: Seen, *, chosen: bool) -> list[Segment]:
        cells: list[Segment] = []
        for column in self._columns:
            style = _CHOSEN if chosen else _PLAIN
            if column.title == "STATE" and not chosen:
                style = Style(color=STATE_COLOURS.get(seen.row.state, _OTHER))
            cells.append(Segment(_cell(column.text(seen), column), style))
        return cells


def _cell(text: str, column: Column) -> str:
    width = column.width
    if len(text) > width:
        text = f"{text[: max(0, width - 1)]}…"
    return f"{text:>{width}} " if column.right else f"{text:<{width}} "
