"""The lease store whose book is a Ray actor."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from ums_actors.cluster.engine import NAMESPACE, engine
from ums_actors.cluster.names import book_name
from ums_actors.errors import LeaseStoreError

if TYPE_CHECKING:
    from ums_actors.core.grant import Answer, Grant

__all__ = ["RayStore"]


class RayStore:
    """Calls the actor of the lease book; any thread, blocking.

    See :class:`~ums_actors.cluster.store.LeaseStore`. The actor is looked up when it is
    first needed, and again when a call has failed.

    Args:
        cluster: name of the cluster.
    """

    def __init__(self, cluster: str) -> None:
        self._cluster = cluster
        self._lock = threading.Lock()
        self._handle: Any = None

    def acquire(self, shard: int, owner: str, timeout: float) -> Answer:
        """Ask for the lease of a shard."""
        answer: Answer = self._call("acquire", timeout, shard, owner)
        return answer

    def renew(self, lease: Grant, timeout: float) -> Answer:
        """Let a lease run on."""
        answer: Answer = self._call("renew", timeout, lease)
        return answer

    def release(self, lease: Grant, timeout: float) -> bool:
        """Give a lease back; tell whether it was held."""
        return bool(self._call("release", timeout, lease))

    def who(self, shard: int, timeout: float) -> Grant | None:
        """Give the lease that runs; None if there is none, or none that is known."""
        lease: Grant | None = self._call("who", timeout, shard)
        return lease

    def _call(self, method: str, timeout: float, *arguments: Any) -> Any:
        ray = engine()
        try:
            book = self._found(ray)
            return ray.get(getattr(book, method).remote(*arguments), timeout=timeout)
        except (ray.exceptions.RayError, ValueError) as error:
            self._handle = None
            raise LeaseStoreError(
                f"the lease book of {self._cluster!r} gave no answer to {method}: "
                f"{type(error).__name__}"
            ) from error

    def _found(self, ray: Any) -> Any:
        with self._lock:
            if self._handle is None:
                name = book_name(self._cluster)
                self._handle = ray.get_actor(name, namespace=NAMESPACE)
            return self._handle
