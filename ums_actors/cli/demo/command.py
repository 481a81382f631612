"""``ums-actors demo``."""

from __future__ import annotations

import json
import secrets
import sys
from typing import TYPE_CHECKING

import click
from rich.console import Console

from ums_actors.cli.demo.display import LineDisplay, LiveDisplay, NoDisplay
from ums_actors.cli.demo.run import run_demo
from ums_actors.cli.demo.settings import BOTS, CONSUMERS, SECONDS, Settings
from ums_actors.cli.demo.summary import summary
from ums_actors.cli.interrupt import interruptible
from ums_actors.cli.parameters import no_nan

if TYPE_CHECKING:
    from ums_actors.cli.demo.display import Display

__all__ = ["command"]

_SEEDS = 1_000_000


@click.command("demo")
@click.option(
    "--bots",
    type=click.IntRange(*BOTS),
    default=3,
    show_default=True,
    help="Bots, each on a connection of its own.",
)
@click.option(
    "--consumers",
    type=click.IntRange(*CONSUMERS),
    default=20,
    show_default=True,
    help="Consumers, each on a connection of their own.",
)
@click.option(
    "--seconds",
    type=click.FloatRange(*SECONDS),
    default=20.0,
    show_default=True,
    callback=no_nan,
    help="How long consumers ask; the faults are spread over it.",
)
@click.option(
    "--seed",
    type=click.IntRange(min=0),
    default=None,
    help="The same seed gives the same consumers and faults.  [default: random]",
)
@click.option("--no-tls", is_flag=True, help="Plain http and ws to the emulator.")
@click.option(
    "--status", is_flag=True, help="Let 'ums-actors top' look at it meanwhile."
)
@click.option("--plain", is_flag=True, help="Lines instead of a live view.")
@click.option("--json", "as_json", is_flag=True, help="Only the report, as JSON.")
def command(
    *,
    bots: int,
    consumers: int,
    seconds: float,
    seed: int | None,
    no_tls: bool,
    status: bool,
    plain: bool,
    as_json: bool,
) -> int:
    """Show that nothing is lost.

    Starts a local UMS and connects bots and consumers to it, each on a supervised
    connection. Consumers open conversations and ask; bots take them when it rings,
    answer, transfer and close, while connections are cut, tokens die, actors crash and
    the service restarts. Ends with exit code 0 if no message was lost, doubled, out of
    order or left without an answer, and all faults were recovered from; with 1 if not.
    """
    settings = Settings(
        bots=bots,
        consumers=consumers,
        seconds=seconds,
        seed=secrets.randbelow(_SEEDS) if seed is None else seed,
        tls=not no_tls,
        status=status,
    )
    console = Console()
    with interruptible():
        report = run_demo(settings, _display(console, plain=plain, as_json=as_json))
    if as_json:
        click.echo(json.dumps(report.as_dict()))
    else:
        console.print(summary(report), soft_wrap=True)
    if not report.ok:
        click.echo(
            f"ums-actors demo: {'; '.join(report.failures)}: "
            f"run it again with --seed {settings.seed} --plain to see when",
            err=True,
        )
    return 0 if report.ok else 1


def _display(console: Console, *, plain: bool, as_json: bool) -> Display:
    if as_json:
        return LineDisplay(sys.stderr) if sys.stderr.isatty() else NoDisplay()
    if plain or not console.is_terminal:
        return LineDisplay(sys.stdout)
    return LiveDisplay(console)
