"""How soon the next of many may start, so that they do not all start at once."""

from __future__ import annotations

import math

from ums_actors.errors import LocalProtocolError

__all__ = ["Pace"]

_NOTHING = 1e-6
"""Part of a place that is but an error of rounding."""


class Pace:
    """Lets ``rate`` a second start, of which ``burst`` may be at once after a rest.

    Who asks gets the next place in line, so it is fair; each place but those of a
    burst is as wide as the time between two, and one starts somewhere within. In any
    stretch of ``t`` seconds at most ``burst + 1 + rate * t`` start. A place that is
    not used stays empty.

    Raises:
        LocalProtocolError: a number is out of its bounds.
    """

    __slots__ = ("_interval", "_next", "_slack")

    def __init__(self, rate: float, burst: int = 1) -> None:
        if not 0 < rate < math.inf or burst < 1:
            raise LocalProtocolError(
                f"a pace of {rate!r} a second, {burst!r} at once, is out of bounds: "
                "the rate must be finite and more than 0, the burst 1 or more"
            )
        self._interval = 1 / rate
        self._slack = (burst - 1) * self._interval
        self._next = -math.inf
        """When the next would start if there were no bursts."""

    def reserve(self, now: float, chance: float) -> float:
        """Take the next place; give the seconds until it may start.

        Args:
            now: monotonic seconds.
            chance: from 0 to less than 1: where within its place it starts.
        """
        due = max(self._next, now)
        self._next = due + self._interval
        delay = due - self._slack - now
        if delay <= _NOTHING * self._interval:
            return 0.0
        return delay + chance * self._interval

    def hold(self, until: float) -> None:
        """Give no place before a time, and none of a burst at it."""
        self._next = max(self._next, until + self._slack)
