"""Decoded JSON, taken with a pinch of salt."""

from __future__ import annotations

from typing import Any, TypeGuard, cast

import msgspec

__all__ = ["as_id", "as_list", "as_object", "json_length"]


def as_list(value: Any) -> list[Any]:
    """Give a list: UMS takes a list of one as the bare element too."""
    if value is None:
        return []
    return value if _is_list(value) else [value]


def _is_list(value: Any) -> TypeGuard[list[Any]]:
    return isinstance(value, list)


def as_object(value: Any) -> dict[str, Any] | None:
    """Give the JSON object, None if it is something else."""
    return cast("dict[str, Any]", value) if isinstance(value, dict) else None


def as_id(value: Any) -> str | None:
    """Give an id, which may come as a number too; None if it is neither."""
    return str(value) if type(value) in (str, int) and value != "" else None


def json_length(value: Any) -> int:
    """Give the number of characters that a value has as JSON."""
    return len(msgspec.json.encode(value).decode())
