from __future__ import annotations

import pytest

from ums_actors.core.grant import Grant, Refusal, Refused
from ums_actors.core.leasebook import MOST_SHARDS, LeaseBook
from ums_actors.core.terms import Terms
from ums_actors.errors import LocalProtocolError

TERMS = Terms(ttl=4.0, margin=1.0)
NUMBER = 1000
GRACE = TERMS.kept


def a_book(number=NUMBER, now=0.0):
    return LeaseBook(3, TERMS, number=number, now=now)


@pytest.fixture
def book():
    """A book that is out of its grace at second 10."""
    return a_book()


def refusal(answer):
    assert isinstance(answer, Refused)
    return answer.why, answer.owner, answer.retry_after


def test_a_lease_is_one_owners_until_it_ends(book):
    first = book.acquire(1, "a", 10.0)
    assert first == Grant(shard=1, owner="a", epoch=NUMBER + 1, book=NUMBER)
    assert refusal(book.acquire(1, "b", 14.0)) == (Refusal.HELD, "a", 1.0)
    assert book.who(1, 14.9) == first
    assert book.who(1, 15.0) is None
    second = book.acquire(1, "b", 15.0)
    assert second.epoch > first.epoch
    assert refusal(book.renew(first, 15.0)) == (Refusal.NOT_HELD, "b", 5.0)


def test_a_renewal_counts_from_when_the_book_gets_it(book):
    lease = book.acquire(1, "a", 10.0)
    assert book.renew(lease, 13.0) == lease
    assert refusal(book.acquire(1, "b", 17.0)) == (Refusal.HELD, "a", 1.0)
    assert refusal(book.renew(lease, 18.0)) == (Refusal.NOT_HELD, "", 0.0)


def test_shards_do_not_know_of_each_other(book):
    assert len(book) == 3
    owners = [book.acquire(shard, f"o{shard}", 10.0).owner for shard in range(3)]
    assert owners == ["o0", "o1", "o2"]


def test_who_asks_again_gets_it_with_another_epoch(book):
    first = book.acquire(1, "a", 10.0)
    second = book.acquire(1, "a", 11.0)
    assert second.epoch > first.epoch
    assert refusal(book.renew(first, 11.0)) == (Refusal.NOT_HELD, "a", 5.0)
    assert not book.release(first, 11.0)
    assert book.renew(second, 11.0) == second


def test_what_is_given_back_is_free_at_once(book):
    lease = book.acquire(1, "a", 10.0)
    assert book.release(lease, 11.0)
    assert not book.release(lease, 11.0)
    assert book.acquire(1, "b", 11.0).epoch > lease.epoch


def test_a_new_book_grants_nothing_until_its_predecessors_leases_have_ended(book):
    assert refusal(book.acquire(1, "a", 1.0)) == (Refusal.GRACE, "", 4.0)
    assert isinstance(book.acquire(1, "a", GRACE), Grant)


def test_a_first_book_grants_at_once():
    first = LeaseBook(3, TERMS, number=NUMBER, now=0.0, succeeds=False)
    assert isinstance(first.acquire(1, "a", 0.0), Grant)
    claim = Grant(shard=2, owner="a", epoch=5, book=NUMBER)
    assert refusal(first.renew(claim, 0.0)) == (Refusal.NOT_HELD, "", 0.0)


def test_a_new_book_learns_from_who_renews_with_its_number():
    lease = a_book().acquire(1, "a", 10.0)
    later = a_book(number=NUMBER + 50, now=11.0)
    assert refusal(later.renew(lease, 12.0)) == (Refusal.OTHER_BOOK, "", 0.0)
    assert later.who(1, 12.0) is None
    claim = Grant(shard=1, owner="a", epoch=lease.epoch, book=NUMBER + 50)
    assert later.renew(claim, 12.0) == claim
    assert refusal(later.acquire(1, "b", 12.0)) == (Refusal.HELD, "a", 5.0)
    assert later.acquire(2, "b", 16.0).epoch > NUMBER + 50


def test_the_first_claim_in_a_new_book_wins(book):
    def claim(owner, epoch):
        return Grant(shard=1, owner=owner, epoch=epoch, book=NUMBER)

    assert book.renew(claim("a", 5), 1.0) == claim("a", 5)
    assert refusal(book.renew(claim("b", 6), 1.0)) == (Refusal.NOT_HELD, "a", 5.0)


def test_after_its_grace_a_book_believes_no_claim(book):
    claim = Grant(shard=1, owner="a", epoch=5, book=NUMBER)
    assert refusal(book.renew(claim, GRACE)) == (Refusal.NOT_HELD, "", 0.0)


def test_epochs_are_greater_than_any_that_was_claimed(book):
    claim = Grant(shard=1, owner="a", epoch=NUMBER + 77, book=NUMBER)
    book.renew(claim, 1.0)
    assert book.acquire(2, "b", GRACE).epoch == NUMBER + 78


def test_its_time_does_not_go_back(book):
    book.acquire(1, "a", 20.0)
    assert refusal(book.acquire(1, "b", 3.0)) == (Refusal.HELD, "a", 5.0)


@pytest.mark.parametrize("shard", [-1, 3, 1.0, True, None, "1"])
def test_what_is_no_shard_of_it_is_refused(book, shard):
    with pytest.raises(LocalProtocolError, match="0 to 2"):
        book.acquire(shard, "a", 10.0)


@pytest.mark.parametrize("owner", ["", None, "a\n", "x" * 600])
def test_what_is_no_name_of_an_owner_is_refused(book, owner):
    with pytest.raises(LocalProtocolError, match="owner"):
        book.acquire(1, owner, 10.0)
    with pytest.raises(LocalProtocolError, match="owner"):
        book.renew(Grant(shard=1, owner=owner, epoch=1, book=NUMBER), 10.0)


def test_what_is_no_epoch_is_refused(book):
    with pytest.raises(LocalProtocolError, match="epoch"):
        book.renew(Grant(shard=1, owner="a", epoch=0, book=NUMBER), 1.0)


@pytest.mark.parametrize("shards", [0, MOST_SHARDS + 1, 2.0])
def test_the_number_of_shards_has_bounds(shards):
    with pytest.raises(LocalProtocolError, match="shards"):
        LeaseBook(shards, TERMS, number=0, now=0.0)


def test_the_number_of_a_book_is_a_whole_one():
    with pytest.raises(LocalProtocolError, match="number"):
        LeaseBook(1, TERMS, number=-1, now=0.0)
