"""Fleets over many machines, on Ray: each agent is owned by one process at a time.

Agents are spread over a fixed number of shards, each an actor of Ray with a fleet. Who
owns a shard is written in a lease book (:mod:`~ums_actors.core.leasebook`), which lives
behind a :class:`~ums_actors.cluster.store.LeaseStore`. An owner has a
:class:`~ums_actors.cluster.keeper.Keeper`, which renews its lease and whose ``tenure``
its runtime is given: nothing is sent when the lease has ended, whoever is slow, hangs,
or was frozen.

:class:`Cluster` needs the extra ``ray``, and imports it when it is first used.
"""

from __future__ import annotations

from ums_actors.cluster.agent import ClusterAgent
from ums_actors.cluster.cluster import Cluster
from ums_actors.cluster.config import ClusterConfig
from ums_actors.cluster.keeper import Keeper
from ums_actors.cluster.memory import MemoryStore
from ums_actors.cluster.share import Provider, Share
from ums_actors.cluster.status import ClusterStatus, ShardStatus, Stage
from ums_actors.cluster.store import LeaseStore
from ums_actors.core.terms import Terms

__all__ = [
    "Cluster",
    "ClusterAgent",
    "ClusterConfig",
    "ClusterStatus",
    "Keeper",
    "LeaseStore",
    "MemoryStore",
    "Provider",
    "ShardStatus",
    "Share",
    "Stage",
    "Terms",
]
