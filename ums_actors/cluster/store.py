"""The port to where leases are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from ums_actors.core.grant import Answer, Grant

__all__ = ["LeaseStore"]


class LeaseStore(Protocol):
    """Keeps the lease book; see :class:`~ums_actors.core.leasebook.LeaseBook`.

    Its methods block, on a worker thread of the keeper, for ``timeout`` seconds at
    most. One that hangs for longer is left behind and costs a thread, but no safety:
    the end of a lease is a matter of time alone. The book's time must be read when it
    handles a call, never before it was sent.

    What a method raises counts as no answer; LeaseStoreError is the one to raise.
    A call may be carried out although it seemed to fail, and may be late: the book
    copes with both. It may not be carried out twice by different books at a time.
    """

    def acquire(self, shard: int, owner: str, timeout: float) -> Answer:
        """Ask for the lease of a shard.

        Raises:
            LeaseStoreError: the book gave no answer.
        """
        ...

    def renew(self, lease: Grant, timeout: float) -> Answer:
        """Let a lease run on. It is for the book whose number it bears, no other.

        Raises:
            LeaseStoreError: the book gave no answer.
        """
        ...

    def release(self, lease: Grant, timeout: float) -> bool:
        """Give a lease back; tell whether it was held.

        Raises:
            LeaseStoreError: the book gave no answer.
        """
        ...

    def who(self, shard: int, timeout: float) -> Grant | None:
        """Give the lease that runs; None if there is none, or none that is known.

        Raises:
            LeaseStoreError: the book gave no answer.
        """
        ...
