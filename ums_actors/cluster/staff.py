"""The actors of a cluster's shards: made, asked, and let go."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final

from ums_actors.cluster.engine import NAMESPACE, engine
from ums_actors.cluster.names import shard_name
from ums_actors.cluster.shard import Shard
from ums_actors.cluster.status import ShardStatus

if TYPE_CHECKING:
    from ums_actors.cluster.config import ClusterConfig

__all__ = ["Staff"]

MADE: Final = 30.0
"""Seconds that Ray may take to take note of a new actor; it is started later."""
GONE: Final = 20.0
"""Seconds that Ray may take to forget the name of an actor that was ended."""
SPARE: Final = 5.0
"""Seconds that leaving may take longer than its closing."""
_AGAIN: Final = 0.05
_ROOM: Final = 100
"""Calls beside those of agents that an actor takes at a time."""


class Staff:
    """Makes detached actors, which outlive whoever made them; an asyncio loop.

    Args:
        config: of the cluster.
        provider: gives the agents; or its name.
    """

    def __init__(self, config: ClusterConfig, provider: Any) -> None:
        self._config = config
        self._provider = provider

    async def hire(self, shard: int, node: str = "") -> None:
        """Have an actor of a shard: the one that is, or else a new one.

        Args:
            shard: which one.
            node: where it is to be, if it can; empty: wherever the fewest are.
        """
        if self._found(shard) is None:
            async with asyncio.timeout(MADE):
                await asyncio.to_thread(self._make, shard, node)

    async def status(self, shard: int) -> ShardStatus:
        """Ask it how it is; if it does not answer it is ABSENT."""
        actor = self._found(shard)
        try:
            if actor is not None:
                told: ShardStatus = await actor.status.remote()
                return told
        except engine().exceptions.RayError:
            return ShardStatus(shard=shard)
        return ShardStatus(shard=shard)

    async def reload(self, shard: int) -> bool:
        """Have it ask the provider again; tell whether it was there to do so."""
        actor = self._found(shard)
        try:
            if actor is not None:
                await actor.reload.remote()
        except engine().exceptions.RayError:
            return False
        return actor is not None

    async def dismiss(self, shard: int) -> bool:
        """Have it close and leave, and end it; tell whether its lease is given back.

        One that does not answer is ended all the same: its lease ends by itself.
        """
        actor = self._found(shard)
        if actor is None:
            return True
        patience = self._config.leave_timeout
        left = False
        try:
            async with asyncio.timeout(patience + SPARE):
                left = bool(await actor.leave.remote(patience))
        except (TimeoutError, engine().exceptions.RayError):
            left = False
        engine().kill(actor, no_restart=True)
        async with asyncio.timeout(GONE):
            while self._found(shard) is not None:  # noqa: ASYNC110  (Ray tells nobody)
                await asyncio.sleep(_AGAIN)
        return left

    def _found(self, shard: int) -> Any:
        """Look up the actor; None if there is none. It takes Ray a millisecond."""
        name = shard_name(self._config.name, shard)
        try:
            return engine().get_actor(name, namespace=NAMESPACE)
        except ValueError:
            return None

    def _make(self, shard: int, node: str) -> None:
        ray, config = engine(), self._config
        strategies = engine("util.scheduling_strategies")
        where = (
            strategies.NodeAffinitySchedulingStrategy(node_id=node, soft=True)
            if node
            else "SPREAD"
        )
        ray.remote(Shard).options(
            name=shard_name(config.name, shard),
            namespace=NAMESPACE,
            lifetime="detached",
            get_if_exists=True,
            max_restarts=-1,
            max_task_retries=0,
            max_concurrency=config.calls + _ROOM,
            num_cpus=config.cpus,
            resources=config.resources or None,
            scheduling_strategy=where,
        ).remote(config, shard, self._provider)
