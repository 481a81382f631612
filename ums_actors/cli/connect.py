"""``ums-actors connect``: one bot on a real account, and what it hears."""

from __future__ import annotations

import json
import os
import queue
import signal
import sys
import time
from datetime import UTC, datetime
from typing import NoReturn

import click
import msgspec

import ums_actors as ums
from ums_actors.auth.csds import DEFAULT_CSDS_HOST

__all__ = ["command"]

_WAITING = 10_000
"""Events that may wait to be printed; older ones are dropped beyond."""
_LOOK = 0.2
"""Seconds between two looks at whether the connection has ended."""
_CLOSE_TIMEOUT = 15.0
_TELLING = frozenset({"BACKING_OFF", "FAILED"})
"""States whose reason is printed: in the others it is still that of the last line."""


@click.command("connect")
@click.option("--account", required=True, help="The account's number.")
@click.option("--username", required=True, help="The bot's login name.")
@click.option(
    "--csds",
    default=None,
    metavar="HOST",
    help="Domain service, if not LivePerson's own; http:// only to loopback.",
)
@click.option(
    "--ca",
    default=None,
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False),
    help="CA certificates to trust instead of the system's.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def command(
    account: str, username: str, csds: str | None, ca: str | None, as_json: bool
) -> int:
    """Connect one bot and print what it hears and when, until Ctrl-C.

    The password comes from UMS_PASSWORD, or is asked for. Drops are survived: the
    connection comes back, and what was said meanwhile arrives.
    """
    password = _password(username)
    try:
        ref = ums.BrandWebsocketConnection.start(
            account_id=account,
            auth=ums.PasswordLogin(username, password),
            csds=DEFAULT_CSDS_HOST if csds is None else csds,
            ca_file=ca,
        )
    except ums.LocalProtocolError as error:  # a value with which nothing can be tried
        raise click.UsageError(str(error)) from None
    before = signal.signal(signal.SIGTERM, _interrupt)
    try:
        return _listen(ums.proxy_of(ref), _Printer(as_json=as_json))
    except KeyboardInterrupt:
        return 0  # that is how it ends
    finally:
        ref.stop(timeout=_CLOSE_TIMEOUT)
        signal.signal(signal.SIGTERM, before)


def _password(username: str) -> str:
    password = os.environ.get("UMS_PASSWORD", "")
    if password:
        return password
    if not sys.stdin.isatty():
        raise click.UsageError(
            "there is no password and no terminal to ask on: set UMS_PASSWORD"
        )
    return str(click.prompt(f"Password of {username}", hide_input=True, err=True))


def _listen(connection: ums.BrandConnectionProxy, printer: _Printer) -> int:
    """Print events until interrupted, or until the connection gives up."""
    events: queue.Queue[ums.Event] = queue.Queue(maxsize=_WAITING)
    connection.subscribe(events, ums.StateChanged, ums.NotificationReceived).get(
        timeout=_CLOSE_TIMEOUT
    )
    opening = connection.open(fail_fast=True)  # a mistyped host ends at once
    ended = connection.wait_closed()
    while True:
        try:
            printer.show(events.get(timeout=_LOOK))
        except queue.Empty:
            if ended.done():
                break
    raise _why(connection, opening)


def _why(
    connection: ums.BrandConnectionProxy, opening: ums.LoopFuture[None]
) -> BaseException:
    """Give the error that ended it."""
    error = opening.exception() if opening.done() else None
    if error is not None:
        return error
    try:
        connection.wait_ready().get(timeout=_CLOSE_TIMEOUT)
    except ums.ConnectionLost as refusal:  # by a connection that has ended
        return refusal if refusal.__cause__ is None else refusal.__cause__
    return ums.UMSError("the connection has ended; start again")


class _Printer:
    """Writes events as lines."""

    def __init__(self, *, as_json: bool) -> None:
        self._as_json = as_json

    def show(self, event: ums.Event) -> None:
        """Write one event."""
        when = _when(event)
        if self._as_json:
            row = {"event": type(event).__name__, **msgspec.structs.asdict(event)}
            row["at"] = when.isoformat(timespec="milliseconds")
            click.echo(_visible(msgspec.json.encode(row).decode()))
        else:
            local = when.astimezone().strftime("%Y-%m-%d %H:%M:%S")
            click.echo(f"{local} {_visible(_line(event))}")


def _when(event: ums.Event) -> datetime:
    """Give the time of day at which it was told, else the present one."""
    now, at = time.time(), getattr(event, "at", None)
    age = 0.0 if at is None else max(0.0, time.monotonic() - at)
    return datetime.fromtimestamp(now - age, UTC)


def _visible(line: str) -> str:
    """Escape, as JSON does, what a terminal would obey instead of showing it."""
    return "".join(
        each if each.isprintable() else json.dumps(each)[1:-1] for each in line
    )


def _line(event: ums.Event) -> str:
    if isinstance(event, ums.StateChanged):
        why = f" ({event.reason})" if event.state in _TELLING and event.reason else ""
        return f"{event.state} generation {event.generation}{why}"
    if isinstance(event, ums.NotificationReceived):
        return f"{event.type} {msgspec.json.encode(event.body).decode()}"
    return repr(event)


def _interrupt(*_: object) -> NoReturn:
    """Treat SIGTERM as Ctrl-C: close, then end."""
    raise KeyboardInterrupt
