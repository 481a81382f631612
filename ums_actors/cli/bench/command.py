"""``ums-actors bench``: the command."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import click
import msgspec
from rich.console import Console

import ums_actors as ums
from ums_actors.cli.bench.display import Bar, Nothing
from ums_actors.cli.bench.place import given, own
from ums_actors.cli.bench.run import run_bench
from ums_actors.cli.bench.settings import CONNECTIONS, IN_FLIGHT, SECONDS, Settings
from ums_actors.cli.bench.table import table
from ums_actors.cli.interrupt import interruptible
from ums_actors.cli.parameters import no_nan
from ums_actors.emulator import DEFAULT_ACCOUNT

if TYPE_CHECKING:
    from ums_actors.cli.bench.display import Display
    from ums_actors.cli.bench.place import Place
    from ums_actors.cli.bench.report import Report

__all__ = ["command"]


@click.command("bench")
@click.option(
    "--connections",
    type=click.IntRange(*CONNECTIONS),
    default=20,
    show_default=True,
    help="Agents, each on a connection of their own.",
)
@click.option(
    "--in-flight",
    type=click.IntRange(*IN_FLIGHT),
    default=8,
    show_default=True,
    help="Requests of each that wait for their answers at any time.",
)
@click.option(
    "--seconds",
    type=click.FloatRange(*SECONDS),
    default=10.0,
    show_default=True,
    callback=no_nan,
    help="How long they are counted.",
)
@click.option("--no-tls", is_flag=True, help="Plain http and ws.")
@click.option(
    "--csds",
    default=None,
    metavar="HOST:PORT",
    help="A local UMS that runs on this machine, in place of one of the bench's own.",
)
@click.option(
    "--account", default=DEFAULT_ACCOUNT, help="Its account, if not the usual."
)
@click.option(
    "--ca",
    type=click.Path(exists=True, dir_okay=False),
    default=None,
    help="The file of its authority (emulator --ca-out).",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def command(
    *,
    connections: int,
    in_flight: int,
    seconds: float,
    no_tls: bool,
    csds: str | None,
    account: str,
    ca: str | None,
    as_json: bool,
) -> int:
    """Measure what the library does on this machine.

    Starts a local UMS in a process of its own, connects agents to it, and has each ask
    for the clock with so many requests in flight. Tells requests a second, how long
    answers take, and what a request takes of this process's processor time and a
    connection of its memory (--connections 200 tells that best: what all share counts
    less). The service is there to be true, not fast: throughput is
    what both reach together, and "the server" says how busy it was.

    It loads this machine alone, never an account: another --csds than loopback is
    refused. For that, run 'ums-actors emulator --users N'.

    Exit code 0: all requests were answered; 1: some failed, or no connection came to
    be; 130: interrupted.
    """
    if csds is None and ca is not None:
        raise click.UsageError("--ca belongs to --csds")
    settings = Settings(connections=connections, in_flight=in_flight, seconds=seconds)
    console = Console(stderr=True)
    with interruptible(), _place(csds, account, ca, settings, tls=not no_tls) as place:
        shown = Bar(console, settings) if console.is_terminal else Nothing()
        report = _measured(settings, place, shown)
    if as_json:
        click.echo(msgspec.json.encode(report).decode())
    else:
        Console().print(table(report), soft_wrap=True)
    if not report.ok:
        why = ", ".join(f"{n} {name}" for name, n in report.failed.items())
        click.echo(
            f"ums-actors bench: requests failed ({why or 'none was answered'}): try "
            "fewer --connections, or less --in-flight",
            err=True,
        )
    return 0 if report.ok else 1


def _measured(settings: Settings, place: Place, display: Display) -> Report:
    """Measure, and say of what can go wrong what to do about it.

    Raises:
        click.ClickException: no connection came to be.
    """
    try:
        return run_bench(settings, place, display)
    except ums.AuthenticationRejected:
        raise click.ClickException(
            f"the server does not know bot1 to bot{settings.connections} by the usual "
            f"passwords: run 'ums-actors emulator --users {settings.connections}', or "
            "give fewer --connections"
        ) from None
    except TimeoutError:
        raise click.ClickException(
            "the connections did not become READY in time: give fewer --connections"
        ) from None


def _place(
    csds: str | None, account: str, ca: str | None, settings: Settings, *, tls: bool
) -> contextlib.AbstractContextManager[Place]:
    if csds is None:
        return own(settings.connections, tls=tls)
    if "://" not in csds:
        csds = f"{'https' if tls else 'http'}://{csds}"
    return contextlib.nullcontext(given(csds, account, ca))
