"""What a contestant is to the harness."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from benchmarks.workload import Target

__all__ = ["DEADLINE", "Contestant", "Unavailable"]

DEADLINE = 30.0
"""Seconds that a contestant waits for one answer or for its connection."""


class Contestant(Protocol):
    """One connection of one library, driven as its users drive it.

    All methods are called on the main thread of a process that holds this
    contestant alone.
    """

    def connect(self, target: Target) -> None:
        """Open the connection and see one right answer."""
        ...

    def run(self, requests: int, in_flight: int) -> list[float]:
        """Make ``requests`` requests, ``in_flight`` of them open at any time.

        Returns:
            The latency of each, seconds.
        """
        ...

    def close(self) -> None:
        """Close the connection and end every thread."""
        ...


class Unavailable(Exception):  # a state of this machine, not an error
    """The contestant cannot take part here; the text says what to do."""
