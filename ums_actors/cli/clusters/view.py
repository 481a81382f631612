"""The state of a cluster as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rich.console import Group
from rich.table import Table
from rich.text import Text

from ums_actors.cli.text import visible
from ums_actors.cluster import Stage

if TYPE_CHECKING:
    from ums_actors.cluster import ClusterStatus, ShardStatus

__all__ = ["shown"]

_SHORT: Final = 12
"""Characters of a node's id: as many as Ray's own commands tell it by."""
_STYLES: Final = {
    Stage.OPEN: "green",
    Stage.ABSENT: "red",
    Stage.LOST: "red",
}


def shown(status: ClusterStatus) -> Group:
    """Give a table of the shards, and a line that sums up."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("shard", justify="right")
    table.add_column("stage")
    table.add_column("node")
    for name in ("pid", "agents", "READY", "failed", "MiB"):
        table.add_column(name, justify="right")
    table.add_column("trouble", overflow="fold")
    for each in status.shards:
        table.add_row(*_cells(each))
    verdict = "all is well" if status.is_ready and not status.failed else "not ready"
    summary = (
        f"{status.name}: {status.ready} of {status.agents} agents are READY, "
        f"{status.failed} failed, {len(status.shards)} shards on "
        f"{len({each.node for each in status.shards} - {''})} of "
        f"{len(status.nodes)} nodes: {verdict}"
    )
    return Group(table, Text(""), Text(summary))


def _cells(shard: ShardStatus) -> list[Text]:
    numbers = (shard.pid, shard.agents, shard.ready, shard.failed, shard.memory >> 20)
    return [
        Text(str(shard.shard)),
        Text(shard.stage, style=_STYLES.get(shard.stage, "yellow")),
        Text(shard.node[:_SHORT] or "-"),
        *(Text(str(number)) for number in numbers),
        Text(visible(shard.trouble)),
    ]
