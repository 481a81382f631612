"""The application as a person uses it: keys in, what stands on the screen out."""

from __future__ import annotations

import asyncio
import threading
import time

import pytest
from textual.widgets import Input, Static

import ums_actors as ums
from ums_actors.cli.top import app as application
from ums_actors.cli.top.app import TopApp
from ums_actors.cli.top.choice import Choice
from ums_actors.cli.top.confirm import Confirm
from ums_actors.cli.top.detail import DetailScreen
from ums_actors.cli.top.table import Table
from ums_actors.status.messages import Page, Process
from ums_actors.status.place import found
from ums_actors.status.server import Server

WITHIN = 20.0


class Seat:
    """Somebody at a terminal."""

    def __init__(self, app, pilot):
        self.app = app
        self.pilot = pilot

    @property
    def table(self):
        return self.app._table

    async def press(self, *keys):
        await self.pilot.press(*keys)

    async def until(self, condition):
        deadline = time.monotonic() + WITHIN
        while not condition():
            assert time.monotonic() < deadline, f"not seen, but:\n{self.text()}"
            await self.pilot.pause(0.02)

    async def sees(self, *words):
        await self.until(lambda: all(word in self.text() for word in words))

    def text(self):
        """Give what stands on the screen, line by line."""
        lines = self.app.screen._compositor.render_strips()
        return "\n".join("".join(part.text for part in line) for line in lines)

    def users(self):
        return [seen.row.user for seen in self.table._rows]


@pytest.fixture
def sit(monkeypatch):
    """Run a coroutine with the application on a screen of that size."""
    monkeypatch.setattr(application, "PAUSE", 0.05)

    def run(find, script, size=(150, 40)):
        async def main():
            app = TopApp(find, find())
            async with app.run_test(size=size, notifications=True) as pilot:
                await script(Seat(app, pilot))

        asyncio.run(main())

    return run


@pytest.fixture
def look(sit, runtime):
    """Run a coroutine with the application that looks at the runtime."""

    def run(script, size=(150, 40)):
        sit(lambda: [runtime.status_path], script, size)

    return run


def test_all_connections_are_shown_with_their_states(opened, start, emulator, look):
    opened("bot1")
    start(emulator, "bot2")

    async def script(seat):
        await seat.sees("2 connections", "1 READY", "1 NEW")
        await seat.sees("12345678.1001", "USER", "CRASHES", "RETRY")

    look(script)


def test_requests_are_drawn_as_rates_and_latencies(opened, look):
    proxy = opened()
    ended = threading.Event()

    def ask():
        while not ended.wait(0.005):
            proxy.get_clock().get(timeout=10)

    asking = threading.Thread(target=ask)
    asking.start()

    async def script(seat):
        try:
            await seat.until(lambda: seat.app._fleet.rate > 0)
            await seat.until(lambda: (seat.app._fleet.slowest or 0) > 0)
            await seat.sees("a second", "slowest p99", "ms")
            assert max(seat.app.query_one("#rates").data) > 0
        finally:
            ended.set()

    look(script)
    asking.join(10)


def test_one_is_looked_into_its_tree_its_history_and_who_waits(opened, look, emulator):
    proxy = opened()
    emulator.add_fault("drop", count=1, value=".GetClock")
    waiting = proxy.get_clock()

    async def script(seat):
        await seat.sees("1 connection:")
        await seat.press("enter")
        await seat.sees("supervisor", "correlator", "rest_for_one", "5 left")
        await seat.sees("flight recorder", "RESTORING → READY", "ago")
        await seat.sees("requests that wait", "in flight", ".GetClock")
        assert "sort" not in seat.text().splitlines()[-1]
        await seat.press("escape")
        await seat.sees("1 connection:", "sort")

    look(script)
    proxy.forget(waiting).get(timeout=5)


def test_a_line_is_renewed_only_after_a_yes(opened, look):
    proxy = opened()

    async def script(seat):
        await seat.sees("READY")
        await seat.press("r")
        await seat.sees("Reconnect 12345678.1001", "y: yes")
        await seat.press("n")
        await seat.until(lambda: not isinstance(seat.app.screen, Confirm))
        assert proxy.status().get(timeout=5).generation == 1
        await seat.press("r")
        await seat.sees("Reconnect 12345678.1001", "ConnectionLost")
        await seat.press("y")
        await seat.sees("line 1 is given up")

    look(script)
    proxy.wait_ready(timeout=10).get()
    assert proxy.status().get(timeout=5).generation == 2


@pytest.mark.parametrize("key", ["n", "escape", "q", "enter", "x"])
def test_anything_but_a_yes_is_a_no(opened, look, key):
    proxy = opened()

    async def script(seat):
        await seat.sees("READY")
        await seat.press("c")
        await seat.sees("Close 12345678.1001")
        await seat.press(key)
        await seat.pilot.pause(0.1)
        assert isinstance(seat.app.screen, Confirm) == (key == "x")

    look(script)
    assert proxy.status().get(timeout=5).state == "READY"


def test_a_connection_is_closed_from_its_own_screen(opened, look):
    proxy = opened()

    async def script(seat):
        await seat.sees("READY")
        await seat.press("enter")
        await seat.sees("supervisor")
        await seat.press("c")
        await seat.sees("Close 12345678.1001")
        await seat.press("y")
        await seat.sees("closing")
        await seat.sees("CLOSED")
        await seat.press("c")
        await seat.sees("Close 12345678.1001")
        await seat.press("y")
        await seat.sees("nothing to close")

    look(script)
    assert proxy.status().get(timeout=5).state == "CLOSED"


def test_a_key_is_for_the_one_that_was_chosen_wherever_it_went(sit, path, row):
    source = Told(row)
    endpoint = Server(path, source)

    async def script(seat):
        await seat.until(lambda: seat.table.shown == 5)
        await seat.press("down", "down")
        assert seat.table.chosen.row.user == "1.3"
        source.rows[2].state = "FAILED"  # which is sorted to the top
        await seat.until(lambda: seat.users()[0] == "1.3")
        assert seat.table.chosen.row.user == "1.3"
        await seat.press("c")
        await seat.sees("Close 1.3")
        await seat.press("y")
        await seat.until(lambda: source.done)

    sit(lambda: [path], script)
    assert source.done == [("close", source.rows[2].id)]
    assert endpoint.close(10)


class Told:
    """A source of any rows."""

    def __init__(self, row, count=5):
        self.rows = [row(number) for number in range(1, count + 1)]
        self.done = []

    def page(self, after, limit):
        rows = [row for row in self.rows if row.number > after][:limit]
        last = rows[-1].number if rows else 0
        more = last if rows and last < self.rows[-1].number else None
        process = Process(
            pid=1, program="p", version="v", uptime=1.0, connections=len(self.rows)
        )
        return Page(process=process, rows=rows, clock=time.monotonic(), more=more)

    def show(self, connection_id):
        raise ums.StatusError("it is gone")

    def reconnect(self, connection_id):
        raise ums.StatusError("it will not")

    def close(self, connection_id):
        self.done.append(("close", connection_id))
        raise ums.StatusError("it closes")


def test_five_thousand_are_shown_and_only_those_in_sight_are_drawn(
    sit, path, row, monkeypatch
):
    endpoint = Server(path, Told(row, 5_000))
    drawn = []
    real = Table._row
    monkeypatch.setattr(
        Table,
        "_row",
        lambda it, seen, **more: drawn.append(1) or real(it, seen, **more),
    )

    async def script(seat):
        await seat.until(lambda: seat.table.shown == 5_000)
        await seat.sees("5,000 connections", "1.1 ")
        drawn.clear()
        await seat.press("end")
        await seat.sees("1.5000 ")
        assert len(drawn) < 1_000
        await seat.press("home", "pagedown", "down")
        assert seat.table.chosen.row.number > 20
        await seat.press("slash", *"1.4999", "enter")
        await seat.sees("filter: 1.4999 (1)", "1.4999 ")

    sit(lambda: [path], script)
    assert endpoint.close(10)


def test_a_filter_is_kept_with_enter_and_dropped_with_escape(sit, path, row):
    endpoint = Server(path, Told(row))

    async def script(seat):
        await seat.until(lambda: seat.table.shown == 5)
        await seat.press("slash", *"1.2")
        assert seat.users() == ["1.2"]
        await seat.press("enter")
        assert seat.table.has_focus
        assert seat.users() == ["1.2"]
        await seat.press("escape")
        assert len(seat.users()) == 5
        assert seat.app.query_one("#filter", Input).value == ""

    sit(lambda: [path], script)
    assert endpoint.close(10)


def test_columns_are_sorted_by_keys_and_by_clicks(sit, path, row):
    source = Told(row)
    for at, each in enumerate(source.rows):
        each.generation = 10 - at
    endpoint = Server(path, source)

    async def script(seat):
        await seat.until(lambda: seat.table.shown == 5)
        while seat.table.sort != "LINE":
            await seat.press("s")
        assert seat.users() == ["1.1", "1.2", "1.3", "1.4", "1.5"]
        await seat.press("S")
        assert seat.users() == ["1.5", "1.4", "1.3", "1.2", "1.1"]
        await seat.pilot.click("#table", offset=(10, 0))
        assert (seat.table.sort, seat.users()[0]) == ("USER", "1.1")
        await seat.pilot.click("#table", offset=(10, 0))
        assert seat.users()[0] == "1.5"
        await seat.pilot.click("#table", offset=(10, 3))
        assert seat.table.chosen.row.user == "1.3"
        await seat.sees("USER", "▼")

    sit(lambda: [path], script)
    assert endpoint.close(10)


def test_what_cannot_be_read_any_more_is_said_on_its_screen(sit, path, row):
    endpoint = Server(path, Told(row))

    async def script(seat):
        await seat.until(lambda: seat.table.shown == 5)
        await seat.press("enter")
        await seat.sees("it is gone")
        await seat.press("r")
        await seat.sees("Reconnect")
        await seat.press("y")
        await seat.sees("it will not")

    sit(lambda: [path], script)
    assert endpoint.close(10)


def test_texts_of_strangers_are_shown_and_not_obeyed(sit, path, row):
    source = Told(row, 1)
    source.rows[0].user = "[red]a[/] \x1b[2J"
    source.rows[0].reason = "[/]\x07"
    endpoint = Server(path, source)

    async def script(seat):
        await seat.sees("[red]a[/] \\u00")
        await seat.press("enter")
        await seat.sees("[red]a[/]")
        await seat.press("c")
        await seat.sees("Close [red]a[/]")
        await seat.press("n")

    sit(lambda: [path], script)
    assert endpoint.close(10)


def test_a_process_that_is_gone_is_told_and_found_again(sit, path, row):
    first = Server(path, Told(row))

    async def script(seat):
        await seat.until(lambda: seat.table.shown == 5)
        assert first.close(10)
        await seat.sees("trying again", "5 connections")
        again = Server(path, Told(row, 7))
        try:
            await seat.sees("7 connections")
            assert "trying again" not in seat.text()
        finally:
            assert again.close(10)

    sit(lambda: [path], script)


def test_the_only_other_process_takes_its_place(sit, short, row):
    paths = [short / "a.sock", short / "b.sock"]
    first = Server(paths[0], Told(row))

    async def script(seat):
        await seat.until(lambda: seat.table.shown == 5)
        assert first.close(10)
        other = Server(paths[1], Told(row, 7))
        try:
            await seat.sees("7 connections")
        finally:
            assert other.close(10)

    sit(lambda: found(short), script)


def test_of_several_processes_one_is_chosen_and_later_another(sit, short, row):
    paths = [short / "a.sock", short / "b.sock"]
    servers = [
        Server(path, Told(row, count))
        for path, count in zip(paths, (3, 7), strict=True)
    ]

    async def script(seat):
        await seat.sees("Which process?", "a.sock", "b.sock")
        await seat.press("down", "enter")
        await seat.sees("7 connections")
        await seat.press("o")
        await seat.sees("Which process?")
        await seat.press("escape")
        await seat.until(lambda: not isinstance(seat.app.screen, Choice))
        await seat.press("o")
        await seat.sees("Which process?")
        await seat.press("enter")
        await seat.sees("3 connections")

    sit(lambda: found(short), script)
    for server in servers:
        assert server.close(10)


def test_who_chooses_none_is_done(sit, short, row):
    servers = [Server(short / f"{name}.sock", Told(row)) for name in "ab"]

    async def script(seat):
        await seat.sees("Which process?")
        await seat.press("escape")
        await seat.until(lambda: seat.app._exit)

    sit(lambda: found(short), script)
    for server in servers:
        assert server.close(10)


def test_a_terminal_that_is_too_small_is_told_so(sit, path, row):
    endpoint = Server(path, Told(row))

    async def script(seat):
        await seat.sees("the terminal has 40 by 10", "make it 60 by 16")
        await seat.pilot.resize_terminal(60, 16)
        await seat.sees("5 connections", "READY")
        assert "make it" not in seat.text()

    sit(lambda: [path], script, size=(40, 10))
    assert endpoint.close(10)


@pytest.mark.parametrize("key", ["q", "ctrl+c"])
def test_it_ends_at_a_key_while_attached(opened, look, key):
    opened()

    async def script(seat):
        await seat.sees("READY")
        await seat.press(key)
        await seat.until(lambda: seat.app._exit)
        assert seat.app.return_code == 0

    look(script)


def test_a_blocked_loop_is_told_and_what_was_read_stays(opened, look, runtime):
    opened()
    go_on = threading.Event()

    async def script(seat):
        await seat.sees("READY")
        runtime.loops[0].call_soon(lambda: go_on.wait(30))
        try:
            await seat.sees("loop threads that do not answer: 1", "READY")
        finally:
            go_on.set()
        await seat.until(lambda: "do not answer" not in seat.text())

    look(script)


def test_without_any_connection_keys_do_nothing(look):
    async def script(seat):
        await seat.sees("0 connections")
        await seat.press("enter", "r", "c", "down", "end", "s", "S")
        assert len(seat.app.screen_stack) == 1
        assert isinstance(seat.app.query_one("#head"), Static)

    look(script)


def test_a_detail_goes_on_reading(opened, look, emulator):
    opened()

    async def script(seat):
        await seat.sees("READY")
        await seat.press("enter")
        await seat.sees("line 1")
        emulator.cut("bot1")
        await seat.sees("line 2", "READY")
        assert isinstance(seat.app.screen, DetailScreen)

    look(script)
