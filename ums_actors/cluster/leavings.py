"""Leases that nobody uses any more, given back before their time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ums_actors.cluster.life import Life
from ums_actors.errors import LeaseStoreError

if TYPE_CHECKING:
    from collections.abc import Callable

    from ums_actors.cluster.store import LeaseStore

__all__ = ["Leavings"]


class Leavings:
    """What the lease book has of a shard whose owner is certainly gone; blocking.

    Args:
        store: of the lease book.
        shard: which one.
        timeout: seconds of each call.
        log: takes the name of a log event, and its fields.
    """

    def __init__(
        self,
        store: LeaseStore,
        shard: int,
        timeout: float,
        log: Callable[..., object],
    ) -> None:
        self._store = store
        self._shard = shard
        self._timeout = timeout
        self._log = log

    def bury(self, here: Life) -> None:
        """Give back the lease of a process that has ended in this one's place."""

        def is_over(owner: str) -> bool:
            before = Life.of(owner)
            return before is not None and before.is_over(here)

        self.give_back(is_over)

    def give_back(self, whose: Callable[[str], bool]) -> None:
        """Give back the lease that the book has, if it is of such an owner.

        A book that says nothing is told of: then the lease ends by itself.
        """
        try:
            lease = self._store.who(self._shard, self._timeout)
            if lease is not None and whose(lease.owner):
                self._store.release(lease, self._timeout)
        except LeaseStoreError as error:
            self._log("shard.book_silent", error=error)
