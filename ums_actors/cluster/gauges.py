"""A shard's numbers as metrics of Ray, which has them collected by Prometheus."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ums_actors.cluster.status import Stage

if TYPE_CHECKING:
    from collections.abc import Callable

    from ums_actors.cluster.status import ShardStatus

__all__ = ["GAUGES", "Gauges"]

GAUGES: Final = {
    "ums_cluster_shard_open": "1 while the shard is open, else 0.",
    "ums_cluster_agents": "Agents of the shard.",
    "ums_cluster_agents_ready": "Agents of the shard that are READY.",
    "ums_cluster_agents_failed": "Agents that have failed for good, or gave way.",
    "ums_cluster_calls": "Calls by way of the cluster that are not answered yet.",
}
"""What is shown, each with the tags ``cluster`` and ``shard``."""


class Gauges:
    """Sets them; any thread of an actor.

    Nodes export them where Ray's own do: that takes ``ray[default]``.

    Args:
        make: Ray's class of gauges, or one like it.
        cluster: its name.
        shard: which one.
    """

    def __init__(self, make: Callable[..., Any], cluster: str, shard: int) -> None:
        tags = {"cluster": cluster, "shard": str(shard)}
        self._gauges: dict[str, Any] = {}
        for name, text in GAUGES.items():
            gauge = make(name, description=text, tag_keys=tuple(tags))
            gauge.set_default_tags(tags)
            self._gauges[name] = gauge

    def show(self, status: ShardStatus, calls: int) -> None:
        """Let them be as this snapshot is."""
        values = (
            int(status.stage is Stage.OPEN),
            status.agents,
            status.ready,
            status.failed,
            calls,
        )
        for gauge, value in zip(self._gauges.values(), values, strict=True):
            gauge.set(float(value))
