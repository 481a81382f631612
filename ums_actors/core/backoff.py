"""Pauses between attempts: full jitter on a doubling ceiling."""

from __future__ import annotations

import math

from ums_actors.errors import LocalProtocolError

__all__ = ["Backoff"]


class Backoff:
    """Say how long to wait before the next attempt.

    A pause is uniform on 0 .. min(cap, base * 2^attempt). The attempts start over
    when the line had been READY for ``stable_after``, not when it merely came up: a
    service that accepts and drops at once would otherwise be hammered.

    Args:
        base: the first ceiling, seconds.
        cap: the highest ceiling, seconds.
        stable_after: READY for so many seconds counts as stable.

    Raises:
        LocalProtocolError: a number is negative, zero where it must not be, or not
            finite.

    Attributes:
        attempt: pauses given since the last reset.
    """

    __slots__ = ("_base", "_cap", "_ceiling", "_ready_at", "_stable_after", "attempt")

    def __init__(self, base: float, cap: float, stable_after: float) -> None:
        if not (0 < base < math.inf and 0 < cap < math.inf):
            raise LocalProtocolError(
                f"backoff base {base!r} and cap {cap!r} must be finite and more than 0"
            )
        if not 0 <= stable_after < math.inf:
            raise LocalProtocolError(
                f"stable_after {stable_after!r} must be finite and 0 or more"
            )
        self._base = min(base, cap)
        self._cap = cap
        self._stable_after = stable_after
        self._ready_at: float | None = None
        self._ceiling = self._base
        self.attempt: int = 0

    @property
    def stable_at(self) -> float | None:
        """When the line will have proven stable, None while it is not READY."""
        return None if self._ready_at is None else self._ready_at + self._stable_after

    def next_delay(self, fraction: float, at_least: float = 0.0) -> float:
        """Give the next pause in seconds and count the attempt.

        Args:
            fraction: a random number, uniform on 0 <= fraction < 1.
            at_least: seconds the server asked for. The jitter is added to it, so that
                those who were told the same do not come back together; the sum does
                not exceed the cap unless ``at_least`` itself does.

        Raises:
            LocalProtocolError: an argument is out of its bounds.
        """
        if not (0 <= fraction < 1 and 0 <= at_least < math.inf):
            raise LocalProtocolError(
                f"fraction {fraction!r} must be in [0, 1), and at_least {at_least!r} "
                "finite and 0 or more"
            )
        delay = min(at_least + fraction * self._ceiling, max(self._cap, at_least))
        self.attempt += 1
        # Doubling stops at the cap, so that no number of attempts overflows.
        self._ceiling = min(self._cap, self._ceiling * 2)
        return delay

    def ready(self, now: float) -> None:
        """Note that the line became READY."""
        self._ready_at = now

    def lost(self, now: float) -> None:
        """Note that the line was lost, or that an attempt failed."""
        stable_at = self.stable_at
        self._ready_at = None
        if stable_at is not None and now >= stable_at:
            self.reset()

    def reset(self) -> None:
        """Start over with the shortest pauses."""
        self.attempt = 0
        self._ceiling = self._base
