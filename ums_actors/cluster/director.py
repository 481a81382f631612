"""Starts the shards of a cluster, and moves them."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Final, TypeVar

from ums_actors.cluster.config import Description
from ums_actors.cluster.nodes import chosen
from ums_actors.cluster.status import ClusterStatus, ShardStatus
from ums_actors.core.placement import plan

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from ums_actors.cluster.config import ClusterConfig
    from ums_actors.cluster.staff import Staff

__all__ = ["Director"]

_logger = logging.getLogger("ums_actors")
T = TypeVar("T")
_AGAIN: Final = 0.05


class Director:
    """Has an actor for each shard; its methods run on one asyncio loop.

    It remembers nothing that could be lost with it: where shards are it asks them.

    Args:
        config: of the cluster.
        staff: makes actors, asks them, and lets them go.
        nodes: gives the nodes that may have shards; it may block.
        look: seconds between two looks whether each shard has its actor.
        answer: seconds in which a shard has to tell how it is.
        settle: seconds that a moved shard is waited for before the next one moves.
    """

    def __init__(
        self,
        config: ClusterConfig,
        staff: Staff,
        nodes: Callable[[], tuple[str, ...]],
        *,
        look: float = 5.0,
        answer: float = 2.0,
        settle: float = 60.0,
    ) -> None:
        self._look = look
        self._answer = answer
        self._settle = settle
        self._config = config
        self._staff = staff
        self._nodes = nodes
        self._turn = asyncio.Lock()
        self._watch: asyncio.Task[None] | None = None
        self._ended = False

    async def describe(self) -> Description:
        """Tell what callers of its agents have to know."""
        config = self._config
        return Description(
            name=config.name, shards=config.shards, account_id=config.account_id
        )

    async def start(self) -> None:
        """Have an actor for each shard, from now on; done when each is made."""
        if self._watch is None and not self._ended:
            self._watch = asyncio.create_task(self._watching())
        await self._staff_all()

    async def status(self) -> ClusterStatus:
        """Ask all shards how they are; those that do not answer are ABSENT."""
        shards = range(self._config.shards)
        found = await asyncio.gather(*map(self._status, shards))
        nodes = await asyncio.to_thread(self._nodes)
        return ClusterStatus(name=self._config.name, shards=tuple(found), nodes=nodes)

    async def rebalance(self, nodes: int | None = None) -> int:
        """Spread the shards evenly, one move at a time; give how many moved.

        Args:
            nodes: so many are used, first those that have the most; None: all.
        """
        async with self._turn:
            status = await self.status()
            placed = status.placed()
            there = chosen({node: len(placed[node]) for node in status.nodes}, nodes)
            if not there:
                return 0
            where = {each.shard: each.node or None for each in status.shards}
            moves = plan(where, there)
            for move in moves:
                await self._move(move.shard, move.target)
            return len(moves)

    async def reload(self) -> int:
        """Have each shard ask the provider again; give how many did."""
        shards = range(self._config.shards)
        return sum(await asyncio.gather(*map(self._staff.reload, shards)))

    async def stop(self) -> bool:
        """Close all agents in order, and end the shards; tell whether all had left."""
        self._ended = True
        if self._watch is not None:
            self._watch.cancel()
        async with self._turn:
            shards = range(self._config.shards)
            return all(await asyncio.gather(*map(self._staff.dismiss, shards)))

    # -- inside

    async def _status(self, shard: int) -> ShardStatus:
        return await _within(
            self._answer, self._staff.status(shard), ShardStatus(shard=shard)
        )

    async def _move(self, shard: int, node: str) -> None:
        """Close it where it is, and open it there."""
        fields = {"ums_cluster": self._config.name, "ums_shard": shard}
        _logger.info("shard.moving", extra={**fields, "ums_node": node})
        await self._staff.dismiss(shard)
        await self._staff.hire(shard, node)
        await _within(self._settle, self._settled(shard), None)

    async def _settled(self, shard: int) -> None:
        while not (await self._status(shard)).settled:  # noqa: ASYNC110  (it is asked)
            await asyncio.sleep(_AGAIN)

    async def _staff_all(self) -> None:
        async with self._turn:
            if self._ended:
                return
            shards = range(self._config.shards)
            await asyncio.gather(*map(self._staff.hire, shards))

    async def _watching(self) -> None:
        """Hire for shards whose actor is gone: a move that was broken off, say."""
        while not self._ended:
            await asyncio.sleep(self._look)
            try:
                await self._staff_all()
            except Exception:
                _logger.exception("cluster.watch_failed")


async def _within(seconds: float, what: Awaitable[T], otherwise: T) -> T:
    try:
        async with asyncio.timeout(seconds):
            return await what
    except TimeoutError:
        return otherwise
