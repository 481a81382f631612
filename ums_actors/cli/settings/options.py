"""The options that all commands with an account have in common."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

import click

from ums_actors.cli.settings.fields import FIELDS
from ums_actors.cli.settings.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["with_settings"]

_FILE = click.Path(exists=True, dir_okay=False)
P = ParamSpec("P")
R = TypeVar("R")


def with_settings(
    command: Callable[Concatenate[Settings, P], R],
) -> Callable[..., R]:
    """Give a command its options, and the settings as its first argument."""

    @functools.wraps(command)
    def read(
        config: str | None, profile: str | None, *args: P.args, **kwargs: P.kwargs
    ) -> R:
        given: dict[str, Any] = {
            each.name: kwargs.pop(each.name) for each in FIELDS if each.option
        }
        settings = Settings.read(given, config=config, profile=profile)
        return command(settings, *args, **kwargs)

    wrapped: Callable[..., R] = read
    wrapped = click.option(
        "--profile", default=None, metavar="NAME", help="A table of it, by its name."
    )(wrapped)
    wrapped = click.option(
        "--config",
        default=None,
        metavar="FILE",
        help="A file of settings (TOML); ums-actors.toml in ~/.config by default.",
    )(wrapped)
    for each in reversed(FIELDS):
        if each.option:
            wrapped = click.option(
                each.option,
                default=None,
                metavar=each.metavar,
                type=_FILE if each.metavar == "FILE" else str,
                help=each.means,
            )(wrapped)
    return wrapped
