"""Decoded JSON, taken with a pinch of salt."""

from __future__ import annotations

from typing import Any, cast

__all__ = ["as_list", "as_object"]


def as_list(value: Any) -> list[Any]:
    """Give a list: UMS takes a list of one as the bare element too."""
    if value is None:
        return []
    listed: list[Any] = value if isinstance(value, list) else [value]
    return listed


def as_object(value: Any) -> dict[str, Any] | None:
    """Give the JSON object, None if it is something else."""
    return cast("dict[str, Any]", value) if isinstance(value, dict) else None
