"""The lease book as an actor of Ray: found by name, and started again."""

from __future__ import annotations

import os
import signal

import pytest

from ums_actors.cluster.book import Book
from ums_actors.cluster.engine import NAMESPACE
from ums_actors.cluster.names import book_name
from ums_actors.cluster.ray_store import RayStore
from ums_actors.core.grant import Grant, Refusal, Refused
from ums_actors.core.terms import Terms
from ums_actors.errors import LeaseStoreError

pytestmark = [pytest.mark.ray, pytest.mark.timeout(120)]
TERMS = Terms(ttl=1.0, margin=0.5, safety=0.2)
LONG = 30.0


class WithPid(Book):
    def pid(self):
        return os.getpid()


@pytest.fixture
def book(machines):
    import ray

    actor = (
        ray.remote(WithPid)
        .options(
            name=book_name("b"),
            namespace=NAMESPACE,
            lifetime="detached",
            max_restarts=-1,
            num_cpus=0,
            resources={"node:__internal_head__": 0.001},
        )
        .remote(4, TERMS)
    )
    yield actor
    ray.kill(actor)


@pytest.fixture
def acquired(eventually):
    """Acquire until it is granted: a book that is new grants nothing at first."""

    def acquire(store, shard, owner):
        found = []

        def granted():
            try:
                found.append(store.acquire(shard, owner, LONG))
            except LeaseStoreError:
                return False
            return isinstance(found[-1], Grant)

        eventually(granted)
        return found[-1]

    return acquire


def test_a_store_without_a_book_says_so(machines):
    with pytest.raises(LeaseStoreError, match="the lease book of 'nobody' gave no"):
        RayStore("nobody").who(0, LONG)


def test_a_lease_is_had_renewed_and_given_back(book, acquired):
    store = RayStore("b")
    lease = acquired(store, 2, "one")
    assert store.who(2, LONG) == lease
    assert store.renew(lease, LONG) == lease
    assert store.release(lease, LONG)
    assert store.who(2, LONG) is None


def test_who_comes_later_is_the_heir_and_the_first_is_refused(book, acquired):
    store = RayStore("b")
    first = acquired(store, 0, "first")
    refused = store.acquire(0, "second", LONG)
    assert isinstance(refused, Refused)
    assert refused.why is Refusal.HELD
    assert store.renew(first, LONG).why is Refusal.NOT_HELD
    second = acquired(store, 0, "second")
    assert second.epoch > first.epoch


def test_a_book_that_was_killed_is_back_and_lets_who_holds_a_lease_renew(
    book, acquired, eventually
):
    import ray

    store = RayStore("b")
    lease = acquired(store, 1, "one")
    os.kill(ray.get(book.pid.remote(), timeout=LONG), signal.SIGKILL)
    answers = []

    def answered():
        try:
            answers.append(store.acquire(1, "two", LONG))
        except LeaseStoreError:
            return False
        return True

    eventually(answered)
    assert answers[-1].book > lease.book
