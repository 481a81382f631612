from __future__ import annotations

import threading

import pytest

from ums_actors.cluster.keeper import Keeper
from ums_actors.cluster.memory import MemoryStore
from ums_actors.core.terms import Terms
from ums_actors.errors import LeaseStoreError
from ums_actors.testing.pool import VirtualPool
from ums_actors.testing.world import World

TERMS = Terms(ttl=4.0, margin=1.0, safety=0.5, jitter=0.1)
QUICK = Terms(ttl=0.9, margin=0.1, safety=0.1, jitter=0.1)
GENEROUS = 20.0


class Moody:
    """A store that can be told to misbehave.

    Attributes:
        mood: what happens before a call is handed on.
    """

    def __init__(self, store):
        self.store = store
        self.mood = lambda: None
        self.calls = []

    def _call(self, name, *args):
        self.calls.append(name)
        self.mood()
        return getattr(self.store, name)(*args)

    def acquire(self, shard, owner, timeout):
        return self._call("acquire", shard, owner, timeout)

    def renew(self, lease, timeout):
        return self._call("renew", lease, timeout)

    def release(self, lease, timeout):
        return self._call("release", lease, timeout)

    def who(self, shard, timeout):
        return self.store.who(shard, timeout)


def silent():
    raise LeaseStoreError("nobody is there")


class Told:
    """What a keeper's owner is told, in order; can be waited for."""

    def __init__(self):
        self.all = []
        self._changed = threading.Condition()

    def granted(self, epoch):
        self._add(("granted", epoch))

    def lost(self, epoch, why):
        self._add(("lost", epoch, why))

    def words(self):
        return [each[0] for each in self.all]

    def _add(self, told):
        with self._changed:
            self.all.append(told)
            self._changed.notify_all()

    def wait(self, word):
        """Wait until that is the last it was told."""
        with self._changed:
            assert self._changed.wait_for(
                lambda: self.words()[-1:] == [word], GENEROUS
            ), self.all


class Virtual:
    """Keepers on one virtual clock, with a store."""

    def __init__(self):
        self.world = World(1)
        self.pools = []
        self.store = Moody(MemoryStore(4, TERMS, clock=self.world.clock, number=100))

    def keeper(self, shard=1, store=None, **more):
        number = len(self.pools)
        pool = VirtualPool(
            "lease",
            self.world.agenda,
            self.world.effort,
            self.world.chance(f"lease {number}"),
            threads=1,
            queue_limit=1,
            spare=4,
        )
        self.pools.append(pool)
        told = Told()
        keeper = Keeper(
            store or self.store,
            shard,
            granted=more.pop("granted", told.granted),
            lost=more.pop("lost", told.lost),
            owner=f"owner{number}",
            terms=TERMS,
            clock=self.world.clock,
            random=self.world.chance(f"keeper {number}"),
            loop=self.world.loop,
            workers=pool,
        )
        return keeper, told

    def now(self):
        return self.world.clock.now()

    def pass_time(self, seconds, enough=lambda: False):
        return self.world.advance(self.now() + seconds, enough)

    def hang(self):
        """A call of the store takes a minute."""
        self.world.effort.spend(60.0)

    def close(self):
        self.pass_time(70.0)
        for pool in self.pools:
            pool.close(0.0)
        self.world.close()


@pytest.fixture
def virtual():
    made = Virtual()
    yield made
    made.close()
