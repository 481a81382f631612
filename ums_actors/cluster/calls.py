"""Calls of a lease store on worker threads, each with a deadline."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, TypeVar

from ums_actors.errors import UMSError

if TYPE_CHECKING:
    from collections.abc import Callable

    from ums_actors.cluster.store import LeaseStore
    from ums_actors.core.grant import Answer, Grant
    from ums_actors.runtime.future import LoopFuture
    from ums_actors.runtime.loop import Loop
    from ums_actors.runtime.runtime import Pool

__all__ = ["StoreCalls"]

T = TypeVar("T")


class StoreCalls:
    """Makes the calls for one keeper; loop thread.

    Each ``done`` is called once, on the loop's thread: with what the store said, or
    None if it said nothing in time.

    Args:
        store: what is called.
        shard: of what.
        timeout: seconds for one call.
        loop: of the keeper.
        workers: on whose threads the store may block.
    """

    def __init__(
        self,
        store: LeaseStore,
        shard: int,
        timeout: float,
        *,
        loop: Loop,
        workers: Pool,
    ) -> None:
        self._store = store
        self._shard = shard
        self._timeout = timeout
        self._loop = loop
        self._workers = workers
        self._silent = False  # it was told of already

    def acquire(self, owner: str, done: Callable[[Answer | None], object]) -> None:
        """Ask for the lease."""
        store, shard, timeout = self._store, self._shard, self._timeout
        self._make(lambda: store.acquire(shard, owner, timeout), done)

    def renew(self, lease: Grant, done: Callable[[Answer | None], object]) -> None:
        """Let the lease run on."""
        store, timeout = self._store, self._timeout
        self._make(lambda: store.renew(lease, timeout), done)

    def release(self, lease: Grant, done: Callable[[bool | None], object]) -> None:
        """Give the lease back."""
        store, timeout = self._store, self._timeout
        self._make(lambda: store.release(lease, timeout), done)

    def _make(self, call: Callable[[], T], done: Callable[[T | None], object]) -> None:
        def ended(future: LoopFuture[T]) -> None:
            error = future.exception()
            self._note(error)
            done(None if error is not None else future.get(timeout=0))

        future = self._workers.submit(self._loop, call, timeout=self._timeout)
        future.add_done_callback(ended)

    def _note(self, error: BaseException | None) -> None:
        """Say once that the store is silent, until it speaks again."""
        if error is not None and not self._silent:
            # the text of a foreign error may hold an address with a secret in it
            told = str(error) if isinstance(error, UMSError) else type(error).__name__
            logging.getLogger("ums_actors").warning(
                "lease.store_silent",
                extra={"ums_shard": self._shard, "ums_reason": told},
            )
        self._silent = error is not None
