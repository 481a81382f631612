"""Keeps the lease of one shard, and says when it begins and when it will end."""

from __future__ import annotations

import logging
import random as _random
from typing import TYPE_CHECKING, Any

from ums_actors.arguments import identifier, whole
from ums_actors.cluster.permit import Permit
from ums_actors.core import tenure
from ums_actors.core.terms import Terms
from ums_actors.runtime.future import LoopFuture
from ums_actors.runtime.loop import Loop
from ums_actors.runtime.poller import poller
from ums_actors.runtime.ports import BootClock, ids
from ums_actors.runtime.workers import Workers

if TYPE_CHECKING:
    from collections.abc import Callable

    from ums_actors.cluster.store import LeaseStore
    from ums_actors.core.grant import Answer
    from ums_actors.runtime.ports import Clock
    from ums_actors.runtime.runtime import Pool
    from ums_actors.runtime.timers import Timer

__all__ = ["Keeper"]

_logger = logging.getLogger("ums_actors")
_STUCK = 4
"""Calls of a store that may hang at a time; then it is not asked until one is back."""


class Keeper:
    """Acquires the lease of a shard, renews it, and tells its owner; any thread.

    It runs on a thread of its own, which never waits for the store: calls are made on
    worker threads. That a lease ends is a matter of time alone.

        keeper = Keeper(store, 7, granted=open_fleet, lost=close_fleet)
        runtime = Runtime(tenure=keeper.tenure)
        keeper.start()

    Args:
        store: keeps the lease book.
        shard: of what.
        granted: called with the epoch when the shard is ours.
        lost: called with the epoch and a sentence when it will not be ours for long:
            close now. Nothing may be sent any more ``terms.safety`` seconds later, and
            nothing is, where a runtime has this ``tenure``. It is not called when the
            lease is given back by :meth:`release`.
        owner: a name that no owner ever had: a random one if not given.
        terms: the same as those of the book.
        clock: seconds, which go on while the machine is suspended.
        random: source of jitter.
        loop: a loop that is turned elsewhere, of this clock (simulation).
        workers: make the calls.

    ``granted`` and ``lost`` are called on the keeper's thread, in order, and must not
    block; what they raise is logged.

    Attributes:
        tenure: what the runtime of the shard's agents is given.

    Raises:
        LocalProtocolError: an argument breaks a rule.
    """

    def __init__(
        self,
        store: LeaseStore,
        shard: int,
        *,
        granted: Callable[[int], object],
        lost: Callable[[int, str], object],
        owner: str | None = None,
        terms: Terms | None = None,
        clock: Clock | None = None,
        random: _random.Random | None = None,
        loop: Loop | None = None,
        workers: Pool | None = None,
    ) -> None:
        self.shard: int = whole("shard", shard, 0)
        self.owner: str = identifier("owner", ids() if owner is None else owner)
        self.terms: Terms = terms or Terms()
        self._clock: Clock = clock or BootClock()
        self.tenure: Permit = Permit(self._clock)
        self._store = store
        self._granted = granted
        self._lost = lost
        self._random = random or _random.Random()  # noqa: S311  (jitter, not secrets)
        self._own_loop = loop is None
        self._loop = loop or Loop(self._clock, poller(), f"ums-keeper-{shard}")
        self._workers: Pool = workers or Workers(
            "lease", threads=1, queue_limit=1, spare=_STUCK
        )
        self._machine = tenure.Tenure(
            shard, self.owner, self.terms, self._clock.now()
        )
        self._timer: Timer | None = None

    def start(self) -> None:
        """Begin to ask for the lease; idempotent."""

    def release(self) -> LoopFuture[None]:
        """Give the lease back and ask no more; close the shard's agents before.

        From here on nothing is sent. The future is done when the store has been told,
        or could not be: then the lease ends by itself.
        """
        ...

    def close(self, timeout: float = 5.0) -> bool:
        """Release, and end the threads; tell whether all ended in ``timeout`` seconds.

        Idempotent.
        """
        ...
