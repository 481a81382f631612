"""What users give, checked: ids, numbers, durations; in errors, values in short.

Ids that the service gave are not checked: whatever they are, it knows them.
"""

from __future__ import annotations

import math
from typing import Any, Final

from ums_actors.errors import LocalProtocolError

__all__ = ["MAX_ID", "MAX_WHOLE", "flag", "identifier", "seconds", "shown", "whole"]

MAX_ID: Final = 512
"""Characters of an id. The longest kind that is known, a ring's, has about 70; the
service names no limit but that of 64 for the ids of requests."""
MAX_WHOLE: Final = 2**63 - 1
"""What the service's own numbers can hold."""
MAX_SECONDS: Final = 1e9
"""About 32 years: more is a mistake, of a unit perhaps."""
_SHOWN: Final = 60


def shown(value: Any, most: int = _SHOWN) -> str:
    """Give a value as errors show it: on one line, and short."""
    try:
        told = ascii(value)
    except Exception:  # noqa: BLE001  (a user's own __repr__, a giant int)
        told = f"<{type(value).__name__}>"
    return told if len(told) <= most else f"{told[:most]}…"


def flag(name: str, value: Any) -> bool:
    """Check an argument that must be True or False.

    Raises:
        LocalProtocolError: it is something else.
    """
    if isinstance(value, bool):
        return value
    raise LocalProtocolError(f"{name}={shown(value)} must be True or False")


def identifier(name: str, value: Any, most: int = MAX_ID) -> str:
    """Check an argument that must be an id, or another short text for machines.

    Raises:
        LocalProtocolError: it is no string, empty, too long, or has characters that
            cannot be seen.
    """
    if isinstance(value, str) and 0 < len(value) <= most and value.isprintable():
        return value
    if isinstance(value, str) and len(value) > most:
        value = f"{value[:20]}…"
    raise LocalProtocolError(
        f"{name}={shown(value)} must be a non-empty string of at most {most} "
        "printable characters"
    )


def whole(name: str, value: Any, least: int, more: str = "") -> int:
    """Check an argument that must be a whole number, ``least`` or more.

    Raises:
        LocalProtocolError: it is not; its text ends with ``more``.
    """
    if type(value) is int and least <= value <= MAX_WHOLE:
        return value
    raise LocalProtocolError(
        f"{name}={shown(value)} must be a whole number, {least} or more{more}"
    )


def seconds(timeout: Any) -> float | None:
    """Check a timeout; None stays None.

    Raises:
        LocalProtocolError: it is no number of seconds.
    """
    if timeout is None:
        return None
    is_number = isinstance(timeout, (int, float)) and not isinstance(timeout, bool)
    if is_number and 0 <= timeout <= MAX_SECONDS and not math.isnan(timeout):
        return float(timeout)
    raise LocalProtocolError(
        f"timeout={shown(timeout)} is out of bounds: give seconds, from 0 to "
        f"{MAX_SECONDS:g}, or None"
    )
