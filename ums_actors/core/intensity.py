"""How many crashes in a stretch of time are forgiven."""

from __future__ import annotations

import math

from ums_actors.errors import LocalProtocolError

__all__ = ["Intensity"]


class Intensity:
    """A sliding window: ``limit`` crashes within ``period`` seconds are forgiven.

    As in OTP the window is inclusive: a crash exactly ``period`` ago still counts.

    Raises:
        LocalProtocolError: a number is out of its bounds.
    """

    __slots__ = ("_limit", "_period", "_times")

    def __init__(self, limit: int, period: float) -> None:
        if limit < 0 or not 0 < period < math.inf:
            raise LocalProtocolError(
                f"restart intensity {limit!r} in {period!r} s is out of bounds: the "
                "limit must be 0 or more, the period finite and more than 0"
            )
        self._limit = limit
        self._period = period
        self._times: tuple[float, ...] = ()

    def exhausted(self, now: float) -> bool:
        """Count a crash; tell whether it is one more than the window forgives."""
        times = (*self._times, now)
        self._times = times[-self._limit - 1 :]  # one too many is too many
        return self._in_window(now) > self._limit

    def left(self, now: float) -> int:
        """Give the number of crashes that would be forgiven at ``now``."""
        return max(0, self._limit - self._in_window(now))

    def used(self, now: float) -> int:
        """Give the number of crashes in the window, at most one above its limit."""
        return self._in_window(now)

    def refilled_in(self, now: float) -> float:
        """Give the seconds until all is forgiven if there is no further crash."""
        if not self._in_window(now):
            return 0.0
        return self._times[-1] + self._period - now

    def reset(self) -> None:
        """Forget all crashes."""
        self._times = ()

    def forgive(self, until: float) -> None:
        """Forget the crashes up to a time; that of ``until`` is among them."""
        self._times = tuple(at for at in self._times if at > until)

    def _in_window(self, now: float) -> int:
        since = now - self._period
        self._times = tuple(at for at in self._times if at >= since)
        return len(self._times)
