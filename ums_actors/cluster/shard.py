"""A shard as a Ray actor: what others may ask of it, and how its process ends."""

from __future__ import annotations

import asyncio
import os
import time
from typing import TYPE_CHECKING, Any, Final

from ums_actors.cluster.calling import (
    Done,
    Elsewhere,
    Raised,
    Reply,
    packed_reply,
)
from ums_actors.cluster.engine import engine
from ums_actors.cluster.gauges import Gauges
from ums_actors.cluster.host import ShardHost
from ums_actors.cluster.life import Life
from ums_actors.cluster.ray_store import RayStore
from ums_actors.errors import (
    Delivery,
    Overloaded,
    RequestForgotten,
    RequestTimedOut,
)

if TYPE_CHECKING:
    from ums_actors.cluster.calling import Call
    from ums_actors.cluster.config import ClusterConfig
    from ums_actors.cluster.status import ShardStatus
    from ums_actors.runtime import LoopFuture

__all__ = ["Shard"]

SHOW: Final = 5.0
"""Seconds between two looks of the metrics; Ray reports them every 10 s."""
LAST_ANSWERS: Final = 1.0
"""Seconds in which the answers of calls may still leave a process that ends."""
_FLUSH: Final = 0.1
"""Seconds that Ray takes for what it was given to send."""
_LOST: Final = 75
"""Exit code of a process that has lost its lease (EX_TEMPFAIL): Ray starts another."""


class Shard:
    """What the Ray actor is made of; all of it runs on the actor's asyncio loop.

    Args:
        config: of the cluster.
        shard: which one.
        provider: gives the agents; or its name.
    """

    def __init__(self, config: ClusterConfig, shard: int, provider: Any) -> None:
        node = engine().get_runtime_context().get_node_id()
        self._limit = config.calls
        self._calls = 0
        self._gauges = Gauges(engine("util.metrics").Gauge, config.name, shard)
        self._host = ShardHost(
            config,
            shard,
            provider,
            store=RayStore(config.name),
            life=Life.of_this_process(node),
            ended=self._exit,
        )
        loop = asyncio.get_running_loop()
        self._starting = loop.run_in_executor(None, self._host.start)
        self._showing = loop.create_task(self._show())

    async def greet(self) -> bytes:
        """Tell whether it has its agents; carries nothing out."""
        return packed_reply(self._host.look() or Done(None), "greet")

    async def call(self, call: Call) -> bytes:
        """Call an agent's method, and give what came of it; never raises."""
        if self._calls >= self._limit:
            said = f"the shard works on {self._limit} calls already: wait, or raise "
            error = Overloaded(f"{said}ClusterConfig.calls", request_type=call.method)
            return packed_reply(Raised(error), call.method)
        self._calls += 1
        try:
            return packed_reply(await self._carry_out(call), call.method)
        finally:
            self._calls -= 1

    async def _show(self) -> None:
        """Show its numbers to Ray's metrics."""
        while True:
            self._gauges.show(self._host.status(), self._calls)
            await asyncio.sleep(SHOW)

    async def status(self) -> ShardStatus:
        """Give a snapshot."""
        return self._host.status()

    async def reload(self) -> bytes:
        """Ask the provider again."""
        try:
            await self._host.reload()
        except Exception as error:  # noqa: BLE001  (whoever asked is told)
            return packed_reply(Raised(error), "reload")
        return packed_reply(Done(None), "reload")

    async def leave(self, timeout: float) -> bool:  # noqa: ASYNC109  (it is passed on)
        """Close all agents and give the lease back; tell whether it is given back."""
        released = await asyncio.to_thread(self._host.leave, timeout)
        await asyncio.to_thread(self._drained)
        return released

    async def _carry_out(self, call: Call) -> Reply:
        future = None
        try:
            future = self._host.call(call)
            if isinstance(future, Elsewhere):
                return future
            async with asyncio.timeout(call.patience):
                return Done(await future)
        except TimeoutError as error:
            if future is None or isinstance(future, Elsewhere) or future.done():
                return Raised(error)
            return Raised(await self._given_up(call, future))
        except Exception as error:  # noqa: BLE001  (it is the caller's)
            return Raised(error)

    async def _given_up(self, call: Call, future: LoopFuture[Any]) -> RequestTimedOut:
        """Give the error of a call that took too long, with what is known of it."""
        self._host.forget(call, future)
        delivery = Delivery.UNKNOWN
        try:
            async with asyncio.timeout(LAST_ANSWERS):
                await future
        except RequestForgotten as error:
            delivery = error.delivery
        except Exception:  # noqa: BLE001  (it came too late, and is of no more use)
            delivery = Delivery.UNKNOWN
        return RequestTimedOut(
            f"{call.method}() had no answer within {call.patience:g} s",
            delivery=delivery,
            request_type=call.method,
        )

    def _drained(self) -> None:
        """Wait, not for long, until each call has its answer; any other thread."""
        deadline = time.monotonic() + LAST_ANSWERS
        while self._calls and time.monotonic() < deadline:
            time.sleep(_FLUSH / 10)
        time.sleep(_FLUSH)

    def _exit(self, why: str) -> None:
        del why  # it was logged
        self._drained()
        os._exit(_LOST)
