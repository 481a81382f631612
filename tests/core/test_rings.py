from __future__ import annotations

import itertools
from collections import defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ums_actors.core.rings import GONE, RingBook
from ums_actors.protocol.routing import RingDetails

ENDED = ["ACCEPTED", "REJECTED", "EXPIRED", "CANCELLED", "AUTO_ACCEPT"]


def details(ring_id="r", state="WAITING", conversation="c"):
    return RingDetails(ring_id=ring_id, ring_state=state, conv_id=conversation)


class Book:
    """A book whose rings are their ids, and whose news are short."""

    def __init__(self, limit=10_000):
        self.book = RingBook(limit)

    def tell(self, *states, ring_id="r", source="s"):
        found = []
        for state in states:
            found += self.book.announced(
                details(ring_id, state), source, lambda it: it.ring_id
            )
        return short(found)

    def delete(self, state, ring_id="r"):
        return short(self.book.withdrawn(details(ring_id, state), "s"))


def short(news):
    return [(each.ring, each.state, each.offered) for each in news]


OFFER = ("r", "WAITING", True)


@pytest.mark.parametrize(
    ("told", "news"),
    [
        (["WAITING"], [OFFER]),
        (["WAITING", "WAITING"], [OFFER]),
        (["WAITING", "ACCEPTED", "ACCEPTED"], [OFFER, ("r", "ACCEPTED", False)]),
        (["WAITING", "EXPIRED", "WAITING"], [OFFER, ("r", "EXPIRED", False)]),
        (["EXPIRED"], []),
        (["EXPIRED", "WAITING"], []),
        (["AUTO_ACCEPT", "ACCEPTED"], []),
        (["SLEEPING"], []),
        (["SLEEPING", "WAITING"], [OFFER]),
        (
            ["WAITING", "SLEEPING", "WAITING"],
            [OFFER, ("r", "SLEEPING", False), ("r", "WAITING", False)],
        ),
        (["WAITING", "", "WAITING"], [OFFER]),
        (["", "WAITING"], [OFFER]),
        (
            ["WAITING", "AUTO_ACCEPT", "ACCEPTED"],
            [OFFER, ("r", "AUTO_ACCEPT", False), ("r", "ACCEPTED", False)],
        ),
    ],
)
def test_what_is_told_of_a_ring_is_news_once(told, news):
    assert Book().tell(*told) == news


@pytest.mark.parametrize("ended", ENDED)
def test_a_ring_that_has_ended_does_not_come_back(ended):
    book = Book()
    book.tell("WAITING", ended)
    assert book.tell("WAITING", "SLEEPING") == []
    assert book.book.stale == 2


def test_the_server_having_taken_our_answer_is_told_before_it_says_so_itself():
    book = Book()
    book.tell("WAITING")
    assert short(book.book.answered("r", "ACCEPTED")) == [("r", "ACCEPTED", False)]
    assert book.tell("ACCEPTED") == []
    assert short(book.book.answered("r", "ACCEPTED")) == []
    assert short(book.book.answered("unknown", "ACCEPTED")) == []


def test_what_a_snapshot_does_not_show_any_more_is_gone_and_told_once():
    book = Book()
    book.tell("WAITING", ring_id="gone")
    book.tell("WAITING", ring_id="kept")
    book.tell("WAITING", ring_id="other", source="t")
    book.book.line_lost()
    assert book.tell("WAITING", ring_id="kept") == []
    assert short(book.book.snapshot_seen("s")) == [("gone", GONE, False)]
    assert short(book.book.snapshot_seen("s")) == []
    assert short(book.book.snapshot_seen("t")) == [("other", GONE, False)]


def test_all_that_a_snapshot_or_a_conversation_has_no_more_are_gone():
    both = [("a", GONE, False), ("b", GONE, False)]
    book = Book()
    for name in "ab":
        book.tell("WAITING", ring_id=name)
    assert short(book.book.conversation_withdrawn("c")) == both
    book = Book()
    for name in "ab":
        book.tell("WAITING", ring_id=name)
    book.book.line_lost()
    assert short(book.book.snapshot_seen("s")) == both


def test_a_ring_is_of_the_subscription_that_told_of_it_last():
    book = Book()
    book.tell("WAITING")
    book.tell("WAITING", source="t")
    book.book.line_lost()
    assert short(book.book.snapshot_seen("s")) == []
    assert short(book.book.snapshot_seen("t")) == [("r", GONE, False)]


def test_a_ring_that_was_never_doubted_is_kept_by_a_snapshot_without_it():
    book = Book()
    book.tell("WAITING")
    assert short(book.book.snapshot_seen("s")) == []
    book.book.line_lost()
    book.tell("WAITING")
    assert short(book.book.snapshot_seen("s")) == []


def test_a_ring_that_came_on_the_new_line_before_its_snapshot_is_not_gone():
    book = Book()
    book.book.line_lost()
    book.tell("WAITING")
    assert short(book.book.snapshot_seen("s")) == []


def test_what_ended_before_the_line_was_lost_is_not_told_as_gone():
    book = Book()
    book.tell("WAITING", "ACCEPTED")
    book.book.line_lost()
    assert short(book.book.snapshot_seen("s")) == []


@pytest.mark.parametrize("truth", ["WAITING", "ACCEPTED", "EXPIRED"])
def test_the_servers_word_corrects_the_guess_that_a_ring_is_gone(truth):
    book = Book()
    book.tell("WAITING")
    book.book.line_lost()
    book.book.snapshot_seen("s")
    assert book.tell(truth) == [("r", truth, False)]
    assert book.book.stale == 0


def test_a_guess_that_is_confirmed_is_a_guess_no_more():
    book = Book()
    book.tell("WAITING")
    book.book.line_lost()
    book.book.snapshot_seen("s")
    assert book.tell(GONE, "WAITING") == []


@pytest.mark.parametrize(
    ("said", "news"),
    [
        ("ACCEPTED", [("r", "ACCEPTED", False)]),
        ("WAITING", [("r", GONE, False)]),
        ("", [("r", GONE, False)]),
    ],
)
def test_a_deleted_ring_has_ended_as_it_says_or_is_gone(said, news):
    book = Book()
    book.tell("WAITING")
    assert book.delete(said) == news
    assert book.delete(said) == []


def test_a_deleted_ring_that_nobody_was_offered_is_no_news_and_not_offered_later():
    book = Book()
    assert book.delete("WAITING") == []
    assert len(book.book) == 0
    assert book.delete("EXPIRED") == []
    assert book.tell("WAITING") == []


def test_a_deleted_conversation_takes_its_open_rings_along():
    book = Book()
    book.tell("WAITING", "REJECTED", ring_id="one")
    book.tell("WAITING", ring_id="two")
    found = short(book.book.conversation_withdrawn("c"))
    assert found == [("two", GONE, False)]
    assert book.book.conversation_withdrawn("unknown") == []


def test_the_rings_of_a_conversation_are_those_that_were_offered():
    book = Book()
    book.tell("EXPIRED", ring_id="one")
    book.tell("WAITING", ring_id="two")
    book.tell("WAITING", "EXPIRED", ring_id="three")
    assert book.book.of_conversation("c") == ["two", "three"]
    assert book.book.of_conversation("d") == []


def test_room_is_made_by_forgetting_what_ended_longest_ago():
    book = Book(limit=3)
    for ring_id in ("a", "b", "c"):
        book.tell("WAITING", ring_id=ring_id)
    book.tell("EXPIRED", ring_id="c")
    book.tell("EXPIRED", ring_id="b")
    book.tell("WAITING", ring_id="d")
    book.tell("WAITING", ring_id="e")
    assert book.book.of_conversation("c") == ["a", "d", "e"]
    assert book.tell("WAITING", ring_id="a") == []
    assert (len(book.book), book.book.waiting, book.book.evicted) == (3, 3, 2)


def test_if_none_has_ended_the_oldest_is_forgotten():
    book = Book(limit=2)
    for ring_id in ("a", "b", "c"):
        book.tell("WAITING", ring_id=ring_id)
    assert book.book.of_conversation("c") == ["b", "c"]


IDS = st.sampled_from(["r1", "r2", "r3"])
STATES = st.sampled_from(["WAITING", "SLEEPING", "", *ENDED])
SOURCES = st.sampled_from(["s", "t"])
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("announced"), IDS, STATES, SOURCES),
        st.tuples(st.just("announced"), IDS, st.just("WAITING"), SOURCES),
        st.tuples(st.just("withdrawn"), IDS, STATES, SOURCES),
        st.tuples(st.just("answered"), IDS, st.sampled_from(ENDED[:2])),
        st.tuples(st.just("line_lost")),
        st.tuples(st.just("snapshot_seen"), SOURCES),
        st.tuples(st.just("conversation_withdrawn"), IDS),
    ),
    max_size=60,
)


def play(book, steps):
    """Do the steps; give (step, its news) of each."""
    for name, *arguments in steps:
        act = getattr(book, name)
        if name == "answered" and not book.of_conversation(arguments[0]):
            continue  # only who was offered it can answer
        if name in ("announced", "withdrawn"):
            ring_id, state, source = arguments
            told = details(ring_id, state, conversation=ring_id)
            more = [lambda it: it.ring_id] if name == "announced" else []
            yield (name, *arguments), short(act(told, source, *more))
        else:
            news = act(*arguments)
            yield (name, *arguments), short(news or [])


@given(STEPS)
def test_each_ring_is_offered_once_and_first_and_each_change_told_once(steps):
    told = defaultdict(list)
    for _, news in play(RingBook(), steps):
        for ring, state, offered in news:
            assert offered is (not told[ring])
            told[ring].append(state)
    for states in told.values():
        assert states[0] == "WAITING"
        assert all(a != b for a, b in itertools.pairwise(states))


@given(STEPS)
def test_what_the_server_said_has_ended_is_never_open_again(steps):
    over = set()
    for (name, *arguments), news in play(RingBook(), steps):
        for ring, state, _ in news:
            assert state in ENDED or ring not in over
        if name in ("announced", "withdrawn", "answered") and arguments[1] in ENDED:
            over.add(arguments[0])


@given(STEPS)
def test_a_ring_is_offered_as_soon_as_it_waits_unless_it_has_ended(steps):
    seen, over = set(), set()
    for (name, *arguments), news in play(RingBook(), steps):
        offered = {ring for ring, _, first in news if first}
        if name == "announced":
            ring_id, state, _ = arguments
            wanted = state == "WAITING" and ring_id not in seen | over
            assert offered == ({ring_id} if wanted else set())
            seen |= offered
        else:
            assert not offered
        if name in ("announced", "withdrawn") and arguments[1] in ENDED:
            over.add(arguments[0])


@given(STEPS, st.integers(1, 3))
def test_it_never_knows_more_than_its_limit(steps, limit):
    book = RingBook(limit)
    for _ in play(book, steps):
        assert len(book) <= limit
        known = [*book._open.values(), *book._ended.values()]
        indexed = [each for rings in book._by_conversation.values() for each in rings]
        assert {id(each) for each in known} == {id(each) for each in indexed}
