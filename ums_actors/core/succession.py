"""A lease book for owners that are started again when they are held for dead."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ums_actors.core.grant import Answer, Grant, Refusal, Refused

if TYPE_CHECKING:
    from ums_actors.core.leasebook import LeaseBook

__all__ = ["Succession"]

REMEMBERED = 4
"""Owners that are known to be outlived, of each shard: calls of theirs may be late."""


class Succession:
    """Gives each shard to the owner that was started last.

    Who starts a second owner of a shard holds the first for dead. It may live, for its
    node was frozen, or cut off from those who watch it, and then renews for ever what
    nobody can reach it by. So whoever asks for what another holds is its heir: from
    then on the other's renewals are refused, and its lease ends by itself.

    Args:
        book: keeps the leases.
    """

    __slots__ = ("_book", "_heirs", "_outlived")

    def __init__(self, book: LeaseBook) -> None:
        self._book = book
        self._heirs: dict[int, str] = {}
        self._outlived: dict[int, tuple[str, ...]] = {}

    def acquire(self, shard: int, owner: str, now: float) -> Answer:
        """Ask for a lease; if another holds it, as its heir.

        Raises:
            LocalProtocolError: there is no such shard, or the owner is no name.
        """
        if owner in self._outlived.get(shard, ()):
            return self._refuse(shard, self._heirs.get(shard, ""))
        answer = self._book.acquire(shard, owner, now)
        if isinstance(answer, Grant):
            self._succeed(shard, owner)
        elif answer.why is Refusal.HELD:
            self._succeed(shard, owner)
            self._outlive(shard, answer.owner)
        return answer

    def renew(self, lease: Grant, now: float) -> Answer:
        """Let a lease run on, unless it has an heir.

        Raises:
            LocalProtocolError: there is no such shard, or the owner is no name.
        """
        if lease.owner in self._outlived.get(lease.shard, ()):
            return self._refuse(lease.shard, self._heirs.get(lease.shard, ""))
        return self._book.renew(lease, now)

    def release(self, lease: Grant, now: float) -> bool:
        """Give a lease back; tell whether it was held.

        Raises:
            LocalProtocolError: there is no such shard.
        """
        return self._book.release(lease, now)

    def who(self, shard: int, now: float) -> Grant | None:
        """Give the lease that runs, if one is known.

        Raises:
            LocalProtocolError: there is no such shard.
        """
        return self._book.who(shard, now)

    def _succeed(self, shard: int, owner: str) -> None:
        """Let it be the newest; whoever was has been outlived."""
        before = self._heirs.get(shard)
        self._heirs[shard] = owner
        if before is not None and before != owner:
            self._outlive(shard, before)

    def _outlive(self, shard: int, owner: str) -> None:
        known = self._outlived.get(shard, ())
        if owner not in known:
            self._outlived[shard] = (*known, owner)[-REMEMBERED:]

    def _refuse(self, shard: int, heir: str) -> Refused:
        return Refused(
            shard=shard, why=Refusal.NOT_HELD, book=self._book.number, owner=heir
        )
