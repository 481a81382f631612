"""``ums-actors completion``: lets a shell complete commands and options."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

__all__ = ["VARIABLE", "command"]

VARIABLE = "_UMS_ACTORS_COMPLETE"
"""By which a shell asks for completions."""
_SHELLS = ("bash", "zsh", "fish")


@click.command("completion")
@click.argument("shell", type=click.Choice(_SHELLS))
@click.pass_context
def command(ctx: click.Context, shell: str) -> None:
    """Print what a shell has to read for completing commands and options.

    For bash: eval "$(ums-actors completion bash)", in ~/.bashrc.
    """
    kind = get_completion_class(shell)
    if kind is None:
        raise click.UsageError(f"this version of click knows no {shell}")
    root = ctx.find_root().command
    click.echo(kind(root, {}, "ums-actors", VARIABLE).source())
