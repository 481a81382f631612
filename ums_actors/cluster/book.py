"""The lease book as a Ray actor: one for a cluster, on a node that does not freeze."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from ums_actors.core.leasebook import LeaseBook
from ums_actors.core.succession import Succession
from ums_actors.runtime.ports import BootClock

if TYPE_CHECKING:
    from ums_actors.core.grant import Answer, Grant
    from ums_actors.core.terms import Terms

__all__ = ["Book"]


class Book:
    """What the Ray actor is made of; one call at a time, none of which waits.

    Ray runs one at a time: it is pinned to one node, and is started again when its
    process has ended, or with its node. Its clock is read when a call is handled.

    Args:
        shards: how many there are.
        terms: the same as those of the owners.
    """

    def __init__(self, shards: int, terms: Terms) -> None:
        self._clock = BootClock()
        self._book = Succession(
            LeaseBook(
                shards,
                terms,
                number=time.time_ns() // 1_000_000,
                now=self._clock.now(),
            )
        )

    def acquire(self, shard: int, owner: str) -> Answer:
        """Ask for the lease of a shard."""
        return self._book.acquire(shard, owner, self._clock.now())

    def renew(self, lease: Grant) -> Answer:
        """Let a lease run on."""
        return self._book.renew(lease, self._clock.now())

    def release(self, lease: Grant) -> bool:
        """Give a lease back; tell whether it was held."""
        return self._book.release(lease, self._clock.now())

    def who(self, shard: int) -> Grant | None:
        """Give the lease that runs, if one is known."""
        return self._book.who(shard, self._clock.now())
