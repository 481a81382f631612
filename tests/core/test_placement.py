from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ums_actors.core.placement import Move, plan, shard_of
from ums_actors.errors import LocalProtocolError

GOLDEN = {
    ("12345678", "bot1", 64): 28,
    ("12345678", "bot2", 64): 27,
    ("12345678", "bot1", 256): 92,
    ("87654321", "bot1", 64): 62,
    ("12345678", "agent ä", 1024): 520,
}
"""They are for ever: another shard is another owner."""


@pytest.mark.parametrize(("agent", "shard"), GOLDEN.items())
def test_the_shard_of_an_agent_never_changes(agent, shard):
    assert shard_of(*agent) == shard


@given(st.integers(1, 64), st.sampled_from("abc"), st.integers(0, 999))
def test_a_shard_is_one_of_those_there_are(shards, account, number):
    shard = shard_of(account, f"bot{number}", shards)
    assert 0 <= shard < shards
    assert shard == shard_of(account, f"bot{number}", shards)


def test_agents_are_spread_over_all_shards():
    found = Counter(shard_of("12345678", f"bot{n}", 64) for n in range(10_000))
    assert len(found) == 64
    assert max(found.values()) < 1.4 * min(found.values()) + 40


def test_account_and_user_are_not_mixed_up():
    shards = {shard_of("a", "bc", 2**32), shard_of("ab", "c", 2**32)}
    assert len(shards) == 2


@pytest.mark.parametrize(
    ("account", "user", "shards", "named"),
    [
        ("", "bot", 4, "account_id"),
        ("a", "", 4, "user"),
        ("a\0b", "c", 4, "account_id"),
        ("a", "b", 0, "shards"),
    ],
)
def test_what_is_no_agent_is_refused(account, user, shards, named):
    with pytest.raises(LocalProtocolError, match=named):
        shard_of(account, user, shards)


def test_nothing_moves_that_is_even():
    assert plan({0: "a", 1: "b", 2: "a"}, ["a", "b"]) == ()
    assert plan({}, []) == ()


def test_a_new_worker_gets_its_share_and_no_more_moves_than_that():
    placed = dict.fromkeys(range(4), "a")
    assert plan(placed, ["a", "b"]) == (Move(2, "a", "b"), Move(3, "a", "b"))


def test_the_shards_of_one_that_is_gone_come_first():
    placed = {0: "a", 1: "a", 2: "a", 3: "gone", 4: None}
    moves = plan(placed, ["a", "b"])
    assert moves == (Move(3, None, "b"), Move(4, None, "b"))
    placed[5] = "a"
    assert plan(placed, ["a", "b"])[-1] == Move(5, "a", "b")


def test_without_workers_there_is_no_plan():
    with pytest.raises(LocalProtocolError, match="no worker"):
        plan({0: None}, [])


WORKERS = st.sampled_from([None, "a", "b", "c", "d", "gone"])


@given(
    st.dictionaries(st.integers(0, 40), WORKERS, max_size=40),
    st.sets(st.sampled_from("abcd"), min_size=1),
)
def test_after_a_plan_all_is_even_and_no_plan_has_fewer_moves(placed, workers):
    moves = plan(placed, workers)
    after = dict(placed)
    for move in moves:
        assert move.source in (None, placed[move.shard])
        after[move.shard] = move.target
    assert set(after.values()) <= workers
    has = Counter(after.values())
    counts = sorted(has[worker] for worker in workers)
    assert counts[-1] - counts[0] <= 1
    assert plan(after, workers) == ()
    # the fewest: what nobody has, and what is beyond an even share
    before = Counter(worker for worker in placed.values() if worker in workers)
    each, more = divmod(len(placed), len(workers))
    rich = sorted((before[worker] for worker in workers), reverse=True)
    kept = sum(min(has, each + (rank < more)) for rank, has in enumerate(rich))
    assert len(moves) == len({move.shard for move in moves}) == len(placed) - kept
