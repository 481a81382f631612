"""What is told of leases goes to the logger: there is no runtime yet, nor any more."""

from __future__ import annotations

import logging

import pytest

from ums_actors.cluster.keeper import Keeper
from ums_actors.cluster.memory import MemoryStore
from ums_actors.core.terms import Terms
from ums_actors.errors import LeaseStoreError
from ums_actors.testing.pool import VirtualPool
from ums_actors.testing.world import World


@pytest.fixture
def world():
    made = World(1)
    yield made
    made.close()


@pytest.fixture
def keeper(world):
    """Give what makes a keeper that holds a lease."""

    def make(store, told=lambda *_: None):
        pool = VirtualPool(
            "lease", world.agenda, world.effort, world.chance("lease"), threads=1
        )
        made = Keeper(
            store,
            1,
            granted=told,
            lost=told,
            terms=Terms(),
            clock=world.clock,
            random=world.chance("keeper"),
            loop=world.loop,
            workers=pool,
        )
        made.start()
        world.advance(world.clock.now() + 1.0)
        return made

    return make


@pytest.fixture
def store(world):
    return MemoryStore(4, clock=world.clock, number=1)


def refuse(*_):
    raise KeyError("x")


def logged(caplog, event):
    return [record for record in caplog.records if record.getMessage() == event]


def test_lease_lost(world, keeper, store, caplog):
    keeper(store)
    store.release(store.who(1, 1.0), 1.0)
    world.advance(world.clock.now() + 2.0)
    (record,) = logged(caplog, "lease.lost")
    assert record.levelno == logging.WARNING
    assert (record.ums_shard, record.ums_epoch) == (1, 2)
    assert record.ums_reason == "the lease book has it otherwise (free)"


def test_lease_store_silent(world, keeper, store, caplog):
    def silent(*_):
        raise LeaseStoreError("it is gone")

    store.acquire = silent
    keeper(store)
    (record,) = logged(caplog, "lease.store_silent")
    assert record.levelno == logging.WARNING
    assert (record.ums_shard, record.ums_reason) == (1, "it is gone")


def test_lease_callback_failed(keeper, store, caplog):
    keeper(store, refuse)
    (record,) = logged(caplog, "lease.callback_failed")
    assert record.levelno == logging.ERROR
    assert record.exc_info[0] is KeyError


def test_lease_end_failed(world, keeper, store, caplog):
    made = keeper(store)
    made.tenure.at_end(made.tenure.epoch, "key", refuse)
    made.release()
    world.advance(world.clock.now() + 1.0)
    (record,) = logged(caplog, "lease.end_failed")
    assert record.levelno == logging.ERROR
    assert record.exc_info[0] is KeyError
