"""Takes calls to the shards that have the agents, also while those move."""

from __future__ import annotations

import threading
import time
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from ums_actors.cluster.contact import Contact
from ums_actors.cluster.engine import NAMESPACE, engine
from ums_actors.cluster.journey import Journey, cut_off
from ums_actors.cluster.names import shard_name
from ums_actors.core.placement import shard_of
from ums_actors.errors import Delivery, Overloaded
from ums_actors.runtime.loop import Loop
from ums_actors.runtime.poller import poller
from ums_actors.runtime.ports import SystemClock
from ums_actors.runtime.workers import Workers

if TYPE_CHECKING:
    from collections.abc import Callable

    from ums_actors.cluster.calling import Call
    from ums_actors.cluster.config import Description
    from ums_actors.runtime import LoopFuture

__all__ = ["Router"]

FINDERS: Final = 4
"""Shards that are looked up at a time."""
UNDER_WAY: Final = 100_000
"""Calls of one router that may wait for their answer: some 100 MB of its own."""


class Router:
    """Finds shards by name, remembers them, and follows those that move; any thread.

    Args:
        cluster: whose agents are called.
        find: looks an actor up by its name, blocking; Ray, if not given.
        limit: calls that are not answered yet; more are refused.
    """

    def __init__(
        self,
        cluster: Description,
        find: Callable[[str], Any] | None = None,
        *,
        limit: int = UNDER_WAY,
    ) -> None:
        self._limit = limit
        self._cluster = cluster
        self._find = find or _find
        self._loop = Loop(SystemClock(), poller(), f"ums-cluster-{cluster.name}")
        self._finders = Workers("finders", threads=FINDERS, queue_limit=UNDER_WAY)
        self._contacts: dict[int, Contact] = {}
        self._journeys: set[Journey] = set()
        self._lock = threading.Lock()
        self._closed = False
        self._loop.start()

    def call(self, call: Call) -> LoopFuture[Any]:
        """Call an agent's method; it does not wait.

        Raises:
            LocalProtocolError: the agent's name breaks a rule.
            Overloaded: too many calls are under way.
            ConnectionLost: the router is closed; NOT_SENT.
        """
        shard = shard_of(call.account_id, call.user, self._cluster.shards)
        with self._lock:
            if self._closed:
                raise cut_off(call.method, Delivery.NOT_SENT)
            if len(self._journeys) >= self._limit:
                raise Overloaded(
                    f"{self._limit} calls are under way: wait for some of them",
                    request_type=call.method,
                )
            journey = Journey(
                call,
                (self._cluster.name, shard),
                self._contacts.setdefault(shard, Contact()),
                loop=self._loop,
                find=partial(self._find, shard_name(self._cluster.name, shard)),
                finders=self._finders,
                ended=self._ended,
            )
            self._journeys.add(journey)
        self._loop.call_soon(journey.begin)
        return journey.reply

    def close(self, timeout: float = 5.0) -> bool:
        """Fail what is under way, and end the threads; idempotent.

        Returns:
            whether they have ended within ``timeout`` seconds.
        """
        deadline = time.monotonic() + timeout
        with self._lock:
            self._closed = True
            left, self._journeys = self._journeys, set()
        for journey in left:
            journey.give_up()
        ended = self._finders.close(timeout / 2)
        return self._loop.stop(max(0.0, deadline - time.monotonic())) and ended

    def _ended(self, journey: Journey) -> None:
        with self._lock:
            self._journeys.discard(journey)


def _find(name: str) -> Any:
    return engine().get_actor(name, namespace=NAMESPACE)
