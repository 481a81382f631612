"""``ums-actors probe``: the command."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import click
import msgspec

import ums_actors as ums
from ums_actors.cli.probing.trial import STEPS, Trial
from ums_actors.cli.settings.options import with_settings
from ums_actors.cli.text import visible

if TYPE_CHECKING:
    from ums_actors.cli.probing.step import Step
    from ums_actors.cli.settings.settings import Settings

__all__ = ["command"]

_VERDICTS: Final = {True: ("ok", "green"), False: ("FAILED", "red"), None: ("-", None)}
_NAME_WIDTH: Final = max(map(len, STEPS))


@click.command("probe")
@with_settings
@click.option(
    "--timeout",
    type=click.FloatRange(0, min_open=True),
    default=10.0,
    show_default=True,
    help="Seconds for each step.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def command(settings: Settings, timeout: float, as_json: bool) -> int:
    """Try each step to an account by itself, and say how long it took.

    The name of the domain service, that service, the login, the name of the
    websocket's host, TCP, TLS, the upgrade, and the server's clock. It logs in, which
    ends another session of the same user, and out again. Exit code 0: all went well;
    1: a step failed.
    """
    try:
        trial = Trial(settings, timeout)
    except ums.LocalProtocolError as error:  # a value with which nothing can be tried
        raise click.UsageError(str(error)) from None
    steps: list[Step] = []
    for step in trial.run():
        steps.append(step)
        if not as_json:
            click.echo(_line(step))
    ok = all(step.ok for step in steps)
    seconds = sum(step.seconds for step in steps)
    if as_json:
        click.echo(
            msgspec.json.encode({"ok": ok, "seconds": seconds, "steps": steps}).decode()
        )
    elif ok:
        click.echo(f"all went well in {seconds * 1000:.0f} ms")
    return 0 if ok else 1


def _line(step: Step) -> str:
    verdict, colour = _VERDICTS[step.ok]
    took = f"{step.seconds * 1000:6.0f} ms" if step.ok is not None else " " * 9
    shown = click.style(f"{verdict:6}", fg=colour)
    return f"{shown}  {step.name:{_NAME_WIDTH}}  {took}  {visible(step.says)}"
