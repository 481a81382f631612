"""How long leases run, and by how much those who grant and hold them differ."""

from __future__ import annotations

import math

import msgspec
import msgspec.structs

from ums_actors.errors import LocalProtocolError

__all__ = ["Terms"]

_MOST_SECONDS = 86_400.0
_RENEWALS = 3


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """The terms of leases; the book and all owners must have the same.

    An owner counts a lease from when it *sent* for it, the book from when it was
    asked, and ``margin`` longer: the owner's always ends first, as long as no clock
    is wrong by more than ``drift``. Durations are seconds.

    Raises:
        LocalProtocolError: a value is out of its bounds, or ``margin`` does not cover
            ``drift``.
    """

    ttl: float = 4.0
    """How long a lease runs that is not renewed."""
    margin: float = 1.0
    """How much longer the book keeps it for its owner: for the drift of the clocks, and
    for a write that was allowed just before the end."""
    drift: float = 0.001
    """Most that a clock gains or loses in a second. A quartz is wrong by 0.0001."""
    safety: float = 0.5
    """How long before the end an owner closes by itself, while it still may send."""
    jitter: float = 0.1
    """Share of a pause that chance may take off, so that many do not come together."""

    def __post_init__(self) -> None:
        for name, value in msgspec.structs.asdict(self).items():
            if not 0 <= value <= _MOST_SECONDS or math.isnan(value):
                raise LocalProtocolError(
                    f"Terms({name}={value!r}) is out of bounds: give 0 to "
                    f"{_MOST_SECONDS:g} seconds"
                )
        if self.ttl <= 0 or self.jitter >= 1 or self.drift >= 1:
            raise LocalProtocolError(
                f"Terms(ttl={self.ttl!r}, jitter={self.jitter!r}, drift={self.drift!r})"
                " are out of bounds: ttl must be more than 0, the others less than 1"
            )
        if self.safety >= self.ttl / _RENEWALS:
            raise LocalProtocolError(
                f"Terms(safety={self.safety!r}) leaves no time to renew: it must be "
                f"less than a third of ttl={self.ttl!r}"
            )
        least = self.least_margin
        if self.margin < least:
            raise LocalProtocolError(
                f"Terms(margin={self.margin!r}) does not cover a drift of "
                f"{self.drift!r}: it must be {least:g} or more"
            )

    @property
    def least_margin(self) -> float:
        """Seconds by which two clocks can differ at the end of a lease."""
        return self.ttl * 2 * self.drift / (1 - self.drift)

    @property
    def kept(self) -> float:
        """Seconds for which the book keeps a lease that is not renewed."""
        return self.ttl + self.margin

    @property
    def call_timeout(self) -> float:
        """Seconds one call of the book may take: there is time for another then."""
        return (self.ttl - self.safety) / (_RENEWALS + 1)

    def pause(self, chance: float) -> float:
        """Give the seconds between two renewals, or two tries to get a lease.

        Args:
            chance: from 0 to less than 1.
        """
        return self.ttl / _RENEWALS * (1 - self.jitter * chance)
