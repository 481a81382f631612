"""The application: reads again and again, shows what came, does what keys say."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import time
from typing import TYPE_CHECKING, Any, ClassVar, Final

from textual.app import App
from textual.widgets import Footer, Input, Static

from ums_actors.cli.text import visible
from ums_actors.cli.top.choice import Choice
from ums_actors.cli.top.confirm import Confirm
from ums_actors.cli.top.detail import DetailScreen
from ums_actors.cli.top.fleet import Fleet
from ums_actors.cli.top.link import Link
from ums_actors.cli.top.overview import Overview
from ums_actors.cli.top.table import Table
from ums_actors.errors import StatusError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from textual import events
    from textual.app import ComposeResult

__all__ = ["TopApp"]

PAUSE: Final = 1.0
"""Seconds between two readings of a process that answers at once."""
_SHARE: Final = 5
"""A reading that takes long is made as much more rarely: thousands of connections."""
_FILTER: Final = "words of any column    enter: keep the filter, escape: drop it"
SMALLEST: Final = (60, 16)
"""Columns and lines below which nothing is shown but that."""
_OF_THE_TABLE: Final = frozenset({"open_chosen", "next_sort", "turn", "filter"})


class TopApp(App[None]):
    """The live view of one process.

    Args:
        find: gives the endpoints that there are.
        paths: those that were found; of several one is chosen first.
    """

    TITLE: str | None = "ums-actors top"
    ENABLE_COMMAND_PALETTE: ClassVar[bool] = False
    BINDINGS: ClassVar[list[Any]] = [
        ("enter", "open_chosen", "look into it"),
        ("s", "next_sort", "sort"),
        ("S", "turn", "turn"),
        ("slash", "filter", "filter"),
        ("r", "reconnect", "reconnect"),
        ("c", "close_connection", "close"),
        ("o", "other", "other process"),
        ("q,ctrl+c", "quit", "quit"),
    ]
    CSS: ClassVar[str] = """
    #filter { height: 3; display: none; }
    #filter.-shown { display: block; }
    #table { height: 1fr; }
    #small { display: none; }
    .-small #small { display: block; }
    .-small Overview, .-small #table, .-small #filter, .-small Footer { display: none; }
    """

    def __init__(self, find: Callable[[], list[Path]], paths: list[Path]) -> None:
        super().__init__()
        self._several = len(paths) > 1
        self._link = Link(find, None if self._several else paths[0])
        self._fleet = Fleet()
        self._trouble = ""
        self._again = asyncio.Event()
        self._overview = Overview()
        self._table = Table()
        self._filter = Input(placeholder=_FILTER, id="filter")
        self._small = Static(id="small", markup=False)

    def compose(self) -> ComposeResult:
        """Lay it out."""
        yield from (self._overview, self._table, self._filter, self._small, Footer())

    def on_mount(self) -> None:
        """Begin to read."""
        with contextlib.suppress(ValueError, RuntimeError, NotImplementedError):
            # elsewhere than on the main thread nobody sends signals
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, self.exit)
        self._table.focus()
        self.run_worker(self._read_on(), group="reading")
        if self._several:
            self.action_other()

    def on_unmount(self) -> None:
        """Let go of the process."""
        self._link.close()

    def on_resize(self, event: events.Resize) -> None:
        """Say so if there is no room."""
        width, height = event.size
        small = width < SMALLEST[0] or height < SMALLEST[1]
        self.screen_stack[0].set_class(small, "-small")
        self._small.update(
            f"the terminal has {width} by {height} characters: make it "
            f"{SMALLEST[0]} by {SMALLEST[1]}, or larger (q: quit)"
        )

    # -- reading

    async def _read_on(self) -> None:
        while True:
            began = time.monotonic()
            await self._read()
            took = time.monotonic() - began
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._again.wait(), max(PAUSE, _SHARE * took))
            self._again.clear()

    async def _read(self) -> None:
        if self._link.path is None:
            return
        try:
            self._fleet.take(await self._link.pages())
            self._trouble = ""
        except StatusError as error:
            self._trouble = str(error)
        self._table.put(self._fleet.seen.values())
        self._show()
        for screen in self.screen_stack:
            if isinstance(screen, DetailScreen):
                await self._read_one(screen)

    async def _read_one(self, screen: DetailScreen) -> None:
        try:
            detail = await self._link.show(screen.connection_id)
        except StatusError as error:
            screen.miss(str(error))
        else:
            screen.show(detail)

    def _show(self) -> None:
        self._overview.show(self._fleet, self._table, self._trouble)

    # -- keys

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Let keys of the table do nothing where there is none."""
        del parameters
        return action not in _OF_THE_TABLE or len(self.screen_stack) == 1

    def action_open_chosen(self) -> None:
        """Look into the chosen connection."""
        self._table.open()

    def action_next_sort(self) -> None:
        """Sort by the next column."""
        self._table.next_sort()

    def action_turn(self) -> None:
        """Sort the other way round."""
        self._table.turn()

    def action_filter(self) -> None:
        """Let the filter be changed."""
        self._filter.add_class("-shown")
        self._filter.focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Filter while it is typed."""
        self._table.words = event.value
        self._table.rearrange()
        self._show()

    def on_input_submitted(self) -> None:
        """Go back to the table, with the filter."""
        self._filter.remove_class("-shown")
        self._table.focus()

    def on_key(self, event: events.Key) -> None:
        """Leave the filter, and drop it, with escape."""
        if event.key == "escape" and len(self.screen_stack) == 1:
            self._filter.value = ""
            self.on_input_submitted()

    def on_table_opened(self, message: Table.Opened) -> None:
        """Look into a connection."""
        row = message.seen.row
        self.push_screen(DetailScreen(row.id, row.user))
        self._again.set()

    def action_leave(self) -> None:
        """Go back to all connections."""
        if len(self.screen_stack) > 1:
            self.pop_screen()

    def action_reconnect(self) -> None:
        """Ask whether to renew the line of the chosen connection."""
        self._act("reconnect")

    def action_close_connection(self) -> None:
        """Ask whether to close the chosen connection."""
        self._act("close")

    def action_other(self) -> None:
        """Choose another process."""
        if not self.screen.is_modal:
            self.run_worker(self._choose(), group="choosing", exclusive=True)

    # -- inside

    def _target(self) -> tuple[str, str] | None:
        """Give the id and the user of whom a key is for."""
        if isinstance(self.screen, DetailScreen):
            return self.screen.connection_id, self.screen.user
        chosen = self._table.chosen
        return None if chosen is None else (chosen.row.id, chosen.row.user)

    def _act(self, what: str) -> None:
        target = self._target()
        if target is not None and not self.screen.is_modal:
            self.run_worker(self._ask_and_do(what, *target), group="acting")

    async def _ask_and_do(self, what: str, connection_id: str, user: str) -> None:
        if not await self.push_screen_wait(Confirm(what, connection_id, user)):
            return
        link = self._link
        do = link.reconnect if what == "reconnect" else link.close_connection
        try:
            said = await do(connection_id)
        except StatusError as error:
            self.notify(visible(str(error)), severity="error", markup=False)
        else:
            self.notify(visible(said), markup=False)
        self._again.set()

    async def _choose(self) -> None:
        paths = await self._link.choices()
        if not paths:
            self.notify("no process is found", severity="warning")
            return
        chosen = await self.push_screen_wait(Choice(paths))
        if chosen is not None:
            self._link.choose(chosen)
            self._again.set()
        elif self._link.path is None:
            self.exit()
