"""A lease store in this process: for tests, and for many fleets in one process."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from ums_actors.core.leasebook import LeaseBook
from ums_actors.core.terms import Terms
from ums_actors.runtime.ports import BootClock, Clock

if TYPE_CHECKING:
    from ums_actors.core.grant import Answer, Grant

__all__ = ["MemoryStore"]


class MemoryStore:
    """A lease book behind a lock; any thread, and it waits for nobody.

    Its owners live no longer than it does, so it grants at once.

    Args:
        shards: how many there are.
        terms: the same as those of the owners.
        clock: the book's own.
        number: of the book; milliseconds of the wall clock if not given.
        succeeds: whether there was a store before, whose leases may still run.

    Raises:
        LocalProtocolError: a number is out of its bounds.
    """

    def __init__(
        self,
        shards: int,
        terms: Terms | None = None,
        *,
        clock: Clock | None = None,
        number: int | None = None,
        succeeds: bool = False,
    ) -> None:
        self._clock: Clock = clock or BootClock()
        self._lock = threading.Lock()
        self._book = LeaseBook(
            shards,
            terms or Terms(),
            number=time.time_ns() // 1_000_000 if number is None else number,
            now=self._clock.now(),
            succeeds=succeeds,
        )

    def acquire(self, shard: int, owner: str, timeout: float) -> Answer:  # noqa: ARG002
        """Ask for the lease of a shard."""
        with self._lock:
            return self._book.acquire(shard, owner, self._clock.now())

    def renew(self, lease: Grant, timeout: float) -> Answer:  # noqa: ARG002
        """Let a lease run on."""
        with self._lock:
            return self._book.renew(lease, self._clock.now())

    def release(self, lease: Grant, timeout: float) -> bool:  # noqa: ARG002
        """Give a lease back; tell whether it was held."""
        with self._lock:
            return self._book.release(lease, self._clock.now())

    def who(self, shard: int, timeout: float) -> Grant | None:  # noqa: ARG002
        """Give the lease that runs; None if there is none, or none that is known."""
        with self._lock:
            return self._book.who(shard, self._clock.now())
