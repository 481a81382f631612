"""What a contestant is to the harness: one library, driven as its users drive it.

All methods are called on the main thread of a process that holds this contestant
alone. Which of the classes below one is, its entry says by the kinds that it does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from benchmarks.workload import Target

__all__ = [
    "DEADLINE",
    "Connecting",
    "Hearing",
    "Local",
    "Requesting",
    "Returning",
    "Threaded",
    "Unavailable",
]

DEADLINE = 30.0
"""Seconds that a contestant waits for one answer or for one connection."""


class Connecting(Protocol):
    """Has connections, and can have more."""

    def connect(self, target: Target, connections: int) -> None:
        """Open so many more connections; see a right answer on the first."""
        ...

    def close(self) -> None:
        """Close all connections and end every thread."""
        ...


class Requesting(Connecting, Protocol):
    """Makes requests: ``request``, ``load``, ``scale``."""

    def run(self, in_flight: int, seconds: float) -> list[float]:
        """Have ``in_flight`` requests open, over all connections, for so long.

        Returns:
            The latency of each, seconds; all have been answered.
        """
        ...


class Threaded(Connecting, Protocol):
    """Serves blocking threads: ``threads``."""

    def run_threads(self, threads: int, seconds: float) -> list[float]:
        """Have so many threads make one request after another for so long."""
        ...


class Hearing(Connecting, Protocol):
    """Hears notifications: ``receive``."""

    def hear(self, frames: int, size: int) -> None:
        """Ask for a flood and return when all of it has come."""
        ...


class Returning(Connecting, Protocol):
    """Comes back after the server has ended its lines: ``recover``."""

    def recover(self, code: int, *, every: bool) -> list[float]:
        """Have the first line (or every one) ended, and wait until all are back.

        Returns:
            Seconds from the server's end of them until each can be used again.
        """
        ...


class Local(Protocol):
    """Does something within its process: ``codec``, ``actors``."""

    def measure(self, what: str, count: int) -> float:
        """Do it ``count`` times; gives seconds (or bytes) of one."""
        ...


class Unavailable(Exception):  # a state of this machine, not an error
    """The contestant cannot take part here; the text says what to do."""
