"""How a cluster is doing, in one record."""

from __future__ import annotations

import enum

import msgspec

__all__ = ["ClusterStatus", "ShardStatus", "Stage"]


class Stage(enum.StrEnum):
    """Where a shard stands."""

    ABSENT = "ABSENT"
    """There is no actor, or it does not answer; Ray starts it, or its node is away."""
    WAITING = "WAITING"
    """It waits for its lease: another has it, or the lease book is new."""
    OPENING = "OPENING"
    """It has its lease, and asks who its agents are."""
    OPEN = "OPEN"
    """It has its agents; each of them is, or comes to be, READY."""
    LEAVING = "LEAVING"
    """It closes its agents, to be opened elsewhere."""
    LEFT = "LEFT"
    """It has given its lease back."""
    LOST = "LOST"
    """Its lease has ended: it closes, and its process ends."""


class ShardStatus(msgspec.Struct, frozen=True, kw_only=True):
    """A snapshot of one shard.

    Attributes:
        shard: which one.
        stage: where it stands.
        node: Ray's id of the node it is on; empty if not known.
        pid: of its process; 0 if not known.
        epoch: of its lease; 0 if it has none.
        agents: how many it has.
        ready: how many of them are READY.
        failed: how many have failed for good, or gave way to somebody else.
        settled: whether each of its agents was READY or has failed since it was opened.
        trouble: what it waits for or what went wrong, one line; mostly empty.
        memory: resident bytes of its process; 0 if not known.
    """

    shard: int
    stage: Stage = Stage.ABSENT
    node: str = ""
    pid: int = 0
    epoch: int = 0
    agents: int = 0
    ready: int = 0
    failed: int = 0
    settled: bool = False
    trouble: str = ""
    memory: int = 0


class ClusterStatus(msgspec.Struct, frozen=True, kw_only=True):
    """A snapshot of a cluster.

    Attributes:
        name: of the cluster.
        shards: all of them, by number.
        nodes: Ray's ids of the nodes that may have shards.
    """

    name: str
    shards: tuple[ShardStatus, ...]
    nodes: tuple[str, ...]

    @property
    def agents(self) -> int:
        """How many agents are known of."""
        return sum(each.agents for each in self.shards)

    @property
    def ready(self) -> int:
        """How many agents are READY."""
        return sum(each.ready for each in self.shards)

    @property
    def failed(self) -> int:
        """How many agents have failed for good, or gave way."""
        return sum(each.failed for each in self.shards)

    @property
    def is_ready(self) -> bool:
        """Whether each shard is open, and each agent READY or failed for good."""
        return all(
            each.stage is Stage.OPEN and each.ready + each.failed == each.agents
            for each in self.shards
        )

    def placed(self) -> dict[str, list[int]]:
        """Give the shards of each node, those of no node under an empty id."""
        found: dict[str, list[int]] = {node: [] for node in self.nodes}
        for each in self.shards:
            found.setdefault(each.node, []).append(each.shard)
        return found
