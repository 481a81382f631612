"""Who holds the lease of which shard: one owner each, by time."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ums_actors.arguments import identifier, shown, whole
from ums_actors.core.grant import Answer, Grant, Refusal, Refused
from ums_actors.errors import LocalProtocolError

if TYPE_CHECKING:
    from ums_actors.core.terms import Terms

__all__ = ["MOST_SHARDS", "LeaseBook"]

MOST_SHARDS = 65_536
"""More shards than any number of machines needs; a book of them takes some 20 MB."""


class LeaseBook:
    """The leases of a fixed number of shards.

    A book that starts anew does not know what its predecessor granted. For as long as
    that can run, it grants nothing but to those who still hold a lease and renew it.
    A renewal that was sent to the predecessor is refused: it may have been under way
    for so long that the lease was another's in between. Who holds one then renews with
    this book's number, and proves so that it held it when this book was there already.

    Only one book may answer at a time: of a predecessor that lives on it knows nothing.

    Args:
        shards: how many there are, at most 65,536.
        terms: the same as those of the owners.
        number: of this book, greater than that of any before it: milliseconds of the
            wall clock, say. Its epochs are greater than it.
        now: monotonic seconds, also in sleep, of the book's own clock.
        succeeds: whether there may have been a book before; without one nobody can hold
            anything, and it grants at once.

    Raises:
        LocalProtocolError: a number is out of its bounds.
    """

    __slots__ = ("_epoch", "_grace_until", "_leases", "_now", "_terms", "number")

    def __init__(
        self,
        shards: int,
        terms: Terms,
        *,
        number: int,
        now: float,
        succeeds: bool = True,
    ) -> None:
        if whole("shards", shards, 1) > MOST_SHARDS:
            raise LocalProtocolError(
                f"shards={shards!r} are too many for a lease book: give at most "
                f"{MOST_SHARDS}"
            )
        self.number: int = whole("number", number, 0)
        self._terms = terms
        self._epoch = number
        self._now = now
        self._grace_until = now + terms.kept if succeeds else now
        self._leases: list[_Lease | None] = [None] * shards

    def __len__(self) -> int:
        """Give the number of shards."""
        return len(self._leases)

    def acquire(self, shard: int, owner: str, now: float) -> Answer:
        """Ask for a lease that the owner does not hold, or does not know to hold.

        Whoever has it already, and asks again since the answer was lost, gets it with
        a new epoch.

        Raises:
            LocalProtocolError: there is no such shard, or the owner is no name.
        """
        identifier("owner", owner)
        now, held = self._look(shard, now)
        if held is not None and held.owner != owner:
            return self._refuse(shard, Refusal.HELD, held.owner, held.until - now)
        if held is None and now < self._grace_until:
            return self._refuse(
                shard, Refusal.GRACE, retry_after=self._grace_until - now
            )
        self._epoch += 1
        return self._keep(shard, owner, self._epoch, now)

    def renew(self, lease: Grant, now: float) -> Answer:
        """Let a lease run on; ``lease.book`` is the book that it is sent to.

        Raises:
            LocalProtocolError: there is no such shard, or the owner is no name.
        """
        shard = lease.shard
        identifier("owner", lease.owner)
        whole("epoch", lease.epoch, 1)
        now, held = self._look(shard, now)
        if lease.book != self.number:
            return self._refuse(shard, Refusal.OTHER_BOOK)
        if held is None and now >= self._grace_until:
            return self._refuse(shard, Refusal.NOT_HELD)
        if held is not None and (held.owner, held.epoch) != (lease.owner, lease.epoch):
            return self._refuse(shard, Refusal.NOT_HELD, held.owner, held.until - now)
        self._epoch = max(self._epoch, lease.epoch)
        return self._keep(shard, lease.owner, lease.epoch, now)

    def release(self, lease: Grant, now: float) -> bool:
        """Give a lease back; tell whether it was held. The next one need not wait.

        Raises:
            LocalProtocolError: there is no such shard.
        """
        now, held = self._look(lease.shard, now)
        if held is None or (held.owner, held.epoch) != (lease.owner, lease.epoch):
            return False
        self._leases[lease.shard] = None
        return True

    def who(self, shard: int, now: float) -> Grant | None:
        """Give the lease that runs; None if there is none, or none that is known.

        Raises:
            LocalProtocolError: there is no such shard.
        """
        _, held = self._look(shard, now)
        if held is None:
            return None
        return Grant(shard=shard, owner=held.owner, epoch=held.epoch, book=self.number)

    def _look(self, shard: int, now: float) -> tuple[float, _Lease | None]:
        """Give the time, which does not go back, and the lease that runs."""
        if type(shard) is not int or not 0 <= shard < len(self._leases):
            raise LocalProtocolError(
                f"shard={shown(shard)} is not in this lease book: they are 0 to "
                f"{len(self._leases) - 1}"
            )
        self._now = max(self._now, now)
        held = self._leases[shard]
        if held is not None and self._now >= held.until:
            held = self._leases[shard] = None
        return self._now, held

    def _keep(self, shard: int, owner: str, epoch: int, now: float) -> Grant:
        self._leases[shard] = _Lease(owner, epoch, now + self._terms.kept)
        return Grant(shard=shard, owner=owner, epoch=epoch, book=self.number)

    def _refuse(
        self, shard: int, why: Refusal, owner: str = "", retry_after: float = 0.0
    ) -> Refused:
        return Refused(
            shard=shard,
            why=why,
            book=self.number,
            owner=owner,
            retry_after=retry_after,
        )


class _Lease(NamedTuple):
    owner: str
    epoch: int
    until: float
