"""``ums-actors tail``: the events of an account, as far as they are wanted."""

from __future__ import annotations

import contextlib
import fnmatch
import queue
from typing import TYPE_CHECKING, Final

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
from ums_actors.events_table import TABLE
from ums_actors.protocol.names import spellings

if TYPE_CHECKING:
    from ums_actors.cli.settings.settings import Settings

__all__ = ["command"]

_KINDS: Final = {row.event.__name__: row.event for row in TABLE}


@click.command("tail")
@with_settings
@click.option(
    "--event",
    "names",
    multiple=True,
    type=click.Choice(sorted(_KINDS), case_sensitive=False),
    metavar="NAME",
    help="Events of this class; several times. NotificationReceived by default.",
)
@click.option(
    "--type",
    "types",
    multiple=True,
    metavar="PATTERN",
    help="Notifications of these types, such as '*MessagingEvent*'; several times.",
)
@click.option("--conversation", default=None, metavar="ID", help="Of this one alone.")
@click.option("--dialog", default=None, metavar="ID", help="Of this dialog alone.")
@click.option(
    "--count", type=click.IntRange(1), default=None, help="End after so many."
)
@click.option(
    "--seconds",
    type=click.FloatRange(0, min_open=True),
    default=None,
    help="End after so long.",
)
@click.option("--pretty", is_flag=True, help="Bodies over several lines.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def command(  # noqa: PLR0917  (one argument for each option)
    settings: Settings,
    names: tuple[str, ...],
    types: tuple[str, ...],
    conversation: str | None,
    dialog: str | None,
    count: int | None,
    seconds: float | None,
    pretty: bool,
    as_json: bool,
) -> int:
    """Print the notifications of an account, or other events of a connection.

    It logs in as a bot of its own; give it a user that nobody else uses, since a
    second login ends the first. Ctrl-C, --count or --seconds end it, with exit code 0.
    """
    kinds = [_KINDS[name] for name in names] or [ums.NotificationReceived]
    printer = Printer(as_json=as_json, pretty=pretty)
    events: queue.Queue[ums.Event] = queue.Queue(maxsize=WAITING)
    left = count

    def show(event: ums.Event) -> bool:
        nonlocal left
        if not _wanted(event, types):
            return True
        printer.show(event)
        if left is not None:
            left -= 1
        return left != 0

    with contextlib.suppress(KeyboardInterrupt), connected(settings) as connection:
        connection.subscribe(
            events, *kinds, conversation_id=conversation, dialog_id=dialog
        ).get(timeout=CLOSE_TIMEOUT)
        listen(connection, events, show, seconds)
    return 0


def _wanted(event: ums.Event, patterns: tuple[str, ...]) -> bool:
    """Tell whether one of a notification's names is of those; other events are."""
    if not patterns or not isinstance(event, ums.NotificationReceived):
        return True
    names = {event.type, *spellings(event.type)}
    return any(fnmatch.filter(names, pattern) for pattern in patterns)
