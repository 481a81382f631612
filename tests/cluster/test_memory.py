from __future__ import annotations

import time

from ums_actors.cluster.memory import MemoryStore
from ums_actors.core.grant import Grant, Refusal, Refused
from ums_actors.core.terms import Terms
from ums_actors.testing.clock import VirtualClock


def test_it_grants_renews_tells_and_takes_back():
    clock = VirtualClock()
    store = MemoryStore(4, Terms(), clock=clock, number=7)
    lease = store.acquire(1, "a", 1.0)
    assert lease == Grant(shard=1, owner="a", epoch=8, book=7)
    clock.move_to(clock.now() + 4.0)
    assert store.renew(lease, 1.0) == store.who(1, 1.0) == lease
    clock.move_to(clock.now() + 4.0)
    assert store.acquire(1, "b", 1.0).why is Refusal.HELD
    assert store.release(lease, 1.0)
    assert store.who(1, 1.0) is None


def test_a_store_that_follows_another_waits():
    store = MemoryStore(4, clock=VirtualClock(), succeeds=True)
    answer = store.acquire(1, "a", 1.0)
    assert isinstance(answer, Refused)
    assert answer.why is Refusal.GRACE


def test_its_number_is_the_time_of_day():
    before = time.time_ns() // 1_000_000
    store = MemoryStore(4)
    assert before <= store.acquire(1, "a", 1.0).book <= time.time_ns() // 1_000_000
