"""The nodes of Ray that may have shards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ums_actors.cluster.engine import engine

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["chosen", "eligible"]


def eligible(resources: Mapping[str, float]) -> tuple[str, ...]:
    """Give the ids of nodes that are alive and have these resources at all; blocks.

    Without any, it is those that have CPUs.
    """
    wanted = dict(resources) or {"CPU": 0.001}
    return tuple(
        sorted(
            node["NodeID"]
            for node in engine().nodes()
            if node["Alive"]
            and all(
                node["Resources"].get(name, 0.0) >= amount
                for name, amount in wanted.items()
            )
        )
    )


def chosen(shards: Mapping[str, int], count: int | None) -> tuple[str, ...]:
    """Give the nodes that are to be used: those with the most shards first.

    Args:
        shards: how many each node has.
        count: how many nodes; None: all.
    """
    most = sorted(shards, key=lambda node: (-shards[node], node))
    return tuple(most[:count])
