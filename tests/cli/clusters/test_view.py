from __future__ import annotations

import io

import msgspec
import pytest
from rich.console import Console

from ums_actors.cli.clusters.view import shown
from ums_actors.cluster import ClusterStatus, ShardStatus, Stage

NODE = "f1ac3f33c91f5f532d1b982c38fd8c4a"


def text(status):
    console = Console(file=io.StringIO(), width=110, color_system=None)
    console.print(shown(status))
    return console.file.getvalue()


OPEN = ShardStatus(
    shard=0,
    stage=Stage.OPEN,
    node=NODE,
    pid=77,
    epoch=3,
    agents=5,
    ready=5,
    settled=True,
    memory=61 << 20,
)


def status(*shards):
    return ClusterStatus(name="bots", shards=shards, nodes=(NODE, "other"))


def test_a_shard_is_a_line_and_all_are_summed_up():
    told = text(status(OPEN))
    assert "0  OPEN   f1ac3f33c91f   77       5      5       0   61" in told
    assert told.endswith(
        "bots: 5 of 5 agents are READY, 0 failed, 1 shards on 1 of 2 nodes: all is "
        "well\n"
    )


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"stage": Stage.ABSENT, "node": "", "pid": 0}, "ABSENT"),
        ({"stage": Stage.OPENING, "trouble": "the vault\x1b is closed"}, "\\u001b is"),
        ({"failed": 1, "ready": 4}, "1 failed"),
        ({"ready": 4}, "4 of 5 agents"),
    ],
)
def test_what_is_not_well_is_seen(change, word):
    told = text(status(msgspec.structs.replace(OPEN, **change)))
    assert word in told
    assert told.endswith("not ready\n")
