"""What a lease book answers."""

from __future__ import annotations

import enum
from typing import TypeAlias

import msgspec

__all__ = ["Answer", "Grant", "Refusal", "Refused"]


class Refusal(enum.StrEnum):
    """Why a lease was not granted, or not renewed."""

    HELD = "HELD"
    """Another owner has it."""
    GRACE = "GRACE"
    """The book is new, and does not know yet who holds it."""
    NOT_HELD = "NOT_HELD"
    """What was to be renewed has ended, or is another owner's by now."""
    OTHER_BOOK = "OTHER_BOOK"
    """It was asked of a predecessor: who still holds it may renew with this one."""


class Grant(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """A lease that was granted or renewed.

    Attributes:
        shard: of what.
        owner: whose it is.
        epoch: grows with each owner of the shard: of two, the greater one is newer.
        book: the number of the book that wrote it.
    """

    shard: int
    owner: str
    epoch: int
    book: int


class Refused(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """No lease.

    Attributes:
        shard: of what.
        why: the reason.
        book: the number of the book that says so.
        owner: who has it, empty if nobody or not known.
        retry_after: seconds after which it may be had.
    """

    shard: int
    why: Refusal
    book: int
    owner: str = ""
    retry_after: float = 0.0


Answer: TypeAlias = Grant | Refused
