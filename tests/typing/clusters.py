"""What a cluster's names are typed as."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_type

import ums_actors as ums
from ums_actors.cluster import Cluster, ClusterConfig, ClusterStatus, Share, Stage

if TYPE_CHECKING:
    from collections.abc import Iterator


def agents(share: Share) -> Iterator[ums.AgentSpec]:
    assert_type(share.has("12345678", "bot1"), bool)
    yield ums.AgentSpec(
        user="bot1",
        account_id="12345678",
        auth=ums.PasswordLogin("bot1", ums.Secret("x")),
    )


def start() -> None:
    config = ClusterConfig(name="bots", shards=16, account_id="12345678")
    with Cluster.start(config, agents) as cluster:
        assert_type(cluster.wait_ready(timeout=300), ClusterStatus)
        assert_type(cluster.rebalance(), int)
        assert_type(cluster.stop(), bool)


def call(cluster: Cluster) -> None:
    bot = cluster.agent("bot1", timeout=10)
    assert_type(bot, ums.BrandConnectionProxy)
    assert_type(bot.get_clock(), ums.LoopFuture[int])
    consumer = cluster.consumer("somebody", "12345678")
    assert_type(consumer, ums.ConsumerConnectionProxy)


async def wait(cluster: Cluster) -> None:
    assert_type(await cluster.agent("bot1").get_clock(), int)


def look(status: ClusterStatus) -> None:
    assert_type(status.placed(), dict[str, list[int]])
    for shard in status.shards:
        assert_type(shard.stage, Stage)
