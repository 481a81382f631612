"""What a run of the bench is made of."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["CONNECTIONS", "IN_FLIGHT", "SECONDS", "Settings"]

CONNECTIONS = (1, 500)
IN_FLIGHT = (1, 256)
SECONDS = (1.0, 600.0)
"""Least and most of each."""
_WARM_UP = 0.1, 2.0
"""Part of the seconds that comes before them uncounted, and the most."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """One run.

    Attributes:
        connections: each of a user of its own.
        in_flight: requests of each that wait for their answers at any time.
        seconds: how long they are counted.
    """

    connections: int
    in_flight: int
    seconds: float

    @property
    def warm_up(self) -> float:
        """Seconds before that in which requests are made, and not counted."""
        part, most = _WARM_UP
        return min(part * self.seconds, most)

    @property
    def first(self) -> int:
        """How many connections are there before memory is looked at.

        What is made once for all of them is not laid on the others.
        """
        return min(20, (self.connections + 4) // 5)
