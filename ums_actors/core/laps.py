"""How long each of a number of steps took that followed one another."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Laps", "laps"]

Laps: TypeAlias = tuple[tuple[str, float], ...]
"""Steps in order, each with its seconds."""


def laps(began: Iterable[tuple[str, float]], until: float) -> Laps:
    """Give the steps with their seconds.

    Args:
        began: each step and when it began, in order; each ends with the next.
        until: when the last one ended.
    """
    found: list[tuple[str, float]] = []
    end = until
    for step, when in reversed(list(began)):
        found.append((step, end - when))
        end = when
    return tuple(reversed(found))
