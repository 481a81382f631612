"""What a display shows: plain data, taken a few times a second."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ums_actors.cli.demo.plan import Fault, Side

__all__ = ["ConnectionRow", "FaultRow", "Snapshot"]


@dataclass(frozen=True, kw_only=True)
class ConnectionRow:
    """One connection: its numbers are those of its ``status()``."""

    name: str
    side: Side
    state: str
    generation: int
    restarts: int
    logins: int
    in_flight: int
    queued: int


@dataclass(frozen=True, kw_only=True)
class FaultRow:
    """One fault, planned or done.

    Attributes:
        at: seconds after the start, planned or real.
        whom: the name of who was struck; empty before it.
        injected: whether it has been done.
        took: seconds to the recovery, None before it.
        failure: why it counts as not recovered from, empty if it does not.
    """

    at: float
    fault: Fault
    side: Side
    whom: str = ""
    injected: bool = False
    took: float | None = None
    failure: str = ""


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """One moment of a run.

    Attributes:
        elapsed: seconds since consumers began.
        seconds: how long they ask.
        planned: questions that they will have asked.
        visits: conversations that they will have had.
        visited: those that are over.
    """

    elapsed: float
    seconds: float
    planned: int
    asked: int
    answered: int
    visits: int
    visited: int
    connections: tuple[ConnectionRow, ...]
    faults: tuple[FaultRow, ...]
