"""``ums-actors emulator``: a local UMS in the foreground."""

from __future__ import annotations

from typing import Any

import click

__all__ = ["emulator"]


class _CannotStart(click.ClickException):
    exit_code = 2


@click.command()
@click.option("--host", default="127.0.0.1", help="A loopback address.")
@click.option(
    "--i-know", is_flag=True, help="Let --host be one that other machines reach."
)
@click.option("--port", type=int, default=0, help="0 takes a free one.")
@click.option("--tls", is_flag=True, help="Serve TLS by a CA of its own.")
@click.option("--ca-out", metavar="FILE", help="Where to write the CA.")
@click.option("--account", default="12345678", help="The one account that exists.")
@click.option("--user", multiple=True, metavar="NAME:PASSWORD", help="A brand user.")
@click.option(
    "--users", type=int, metavar="N", help="bot1..botN, passwords bot1-password…"
)
@click.option("--log/--no-log", default=True, help="Whether frames are logged.")
@click.option(
    "--ring-timeout",
    type=float,
    default=72.0,
    metavar="SECONDS",
    help="How long a ring waits for its agent.",
)
@click.option(
    "--skills",
    multiple=True,
    metavar="NAME=SKILL,SKILL",
    help="Skills of a user; who is not named has all.",
)
@click.option(
    "--survey", is_flag=True, help="A survey follows every MAIN dialog that is closed."
)
@click.option(
    "--state", metavar="DIR", help="Where conversations and tokens outlive a stop."
)
@click.option("--exit-with-parent", is_flag=True, hidden=True)
def emulator(**options: Any) -> None:
    """Run a local UMS until SIGINT or SIGTERM; prints one line of JSON when ready.

    To look at it from another terminal, with the host that stands there as csds:
    UMS_PASSWORD=bot1-password ums-actors connect --account 12345678 --username bot1
    --csds http://HOST:PORT
    """
    try:  # the extra `emulator` is not needed for the other commands
        from ums_actors.emulator.command import Command, run_command  # noqa: PLC0415
        from ums_actors.emulator.failures import EmulatorError  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise _CannotStart(
            f"{error.name} is not installed; run pip install 'ums_actors[emulator]'"
        ) from None
    try:
        run_command(Command(**options))
    except EmulatorError as error:
        raise _CannotStart(str(error)) from None
