"""The click group: subcommands imported when named, errors told in one line."""

from __future__ import annotations

import importlib
import sys
from typing import TYPE_CHECKING

import click

from ums_actors._version import __version__
from ums_actors.cli.explain import explain
from ums_actors.errors import UMSError

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["app", "run"]

_COMMANDS = {
    "emulator": ("ums_actors.cli.emulator:emulator", "Run a local UMS until Ctrl-C."),
    "demo": (
        "ums_actors.cli.demo.command:command",
        "Show that nothing is lost under faults.",
    ),
    "connect": (
        "ums_actors.cli.listening.connect:command",
        "Connect one bot and print what it hears.",
    ),
    "tail": (
        "ums_actors.cli.listening.tail:command",
        "Print the notifications of an account, as far as they are wanted.",
    ),
    "send": ("ums_actors.cli.send:command", "Make one request and print its answer."),
    "probe": (
        "ums_actors.cli.probing.command:command",
        "Try each step to an account: DNS, login, TLS, clock, with milliseconds.",
    ),
    "bench": (
        "ums_actors.cli.bench.command:command",
        "Measure requests a second, latency and memory on this machine.",
    ),
    "top": (
        "ums_actors.cli.top.command:command",
        "Look at the connections of a running process.",
    ),
    "cluster": (
        "ums_actors.cli.clusters.command:command",
        "Look at a cluster of fleets on Ray, move its shards, or stop it.",
    ),
    "completion": (
        "ums_actors.cli.completion:command",
        "Print what lets a shell complete commands and options.",
    ),
    "config": (
        "ums_actors.cli.settings.command:command",
        "Show what is set for these, and where it comes from.",
    ),
    "explain": (
        "ums_actors.cli.explaining.command:command",
        "Say what would happen, and why: 4407, 'http 502', tls, ...",
    ),
}


class _LazyGroup(click.Group):
    """A group that imports a subcommand when it is named, not before."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Give their names."""
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import a subcommand; None if there is no such one."""
        if cmd_name not in _COMMANDS:
            return None
        path, _, attribute = _COMMANDS[cmd_name][0].partition(":")
        command = getattr(importlib.import_module(path), attribute)
        if not isinstance(command, click.Command):
            raise TypeError(f"{path}.{attribute} is no click command")
        return command

    def format_commands(
        self,
        ctx: click.Context,  # noqa: ARG002
        formatter: click.HelpFormatter,
    ) -> None:
        """List the subcommands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in _COMMANDS.items()])


@click.group(cls=_LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="ums-actors")
def app() -> None:
    """Supervised UMS (LivePerson messaging) connections.

    Exit codes: 0 all went well; 1 it failed; 2 bad usage or a missing extra;
    130 interrupted before it was done.
    """


def run(arguments: Sequence[str] | None = None) -> int:
    """Run a subcommand; give its exit code."""
    try:
        result = app.main(
            None if arguments is None else list(arguments),
            prog_name="ums-actors",
            standalone_mode=False,
        )
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        return 2
    except click.ClickException as error:
        return _refuse(error, arguments)
    except (click.Abort, KeyboardInterrupt):
        return 130
    except UMSError as error:
        return _fail(explain(error))
    except BrokenPipeError:
        return _reader_gone()
    return result if isinstance(result, int) else 0


def _refuse(error: click.ClickException, arguments: Sequence[str] | None) -> int:
    """Say in one line what is wrong with the command line, and where to look."""
    said = " ".join(error.format_message().split()).rstrip(".")
    if not isinstance(error, click.UsageError):
        click.echo(f"ums-actors: {said}", err=True)
        return error.exit_code
    path = "ums-actors" if error.ctx is None else error.ctx.command_path
    first = (sys.argv[1:] if arguments is None else arguments)[:1]
    if error.ctx is None and first and first[0] in _COMMANDS:
        path += f" {first[0]}"  # the parser of options does not say whose they are
    click.echo(f"{path}: {said}: run '{path} --help' for what it takes", err=True)
    return error.exit_code


def _fail(text: str) -> int:
    click.echo(f"ums-actors: {text}", err=True)
    return 1


def _reader_gone() -> int:
    """End quietly when whoever read our output has gone away (``| head``)."""
    sys.stdout = open("/dev/null", "w", encoding="utf-8")  # noqa: PTH123, SIM115
    return 1
