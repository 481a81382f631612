from __future__ import annotations

import pytest

from ums_actors.cluster.calls import StoreCalls
from ums_actors.core.grant import Grant
from ums_actors.errors import LeaseStoreError
from ums_actors.testing.pool import VirtualPool
from ums_actors.testing.world import World

LEASE = Grant(shard=1, owner="a", epoch=2, book=3)


class Store:
    def __init__(self):
        self.error = None
        self.seen = []

    def _say(self, answer, *seen):
        self.seen.append(seen)
        if self.error is not None:
            raise self.error
        return answer

    def acquire(self, shard, owner, timeout):
        return self._say(LEASE, "acquire", shard, owner, timeout)

    def renew(self, lease, timeout):
        return self._say(LEASE, "renew", lease, timeout)

    def release(self, lease, timeout):
        return self._say(True, "release", lease, timeout)


@pytest.fixture
def store():
    return Store()


@pytest.fixture
def world():
    made = World(1)
    yield made
    made.close()


@pytest.fixture
def calls(world, store):
    pool = VirtualPool(
        "lease", world.agenda, world.effort, world.chance("x"), threads=1
    )
    return StoreCalls(store, 1, 0.8, loop=world.loop, workers=pool)


def said(world, call, *args):
    answers = []
    call(*args, answers.append)
    world.advance(world.clock.now() + 5.0)
    return answers


def test_each_call_is_made_once_and_its_answer_told(world, store, calls):
    assert said(world, calls.acquire, "a") == [LEASE]
    assert said(world, calls.renew, LEASE) == [LEASE]
    assert said(world, calls.release, LEASE) == [True]
    assert store.seen == [
        ("acquire", 1, "a", 0.8),
        ("renew", LEASE, 0.8),
        ("release", LEASE, 0.8),
    ]


def test_what_fails_or_hangs_is_no_answer(world, store, calls):
    store.error = LeaseStoreError("it is gone")
    assert said(world, calls.acquire, "a") == [None]
    store.error = None
    store.acquire = lambda *_: world.effort.spend(3.0)
    assert said(world, calls.acquire, "a") == [None]


def test_a_silent_store_is_told_of_once_until_it_speaks(world, store, calls, caplog):
    def texts():
        return [record.ums_reason for record in caplog.records]

    store.error = LeaseStoreError("it is gone")
    for _ in range(3):
        said(world, calls.renew, LEASE)
    assert texts() == ["it is gone"]
    store.error = None
    said(world, calls.renew, LEASE)
    store.error = OSError("http://user:secret@store/")
    said(world, calls.renew, LEASE)
    assert texts() == ["it is gone", "OSError"]
