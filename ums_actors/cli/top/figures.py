"""Numbers as people read them at a glance, each in few characters."""

from __future__ import annotations

from typing import Final

__all__ = ["NOTHING", "duration", "latency", "rate"]

NOTHING: Final = "-"
_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_TENTHS: Final = 10.0


def duration(seconds: float | None) -> str:
    """Give a stretch of time in few characters: 8.2s, 42s, 3m05, 7h12, 12d3h."""
    if seconds is None:
        return NOTHING
    if seconds < _TENTHS:
        return f"{seconds:.1f}s"
    whole = int(seconds)
    if whole < _MINUTE:
        return f"{whole}s"
    if whole < _HOUR:
        return f"{whole // _MINUTE}m{whole % _MINUTE:02}"
    if whole < _DAY:
        return f"{whole // _HOUR}h{whole % _HOUR // _MINUTE:02}"
    return f"{whole // _DAY}d{whole % _DAY // _HOUR}h"


def latency(seconds: float | None) -> str:
    """Give how long an answer took: 0.3ms, 12ms, 1.2s."""
    if seconds is None:
        return NOTHING
    thousandths = seconds * 1000
    if thousandths < _TENTHS:
        return f"{thousandths:.1f}ms"
    if seconds < 1:
        return f"{thousandths:.0f}ms"
    return duration(seconds)


def rate(a_second: float | None) -> str:
    """Give how many a second: 0, 0.5, 12, 3400."""
    if a_second is None:
        return NOTHING
    if 0 < a_second < _TENTHS:
        return f"{a_second:.1f}"
    return f"{a_second:.0f}"
