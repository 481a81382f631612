"""``ums-actors connect``: one bot on a real account, and what it hears."""

from __future__ import annotations

import queue
from typing import TYPE_CHECKING

import click

import ums_actors as ums
from ums_actors.cli.listening.printer import Printer
from ums_actors.cli.listening.session import (
    CLOSE_TIMEOUT,
    WAITING,
    connected,
    listen,
)
from ums_actors.cli.settings.options import with_settings

if TYPE_CHECKING:
    from ums_actors.cli.settings.settings import Settings

__all__ = ["command"]


@click.command("connect")
@with_settings
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def command(settings: Settings, as_json: bool) -> int:
    """Connect one bot and print what it hears and when, until Ctrl-C.

    The password comes from UMS_PASSWORD or a file, or is asked for. Drops are
    survived: the connection comes back, and what was said meanwhile arrives.
    """
    printer = Printer(as_json=as_json)
    events: queue.Queue[ums.Event] = queue.Queue(maxsize=WAITING)

    def show(event: ums.Event) -> bool:
        printer.show(event)
        return True

    try:
        with connected(settings) as connection:
            connection.subscribe(
                events, ums.StateChanged, ums.NotificationReceived
            ).get(timeout=CLOSE_TIMEOUT)
            listen(connection, events, show)
    except KeyboardInterrupt:
        pass  # that is how it ends
    return 0
