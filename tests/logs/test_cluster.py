"""What a cluster's shards and its director tell: one test an event."""

from __future__ import annotations

import asyncio
import importlib.util
import logging
from pathlib import Path

import pytest

from ums_actors.cluster import ClusterConfig, ShardStatus
from ums_actors.cluster.director import Director
from ums_actors.emulator import running_emulator

_path = Path(__file__).parents[1] / "cluster" / "stagehand.py"
_spec = importlib.util.spec_from_file_location("stagehand", _path)
stagehand = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(stagehand)

PLACE = {"ums_cluster": "b", "ums_shard": 0}


@pytest.fixture
def told(caplog, eventually):
    """Wait for an event; give its record, which says where it was."""
    caplog.set_level(logging.DEBUG, "ums_actors")

    def wait(event):
        def found():
            return [each for each in caplog.records if each.message == event]

        eventually(found)
        record = found()[0]
        assert {name: getattr(record, name) for name in PLACE} == PLACE
        return record

    return wait


@pytest.fixture
def stage():
    with running_emulator(users=2) as emulator:
        made = stagehand.Stagehand(emulator, stagehand.store())
        yield made
        made.clear()


def test_shard_opening(stage, told):
    stage.start()
    assert told("shard.opening").ums_epoch > 0


def test_shard_settled(stage, told):
    stage.start()
    assert told("shard.settled").ums_agents == 2


def test_shard_provider_failed(stage, told):
    def provider(share):
        raise ValueError("the vault is closed")

    stage.start(provider)
    record = told("shard.provider_failed")
    assert record.levelno == logging.ERROR
    assert "the vault is closed" in str(record.ums_error)


def test_shard_lost(stage, told):
    stage.start()
    told("shard.settled")
    stage.store.heir = "another"
    record = told("shard.lost")
    assert record.levelno == logging.ERROR
    assert record.ums_reason == "the lease book has it otherwise (another)"


def test_shard_book_silent(stage, told):
    stage.store.silent = True
    stage.start()
    assert told("shard.book_silent").levelno == logging.WARNING


class Staff:
    """Has one shard on the wrong node; its second look fails."""

    hired = 0

    async def hire(self, shard, node=""):
        self.hired += 1
        if self.hired > 1 and not node:
            raise OSError("Ray is not there")

    async def status(self, shard):
        return ShardStatus(shard=shard, node="a", settled=True)

    async def dismiss(self, shard):
        return True


def direct(what):
    async def run():
        config = ClusterConfig(name="b", shards=1)
        director = Director(config, Staff(), lambda: ("b",), look=0.01)
        await director.start()
        await what(director)
        await director.stop()

    asyncio.run(asyncio.wait_for(run(), 20))


def test_shard_moving(told):
    direct(lambda director: director.rebalance())
    assert told("shard.moving").ums_node == "b"


def test_cluster_watch_failed(caplog):
    async def wait(director):
        while not caplog.records:  # noqa: ASYNC110  (it is looked at)
            await asyncio.sleep(0.01)

    direct(wait)
    [record, *_] = caplog.records
    assert (record.message, record.levelno) == ("cluster.watch_failed", logging.ERROR)
