from __future__ import annotations

import importlib.util
import random
import threading
from pathlib import Path

import pytest

from ums_actors.cluster.keeper import Keeper
from ums_actors.cluster.memory import MemoryStore
from ums_actors.errors import LocalProtocolError

_path = Path(__file__).parent / "conftest.py"
_spec = importlib.util.spec_from_file_location("cluster_fixtures", _path)
assert _spec is not None
assert _spec.loader is not None
_module = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_module)

GENEROUS, QUICK, TERMS = _module.GENEROUS, _module.QUICK, _module.TERMS
Moody, Told, silent = _module.Moody, _module.Told, _module.silent
LATE = "the lease was not renewed in time"


def test_it_gets_the_lease_and_renews_it_for_ever(virtual):
    keeper, told = virtual.keeper()
    assert keeper.tenure.epoch == 0
    keeper.start()
    keeper.start()
    virtual.pass_time(0.1)
    assert told.all == [("granted", 101)]
    for _ in range(100):
        virtual.pass_time(1.0)
        assert keeper.tenure.may_send(101)
    assert told.all == [("granted", 101)]
    assert set(virtual.store.calls) == {"acquire", "renew"}
    assert 100 / TERMS.ttl * 3 < len(virtual.store.calls) < 100 / TERMS.ttl * 4


def test_a_store_that_hangs_costs_the_lease_and_no_safety(virtual):
    keeper, told = virtual.keeper()
    keeper.start()
    virtual.pass_time(1.0)
    ends = []
    keeper.tenure.at_end(101, "key", lambda: ends.append(virtual.now()))
    began = virtual.now()
    virtual.store.mood = virtual.hang
    assert virtual.pass_time(TERMS.ttl, lambda: len(told.all) == 2)
    assert told.all[1] == ("lost", 101, LATE)
    assert keeper.tenure.may_send(101)  # to say goodbye
    assert virtual.pass_time(TERMS.ttl, lambda: bool(ends))
    assert ends[0] <= began + TERMS.ttl
    assert not keeper.tenure.may_send(101)
    virtual.store.mood = lambda: None
    assert virtual.pass_time(70.0, lambda: len(told.all) == 3)
    assert told.words() == ["granted", "lost", "granted"]
    assert told.all[2][1] > 101
    assert not keeper.tenure.may_send(101)


def test_a_second_owner_waits_until_the_first_can_do_nothing_any_more(virtual):
    first, lost = virtual.keeper()
    first.start()
    virtual.pass_time(1.0)
    second, won = virtual.keeper(store=virtual.store.store)
    second.start()
    virtual.pass_time(20.0)
    assert won.all == []
    virtual.store.mood = silent
    for _ in range(200):
        virtual.pass_time(0.05)
        may = [each.tenure.may_send(each.tenure.epoch) for each in (first, second)]
        assert sum(may) <= 1
    assert (lost.words(), won.words()) == (["granted", "lost"], ["granted"])


def test_one_whose_machine_sleeps_sends_nothing_when_it_awakes(virtual):
    keeper, told = virtual.keeper()
    keeper.start()
    virtual.pass_time(1.0)
    virtual.world.stall(30.0)
    virtual.pass_time(30.0 - 0.01)
    assert not keeper.tenure.may_send(101)  # though nobody could tell it
    assert told.words() == ["granted"]
    virtual.pass_time(10.0)
    assert told.words() == ["granted", "lost", "granted"]


def test_a_new_book_costs_no_lease(virtual):
    keeper, told = virtual.keeper()
    keeper.start()
    virtual.pass_time(1.0)
    for number in (200, 300):
        virtual.store.store = MemoryStore(
            4, TERMS, clock=virtual.world.clock, number=number, succeeds=True
        )
        virtual.pass_time(20.0)
        assert virtual.store.who(1, 1.0).epoch == 101
        assert virtual.store.who(1, 1.0).book == number
    assert told.words() == ["granted"]


def test_what_the_book_has_otherwise_is_lost_at_once(virtual):
    keeper, told = virtual.keeper()
    keeper.start()
    virtual.pass_time(1.0)
    lease = virtual.store.who(1, 1.0)
    assert virtual.store.store.release(lease, 1.0)
    virtual.store.store.acquire(1, "thief", 1.0)
    virtual.pass_time(2.0)
    assert told.all[1] == ("lost", 101, "the lease book has it otherwise (thief)")
    assert keeper.tenure.epoch == 0


def test_who_gives_back_is_not_told_of_a_loss_and_the_next_need_not_wait(virtual):
    first, told = virtual.keeper()
    first.start()
    virtual.pass_time(1.0)
    ended = []
    first.tenure.at_end(101, "key", lambda: ended.append(1))
    leaving = first.release()
    assert not first.tenure.may_send(101)
    assert first.release() is leaving
    second, won = virtual.keeper()
    second.start()
    virtual.pass_time(0.5)
    assert leaving.get(timeout=0) is None
    assert ended == [1]
    virtual.pass_time(2.0)
    assert (told.words(), won.words()) == (["granted"], ["granted"])
    with pytest.raises(LocalProtocolError, match="make a new one"):
        first.start()


def test_what_is_granted_to_one_that_has_left_is_given_back(virtual):
    keeper, told = virtual.keeper()
    virtual.store.mood = lambda: virtual.world.effort.spend(0.5)
    keeper.start()
    virtual.pass_time(0.1)
    leaving = keeper.release()
    virtual.pass_time(0.1)
    assert not leaving.done()
    virtual.pass_time(2.0)
    assert leaving.done()
    assert (told.all, virtual.store.calls) == ([], ["acquire", "release"])
    assert virtual.store.who(1, 1.0) is None


def test_one_that_leaves_empty_handed_has_nobody_to_tell(virtual):
    keeper, _ = virtual.keeper()
    virtual.store.mood = silent
    keeper.start()
    virtual.pass_time(1.0)
    calls = len(virtual.store.calls)
    leaving = keeper.release()
    virtual.pass_time(5.0)
    assert leaving.done()
    assert len(virtual.store.calls) <= calls + 1


def test_a_store_that_is_gone_keeps_nobody_from_leaving(virtual):
    keeper, _ = virtual.keeper()
    keeper.start()
    virtual.pass_time(1.0)
    virtual.store.mood = virtual.hang
    leaving = keeper.release()
    virtual.pass_time(2 * TERMS.call_timeout + 0.1)
    assert leaving.done()


def test_one_that_was_not_started_leaves_at_once(virtual):
    keeper, _ = virtual.keeper()
    assert keeper.release().get(timeout=0) is None


def test_an_owner_that_raises_keeps_its_lease(virtual, caplog):
    def refuse(*_):
        raise KeyError("secret")

    keeper, _ = virtual.keeper(granted=refuse, lost=refuse)
    keeper.start()
    virtual.pass_time(20.0)
    assert keeper.tenure.may_send(101)
    assert [record.message for record in caplog.records] == ["lease.callback_failed"]


@pytest.mark.parametrize("wrong", [{"shard": -1}, {"shard": "1"}, {"owner": ""}])
def test_what_is_no_shard_or_owner_is_refused(wrong):
    settings = {"shard": 1, "owner": "a", **wrong}
    told = Told()
    with pytest.raises(LocalProtocolError, match=next(iter(wrong))):
        Keeper(MemoryStore(4), granted=told.granted, lost=told.lost, **settings)


# -- with threads


@pytest.fixture
def made():
    keepers = []

    def make(store, terms=TERMS, **more):
        told = Told()
        keeper = Keeper(
            store, 1, granted=told.granted, lost=told.lost, terms=terms, **more
        )
        keepers.append(keeper)
        return keeper, told

    yield make
    for keeper in keepers:
        assert keeper.close(GENEROUS)


def test_a_keeper_has_a_thread_of_its_own_and_leaves_none(made):
    store = MemoryStore(4, TERMS)
    keeper, told = made(store, random=random.Random(1))
    keeper.start()
    told.wait("granted")
    assert keeper.tenure.may_send(keeper.tenure.epoch)
    assert store.who(1, 1.0).owner == keeper.owner
    assert keeper.close(GENEROUS)
    assert store.who(1, 1.0) is None
    assert keeper.close(GENEROUS)
    assert keeper.tenure.epoch == 0


def test_a_store_that_hangs_does_not_hold_the_keeper(made):
    store, free = Moody(MemoryStore(4, QUICK)), threading.Event()
    keeper, told = made(store, terms=QUICK)
    keeper.start()
    told.wait("granted")
    ended = threading.Event()
    keeper.tenure.at_end(keeper.tenure.epoch, "key", ended.set)
    store.mood = lambda: free.wait(GENEROUS)
    told.wait("lost")
    assert ended.wait(GENEROUS)
    assert keeper.tenure.epoch == 0
    store.mood = lambda: None
    free.set()
    told.wait("granted")


def test_one_that_was_never_started_gives_its_descriptors_back(made):
    keeper, told = made(MemoryStore(4, TERMS))
    assert keeper.close(GENEROUS)
    assert told.all == []


def test_the_next_keeper_takes_over_when_one_closes(made):
    store = MemoryStore(4, TERMS)
    first, told = made(store)
    second, won = made(store)
    first.start()
    told.wait("granted")
    second.start()
    assert first.close(GENEROUS)
    won.wait("granted")
    assert won.all[0][1] > told.all[0][1]


def test_closing_one_that_hangs_has_a_deadline(made, eventually):
    store, free = Moody(MemoryStore(4, TERMS)), threading.Event()
    store.mood = lambda: free.wait(GENEROUS)
    keeper, _ = made(store)
    keeper.start()
    eventually(lambda: store.calls)
    assert not keeper.close(0.2)
    free.set()
