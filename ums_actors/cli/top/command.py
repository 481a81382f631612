"""``ums-actors top``."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click
import msgspec

from ums_actors.cli.parameters import no_nan
from ums_actors.cli.text import visible
from ums_actors.cli.top.finding import VARIABLE, endpoints
from ums_actors.cli.top.snapshot import snapshot

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

__all__ = ["command"]


@click.command("top")
@click.option(
    "--socket",
    "given",
    envvar=VARIABLE,
    default=None,
    metavar="PATH",
    help="Of the process's status socket.  [default: those in "
    "$XDG_RUNTIME_DIR/ums-actors and /tmp/ums-actors-UID]",
)
@click.option(
    "--json", "as_json", is_flag=True, help="One look, as JSON; then it ends."
)
@click.option(
    "--seconds",
    type=click.FloatRange(0, 3600),
    default=1.0,
    show_default=True,
    callback=no_nan,
    help="With --json: for how long requests are counted; 0 leaves rates out.",
)
@click.option("--web", is_flag=True, help="Show it in a browser of this machine.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8765,
    show_default=True,
    help="With --web: where, on 127.0.0.1; 0 takes a free one.",
)
@click.option("--served", is_flag=True, hidden=True)
def command(
    *,
    given: str | None,
    as_json: bool,
    seconds: float,
    web: bool,
    port: int,
    served: bool,
) -> int:
    """Look at the connections of a running process, and end or renew their lines.

    The process has to have Runtime(status_socket=True), or a path in place of True.
    Only processes of the same user can be looked at. With --json there is one object
    a line for each. Exit code 1: there is no such process, or it does not answer.
    """
    if web and as_json:
        raise click.UsageError("--web and --json exclude each other: choose one")
    paths = endpoints(given)
    if as_json:
        for path in paths:
            told = msgspec.json.encode(snapshot(path, seconds)).decode()
            click.echo(visible(told))
        return 0
    if web:
        from ums_actors.cli.top.web import serve  # noqa: PLC0415  (an extra)

        return serve(given, port)
    if not served and not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise click.UsageError("this is no terminal: take --json, or --web")
    return _run(given, paths)


def _run(given: str | None, paths: list[Path]) -> int:
    from ums_actors.cli.top.app import TopApp  # noqa: PLC0415  (an extra)

    find: Callable[[], list[Path]] = lambda: endpoints(given)  # noqa: E731
    TopApp(find, paths).run()
    return 0
