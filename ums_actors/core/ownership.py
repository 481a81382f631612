"""Where an owner stands with a lease, what it hears and what it does.

What leads where is in :mod:`~ums_actors.core.tenure`.
"""

from __future__ import annotations

import enum
from typing import TypeAlias

import msgspec

from ums_actors.core.grant import Answer, Grant  # noqa: TC001 help() reads it

__all__ = [
    "Acquire",
    "Action",
    "Answered",
    "Begin",
    "Due",
    "End",
    "Event",
    "Left",
    "Release",
    "Renew",
    "Standing",
    "Vacate",
]


class Standing(enum.StrEnum):
    """Where an owner stands with a lease."""

    FREE = "FREE"
    """It has none, and asks for it."""
    HELD = "HELD"
    """It has it."""
    ENDING = "ENDING"
    """It has it for a moment yet: to close, not to go on."""
    LEFT = "LEFT"
    """It gave it back, and wants it no more."""


# -- events


class Due(msgspec.Struct, frozen=True):
    """The time has come that ``next_at`` told; ``chance`` in [0, 1) is the jitter."""

    chance: float = 0.0


class Answered(msgspec.Struct, frozen=True):
    """A call has ended; ``answer`` is None if the book gave none in time."""

    call: int
    answer: Answer | None
    chance: float = 0.0


class Left(msgspec.Struct, frozen=True):
    """The owner has closed, and gives the shard up."""


Event: TypeAlias = Due | Answered | Left

# -- actions


class Acquire(msgspec.Struct, frozen=True):
    """Ask the book for the lease; :class:`Answered` with this number follows."""

    call: int


class Renew(msgspec.Struct, frozen=True):
    """Have the lease run on; :class:`Answered` with this number follows."""

    call: int
    lease: Grant


class Release(msgspec.Struct, frozen=True):
    """Give the lease back; nobody waits for an answer."""

    lease: Grant


class Begin(msgspec.Struct, frozen=True):
    """The shard is ours: open."""

    epoch: int


class Vacate(msgspec.Struct, frozen=True):
    """The shard will be ours no more: close now. :class:`End` follows soon."""

    epoch: int
    why: str


class End(msgspec.Struct, frozen=True):
    """The shard is not ours: nothing may be sent from now on."""

    epoch: int


Action: TypeAlias = Acquire | Renew | Release | Begin | Vacate | End
