"""Which shard an agent belongs to, and which worker has which shards."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from ums_actors.arguments import identifier, whole
from ums_actors.errors import LocalProtocolError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["Move", "plan", "shard_of"]


class Move(NamedTuple):
    """A shard that changes its worker.

    Attributes:
        shard: which one.
        source: who has it; None if nobody does who is still there.
        target: who is to have it.
    """

    shard: int
    source: str | None
    target: str


def shard_of(account_id: str, user: str, shards: int) -> int:
    """Give the shard of an agent: always the same, in every process and version.

    Another number of shards moves nearly every agent: it is chosen once.

    Raises:
        LocalProtocolError: a name is empty, too long or cannot be seen, or there are no
            shards.
    """
    identifier("account_id", account_id)
    identifier("user", user)
    whole("shards", shards, 1)
    key = f"{account_id}\0{user}".encode()  # neither has this character: see identifier
    digest = hashlib.blake2b(key, digest_size=8).digest()
    return int.from_bytes(digest, "big") % shards


def plan(placed: Mapping[int, str | None], workers: Iterable[str]) -> tuple[Move, ...]:
    """Give the fewest moves after which no worker has two shards more than another.

    Args:
        placed: shard → who has it, None if nobody does.
        workers: those that are there; shards of others are given to them.

    Returns:
        The moves in the order of the shards' numbers, first of those nobody has: those
        are down.

    Raises:
        LocalProtocolError: there are shards, but no workers.
    """
    there = sorted(set(workers))
    if not placed:
        return ()
    if not there:
        raise LocalProtocolError(
            f"there is no worker for {len(placed)} shards: plan with at least one"
        )
    has: defaultdict[str | None, list[int]] = defaultdict(list)
    for shard in sorted(placed):
        worker = placed[shard]
        has[worker if worker in there else None].append(shard)
    quota = _quotas({worker: len(has[worker]) for worker in there}, len(placed))
    free = [Move(shard, None, "") for shard in has[None]]
    for worker in there:
        free += [Move(shard, worker, "") for shard in has[worker][quota[worker] :]]
    places = [
        worker for worker in there for _ in range(quota[worker] - len(has[worker]))
    ]
    return tuple(
        move._replace(target=target) for move, target in zip(free, places, strict=True)
    )


def _quotas(has: Mapping[str, int], shards: int) -> dict[str, int]:
    """Give how many each is to have: one more for those who have the most already."""
    each, more = divmod(shards, len(has))
    richest = sorted(has, key=lambda worker: (-has[worker], worker))
    return {worker: each + (rank < more) for rank, worker in enumerate(richest)}
