from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ums_actors.core.grant import Grant, Refusal, Refused
from ums_actors.core.leasebook import LeaseBook
from ums_actors.core.succession import REMEMBERED, Succession
from ums_actors.core.terms import Terms
from ums_actors.errors import LocalProtocolError

TERMS = Terms(ttl=4.0, margin=1.0)
KEPT = TERMS.kept
START = KEPT
"""Seconds after which a new book grants."""


@pytest.fixture
def book():
    return Succession(LeaseBook(3, TERMS, number=7, now=0.0))


def why(answer):
    return answer.why if isinstance(answer, Refused) else None


def test_the_only_owner_acquires_renews_and_gives_back(book):
    lease = book.acquire(0, "a", START)
    assert isinstance(lease, Grant)
    assert book.who(0, START) == lease
    assert book.renew(lease, START + 3) == lease
    assert book.release(lease, START + 4)
    assert book.who(0, START + 4) is None


def test_a_book_that_is_new_makes_nobody_an_heir(book):
    assert why(book.acquire(0, "a", 0.0)) is Refusal.GRACE
    assert isinstance(book.acquire(0, "b", START), Grant)
    assert isinstance(book.acquire(1, "a", START), Grant)


def test_who_asks_for_what_another_holds_is_the_heir_and_waits_for_its_end(book):
    first = book.acquire(0, "a", START)
    answer = book.acquire(0, "b", START + 1)
    assert why(answer) is Refusal.HELD
    assert answer.retry_after == KEPT - 1
    refused = book.renew(first, START + 2)
    assert (refused.why, refused.owner) == (Refusal.NOT_HELD, "b")
    assert why(book.acquire(0, "b", START + KEPT - 0.1)) is Refusal.HELD
    second = book.acquire(0, "b", START + KEPT)
    assert isinstance(second, Grant)
    assert second.epoch > first.epoch


def test_the_heir_need_not_wait_for_what_is_given_back(book):
    first = book.acquire(0, "a", START)
    book.acquire(0, "b", START + 1)
    assert book.release(first, START + 2)
    assert isinstance(book.acquire(0, "b", START + 2), Grant)


def test_who_was_outlived_does_not_become_the_heir_of_its_heir(book):
    book.acquire(0, "a", START)
    book.acquire(0, "b", START + 1)
    lease = book.acquire(0, "b", START + KEPT)
    late = book.acquire(0, "a", START + KEPT + 1)
    assert (late.why, late.owner) == (Refusal.NOT_HELD, "b")
    assert book.renew(lease, START + KEPT + 2) == lease


def test_an_heir_has_an_heir_itself(book):
    book.acquire(0, "a", START)
    book.acquire(0, "b", START + 1)
    book.acquire(0, "c", START + 2)
    assert why(book.acquire(0, "b", START + 3)) is Refusal.NOT_HELD
    assert isinstance(book.acquire(0, "c", START + KEPT), Grant)


def test_shards_have_their_own_heirs(book):
    book.acquire(0, "a", START)
    lease = book.acquire(1, "a", START)
    book.acquire(0, "b", START + 1)
    assert book.renew(lease, START + 1) == lease


def test_it_does_not_remember_all_who_ever_were(book):
    for number in range(REMEMBERED + 3):
        book.acquire(0, f"owner-{number}", START)
    assert len(book._outlived[0]) == REMEMBERED


def test_a_shard_that_is_not_there_is_refused(book):
    with pytest.raises(LocalProtocolError, match="shard=3 is not in this lease book"):
        book.acquire(3, "a", START)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["acquire", "renew", "release"]),
            st.integers(0, 3),
            st.floats(0, KEPT),
        ),
        max_size=40,
    )
)
def test_a_lease_is_granted_only_after_the_end_of_the_last(calls):
    """And whoever was refused a renewal for an heir never gets one again."""
    book = Succession(LeaseBook(1, TERMS, number=7, now=0.0))
    now, holder, until = START, None, START
    leases, outlived = {}, set()
    for call, number, later in calls:
        now += later
        owner = f"owner-{number}"
        if call == "acquire":
            answer = book.acquire(0, owner, now)
            if isinstance(answer, Grant):
                assert owner not in outlived
                assert holder in (None, owner) or now >= until
                holder, until = owner, now + KEPT
                leases[owner] = answer
        elif owner in leases and call == "renew":
            answer = book.renew(leases[owner], now)
            if isinstance(answer, Grant):
                assert (holder, owner in outlived) == (owner, False)
                until = now + KEPT
            elif answer.owner not in ("", owner) and now < until and holder == owner:
                outlived.add(owner)
        elif owner in leases and book.release(leases[owner], now):
            assert holder == owner
            holder = None
