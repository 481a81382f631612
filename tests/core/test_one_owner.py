"""Whatever clocks, network and processes do: a shard has one owner at a time.

A model with a global time that nobody in it knows. Clocks begin anywhere and run as
wrong as the terms allow; messages are late, lost, and arrive at whatever book there is
then; owners are frozen; books start anew.
"""

from __future__ import annotations

import heapq
import itertools
import math
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from ums_actors.core.leasebook import LeaseBook
from ums_actors.core.ownership import (
    Acquire,
    Answered,
    Begin,
    Due,
    End,
    Left,
    Release,
    Renew,
)
from ums_actors.core.tenure import Tenure
from ums_actors.core.terms import Terms

TERMS = Terms(ttl=4.0, margin=0.5, drift=0.05, safety=0.5)
STORM, CALM = 60.0, 30.0


class Clock:
    """Begins anywhere, and is wrong by ``drift`` at most."""

    def __init__(self, chance, drift, world):
        self._world = world
        self._offset = chance.uniform(-1e6, 1e6)
        self._rate = 1 + chance.choice(
            [-drift, 0.0, drift, chance.uniform(-drift, drift)]
        )

    def now(self):
        return self._offset + self._rate * self._world.now

    def when(self, local):
        """Give the global time at which it shows that."""
        return (local - self._offset) / self._rate


class Owner:
    def __init__(self, world, name):
        self.world, self.name = world, name
        self.clock = Clock(world.chance, world.drift, world)
        self.tenure = world.owner_kind(0, name, TERMS, self.clock.now())
        self.frozen_until = 0.0
        self.epoch = 0
        self.begins = 0
        self.timer = 0

    def may_send(self):
        return self.tenure.may_send(self.epoch, self.clock.now())

    def hear(self, event):
        """Take an event, as soon as it is not frozen."""
        world = self.world
        if world.now < self.frozen_until:
            world.at(self.frozen_until, lambda: self.hear(event))
            return
        for action in self.tenure.handle(event, self.clock.now()):
            match action:
                case Acquire(call):
                    world.send(
                        self,
                        call,
                        lambda book: book.acquire(0, self.name, world.book_clock.now()),
                    )
                case Renew(call, lease):
                    world.send(
                        self,
                        call,
                        lambda book, lease=lease: book.renew(
                            lease, world.book_clock.now()
                        ),
                    )
                case Release(lease):
                    world.send(
                        None,
                        0,
                        lambda book, lease=lease: book.release(
                            lease, world.book_clock.now()
                        ),
                    )
                case Begin(epoch):
                    self.epoch = epoch
                    self.begins += 1
                case End():
                    self.epoch = 0
        self.arm()

    def arm(self):
        self.timer += 1
        timer, when = self.timer, self.tenure.next_at
        if when < math.inf:
            late = self.world.chance.choice([0.0, 0.0, 0.3])

            def due():
                if timer == self.timer:
                    self.hear(Due(self.world.chance.random()))

            self.world.at(max(self.world.now, self.clock.when(when)) + late, due)


class World:
    def __init__(self, seed, *, drift=TERMS.drift, owner=Tenure, book=LeaseBook):
        self.chance, self.drift = Random(seed), drift
        self.owner_kind, self.book_kind = owner, book
        self.now, self.stormy = 0.0, True
        self._events, self._order = [], itertools.count()
        self._books = itertools.count(100)
        self.start_book()
        self.owners = [Owner(self, f"owner{n}") for n in range(3)]
        for each in self.owners:
            each.arm()

    def start_book(self):
        self.book_clock = Clock(self.chance, self.drift, self)
        number = next(self._books) * 1000
        self.book = self.book_kind(1, TERMS, number=number, now=self.book_clock.now())

    def at(self, when, call):
        heapq.heappush(self._events, (when, next(self._order), call))

    def latency(self):
        if not self.stormy:
            return 0.01
        return self.chance.choice([0.0, 0.02, 0.5, 2.0, 3.9, 7.0])

    def lost(self):
        return self.stormy and self.chance.random() < 0.2

    def send(self, owner, call, ask):
        """Bring a question to whatever book is there then, and its answer back."""

        def arrive():
            answer = ask(self.book)
            if owner is not None and not self.lost():
                self.at(
                    self.now + self.latency(),
                    lambda: owner.hear(Answered(call, answer, self.chance.random())),
                )

        if not self.lost():
            self.at(self.now + self.latency(), arrive)
        if owner is not None:  # the deadline of the call
            self.at(
                self.now + TERMS.call_timeout,
                lambda: owner.hear(Answered(call, None, self.chance.random())),
            )

    def trouble(self):
        """Let something happen to somebody, now and then."""
        chance = self.chance
        match chance.choice(["freeze", "book", "leave", "nothing"]):
            case "freeze":
                owner = chance.choice(self.owners)
                owner.frozen_until = self.now + chance.choice([0.4, 2.0, 4.0, 9.0])
            case "book":
                self.start_book()
            case "leave" if len(self.owners) < 8:
                chance.choice(self.owners).hear(Left())
                newcomer = Owner(self, f"owner{len(self.owners)}")
                self.owners.append(newcomer)
                newcomer.arm()
            case _:
                pass
        if self.now < STORM:
            self.at(self.now + chance.uniform(0.1, 6.0), self.trouble)

    def senders(self):
        return [owner.name for owner in self.owners if owner.may_send()]

    def run(self, until):
        """Let time pass; give the first instant at which two may send."""
        while self._events and self._events[0][0] <= until:
            self.now, _, call = heapq.heappop(self._events)
            call()
            if len(self.senders()) > 1:
                return self.now, self.senders()
        self.now = until
        return None


SEEDS = st.integers(0, 2**32)


@given(SEEDS)
def test_never_may_two_owners_send_and_in_the_end_one_does(seed):
    world = World(seed)
    world.trouble()
    assert world.run(STORM) is None
    world.stormy = False
    assert world.run(STORM + CALM) is None
    assert len(world.senders()) == 1


@given(SEEDS)
def test_a_new_book_costs_no_owner_its_lease_where_all_is_quick(seed):
    world = World(seed)
    world.stormy = False
    assert world.run(20.0) is None
    (owner,) = world.senders()
    for _ in range(3):
        world.start_book()
        assert world.run(world.now + 10.0) is None
        assert world.senders() == [owner]
    assert sum(each.begins for each in world.owners) == 1


# -- the model can find what it is for


def overlaps(seed, **wrong):
    world = World(seed, **wrong)
    world.trouble()
    return world.run(STORM) is not None


class FromTheAnswer(Tenure):
    """Counts a lease from when the answer came."""

    __slots__ = ()

    def handle(self, event, now):
        if isinstance(event, Answered) and event.call == self._call:
            self._sent = now
        return super().handle(event, now)


class Graceless(LeaseBook):
    """Grants at once, whatever a predecessor granted."""

    __slots__ = ()

    def __init__(self, shards, terms, *, number, now):
        super().__init__(shards, terms, number=number, now=now, succeeds=False)


class Credulous(LeaseBook):
    """Believes what was meant for its predecessor."""

    __slots__ = ()

    def renew(self, lease, now):
        return super().renew(structs.replace(lease, book=self.number), now)


@pytest.mark.parametrize(
    "wrong",
    [
        {"drift": 0.3},
        {"owner": FromTheAnswer},
        {"book": Graceless},
        {"book": Credulous},
    ],
    ids=["clocks", "owner", "graceless", "credulous"],
)
def test_the_model_finds_what_is_wrong(wrong):
    assert any(overlaps(seed, **wrong) for seed in range(2_000))
