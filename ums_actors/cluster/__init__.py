"""Fleets over many machines, on Ray: each agent is owned by one process at a time.

Needs the extra ``ray``; Ray is imported by who first starts or finds a cluster.
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
