"""What the director has done, and in which order; with a staff that is played."""

from __future__ import annotations

import asyncio
import functools

import pytest

from ums_actors.cluster import ClusterConfig, ShardStatus, Stage
from ums_actors.cluster.director import Director

NODES = ("a", "b")


def asynchronous(test):
    @functools.wraps(test)
    def run(*args, **kwargs):
        asyncio.run(asyncio.wait_for(test(*args, **kwargs), 20))

    return run


class Staff:
    """Has shards on nodes, and notes what is asked of it."""

    def __init__(self):
        self.where = {}
        self.did = []
        self.silent = set()
        self.stubborn = set()
        self.failures = 0

    async def hire(self, shard, node=""):
        if self.failures:
            self.failures -= 1
            raise OSError("Ray is not there")
        if shard not in self.where:
            self.where[shard] = node or NODES[0]
            self.did.append(("hire", shard, self.where[shard]))

    async def status(self, shard):
        if shard in self.silent:
            await asyncio.sleep(60)
        if shard not in self.where:
            return ShardStatus(shard=shard)
        return ShardStatus(
            shard=shard, stage=Stage.OPEN, node=self.where[shard], settled=True
        )

    async def reload(self, shard):
        return shard in self.where

    async def dismiss(self, shard):
        self.did.append(("dismiss", shard))
        self.where.pop(shard, None)
        return shard not in self.stubborn


@pytest.fixture
def staff():
    return Staff()


@pytest.fixture
def director(staff):
    config = ClusterConfig(name="bots", shards=4, account_id="1")

    def make(**more):
        return Director(config, staff, lambda: NODES, **more)

    return make


@asynchronous
async def test_each_shard_has_an_actor_from_the_start(director, staff):
    made = director()
    await made.start()
    await made.start()
    assert sorted(staff.where) == [0, 1, 2, 3]
    assert len(staff.did) == 4
    assert await made.stop()
    assert staff.where == {}


@asynchronous
async def test_an_actor_that_is_gone_is_replaced(director, staff):
    made = director(look=0.01)
    await made.start()
    del staff.where[2]
    while 2 not in staff.where:  # noqa: ASYNC110  (it is looked at)
        await asyncio.sleep(0.01)
    await made.stop()


@asynchronous
async def test_a_shard_that_does_not_answer_is_absent(director, staff):
    made = director(answer=0.05)
    await made.start()
    staff.silent = {1}
    status = await made.status()
    assert [each.stage for each in status.shards] == [
        Stage.OPEN,
        Stage.ABSENT,
        Stage.OPEN,
        Stage.OPEN,
    ]
    assert status.placed() == {"a": [0, 2, 3], "b": [], "": [1]}
    await made.stop()


@asynchronous
async def test_a_rebalance_moves_as_few_as_it_can_one_after_the_other(director, staff):
    made = director()
    await made.start()
    staff.did.clear()
    assert await made.rebalance() == 2
    assert staff.did == [
        ("dismiss", 2),
        ("hire", 2, "b"),
        ("dismiss", 3),
        ("hire", 3, "b"),
    ]
    assert await made.rebalance() == 0
    await made.stop()


@asynchronous
async def test_fewer_nodes_are_those_with_the_most_shards(director, staff):
    made = director()
    await made.start()
    staff.where[3] = "b"
    assert await made.rebalance(1) == 1
    assert set(staff.where.values()) == {"a"}
    await made.stop()


@asynchronous
async def test_without_a_node_nothing_moves(staff):
    config = ClusterConfig(name="bots", shards=4)
    made = Director(config, staff, lambda: ())
    await made.start()
    assert await made.rebalance() == 0
    await made.stop()


@asynchronous
async def test_a_shard_that_does_not_settle_does_not_hold_up_the_next(director, staff):
    made = director(settle=0.05, answer=0.01)
    await made.start()
    staff.silent = {2}  # as if it was on no node: it is given one, and says nothing
    assert await made.rebalance() == 2
    await made.stop()


@asynchronous
async def test_who_does_not_leave_in_time_is_told_of(director, staff):
    made = director()
    await made.start()
    staff.stubborn = {3}
    assert not await made.stop()
    await made.start()
    assert staff.where == {}  # who has stopped starts no more


@asynchronous
async def test_it_tells_what_callers_have_to_know_and_how_many_asked_again(director):
    made = director()
    await made.start()
    told = await made.describe()
    assert (told.name, told.shards, told.account_id) == ("bots", 4, "1")
    assert await made.reload() == 4
    await made.stop()
