"""How often something may be told: a few at once, then a few a second."""

from __future__ import annotations

__all__ = ["BURST", "RATE", "Throttle"]

BURST = 20
"""Of one kind that may be told at once: enough to see what it is about."""
RATE = 2.0
"""Of one kind a second that are told beyond that: a peer that sends nothing but garbage
must not fill a disk."""


class _Bucket:
    __slots__ = ("at", "held", "tokens")

    def __init__(self, now: float) -> None:
        self.tokens = float(BURST)
        self.at = now
        self.held = 0


class Throttle:
    """A bucket for each kind; kinds are constant names, so there are few."""

    __slots__ = ("_buckets",)

    def __init__(self) -> None:
        self._buckets: dict[str, _Bucket] = {}

    def admit(self, kind: str, now: float) -> int | None:
        """Tell whether one more may be told.

        Returns:
            how many were held back since the last that was told, or None if this one
            is held back as well.
        """
        bucket = self._buckets.get(kind)
        if bucket is None:
            bucket = self._buckets[kind] = _Bucket(now)
        bucket.tokens = min(float(BURST), bucket.tokens + (now - bucket.at) * RATE)
        bucket.at = now
        if bucket.tokens < 1.0:
            bucket.held += 1
            return None
        bucket.tokens -= 1.0
        held, bucket.held = bucket.held, 0
        return held
