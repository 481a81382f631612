"""What options of several commands have in common."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from click import Context, Parameter

__all__ = ["no_nan"]


def no_nan(ctx: Context, param: Parameter, value: float) -> float:
    """Refuse what is no number of seconds and no range excludes; a click callback.

    Raises:
        click.BadParameter: it is NaN.
    """
    if math.isnan(value):
        raise click.BadParameter("give a number of seconds", ctx, param)
    return value
