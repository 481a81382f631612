from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ums_actors.core.completion import (
    CUT_FROM,
    EQUAL_TIMES,
    NO_ROOM,
    NO_TIMES,
    OVERLAP,
    SNAPSHOT_LIMIT,
    TOO_MANY,
    Completion,
    Step,
    most_children,
)

HOUR = 3_600_000
NOW = 1_000 * HOUR
SIZES = [0, 1, 899, 900, 999, 1000, 1001, 1899, 1900, 2600]


def conversations(*times):
    return {f"c{number}": at for number, at in enumerate(times)}


class Service:
    """What the service has, and how it shows it: the latest first, and not all."""

    def __init__(self, known, limit=SNAPSHOT_LIMIT, *, inclusive=True):
        self.known = known
        self.limit = limit
        self.asked = []
        self.until = 0 if inclusive else -1

    def snapshot(self, before=None):
        self.asked.append(before)
        end = None if before is None else before + self.until
        found = [it for it in self.known.items() if end is None or it[1] <= end]
        found.sort(key=lambda it: it[1], reverse=True)
        return found[: self.limit]


def complete(service, room=10_000, before=None, meanwhile=lambda *_: None):
    """Do what is said until there is nothing more; give the last step and the rest."""
    completion, opened = Completion(room, before), []
    snapshot = service.snapshot(before)
    opened += [name for name, _ in snapshot]
    step = completion.begins(snapshot)
    while step.before is not None:
        meanwhile(completion, step)
        snapshot = service.snapshot(step.before)
        opened += [name for name, at in snapshot if completion.news(name, at)]
        step = completion.continues(snapshot)
    return step, completion, opened


# -- what comes out of it


@pytest.mark.parametrize("size", SIZES)
def test_all_are_known_in_the_end_and_each_is_opened_once(size):
    service = Service(conversations(*[NOW - number * 1000 for number in range(size)]))
    step, completion, opened = complete(service)
    assert step.whole
    assert sorted(opened) == sorted(service.known)
    assert completion.shown == service.known


def test_a_short_snapshot_needs_nothing_more():
    service = Service(conversations(*range(CUT_FROM - 1)))
    step, completion, _ = complete(service)
    assert (step.whole, completion.children, service.asked) == (True, 0, [None])


def test_a_child_reaches_a_little_into_what_is_known():
    oldest = NOW - 999 * 60_000
    service = Service(conversations(*[NOW - n * 60_000 for n in range(1500)]))
    step, _, _ = complete(service)
    assert step.whole
    assert service.asked == [None, oldest + OVERLAP]


def test_where_many_have_changed_together_it_reaches_less_far():
    service = Service(conversations(*[NOW - number for number in range(2600)]))
    step, completion, opened = complete(service)
    assert step.whole
    assert completion.children == 4  # about 500 new ones each, and the rest
    assert len(opened) == 2600


@pytest.mark.parametrize("inclusive", [True, False])
@pytest.mark.parametrize("together", [1, 200, 400])
def test_it_does_not_matter_whether_a_bound_is_inclusive(inclusive, together):
    times = [NOW - number // together for number in range(2600)]
    service = Service(conversations(*times), inclusive=inclusive)
    step, _, opened = complete(service)
    assert step.whole
    assert len(opened) == 2600


def test_a_block_that_is_smaller_than_a_snapshot_is_passed():
    times = [NOW] * 300 + [NOW - 1] * 999 + [NOW - 2] * 900 + [NOW - 3] * 200
    step, _, opened = complete(Service(conversations(*times)))
    assert step.whole
    assert len(opened) == len(times)


def test_it_ends_where_too_many_have_changed_in_the_same_millisecond():
    service = Service(conversations(*[NOW] * 1001))
    step, completion, opened = complete(service)
    assert (step, completion.children) == (Step(None, EQUAL_TIMES, NOW), 2)
    assert len(opened) == SNAPSHOT_LIMIT
    assert service.asked == [None, NOW + 1, NOW]


def test_the_bound_of_the_subscriptions_own_query_holds():
    service = Service(conversations(*range(0, 3000 * HOUR, HOUR)))
    step, _, opened = complete(service, before=2000 * HOUR)
    assert step.whole
    within = [name for name, at in service.known.items() if at <= 2000 * HOUR]
    assert sorted(opened) == sorted(within)
    assert all(before < 2000 * HOUR for before in service.asked[1:])


def test_a_bound_of_its_own_may_be_as_low_as_it_goes():
    shown = [(f"c{number}", NOW) for number in range(CUT_FROM)]
    step = Completion(10_000, NOW).begins(shown)
    assert step == Step(None, EQUAL_TIMES, NOW)
    assert Completion(10_000, NOW + 1).begins(shown) == Step(NOW, "", NOW)


def test_without_times_there_is_nothing_to_go_by():
    completion = Completion(10_000)
    step = completion.begins([(f"c{number}", -1) for number in range(CUT_FROM)])
    assert (step, step.whole) == (Step(None, NO_TIMES), False)
    assert completion.newest == -1


def test_those_without_a_time_are_left_out_of_the_reckoning():
    completion = Completion(10_000)
    shown = [(f"c{number}", NOW + number * HOUR) for number in range(CUT_FROM)]
    step = completion.begins([*shown, ("x", -1)])
    assert step.before == NOW + OVERLAP
    assert completion.newest == NOW + (CUT_FROM - 1) * HOUR
    assert completion.news("x", -1) is False
    assert completion.news("y", -1) is True


# -- its ends


def test_it_ends_where_there_is_no_more_room():
    completion = Completion(10_000)
    shown = [(f"c{number}", NOW + number) for number in range(CUT_FROM)]
    completion.full = True
    assert completion.begins(shown) == Step(None, NO_ROOM, NOW)
    completion.full = False
    assert completion.begins(shown).before is not None
    completion.full = True
    short = completion.continues(shown[:5])
    assert (short, short.whole) == (Step(None, NO_ROOM, NOW), False)


@pytest.mark.parametrize("room", [1, 450, 1000, 10_000, 100_000])
def test_there_are_only_so_many_children(room):
    # each is cut, and brings one that is older: a service without an end
    completion, at, children = Completion(room), NOW, 0
    shown = [(f"c{number}", at + number) for number in range(CUT_FROM)]
    step = completion.begins(shown)
    while step.before is not None:
        children, at = children + 1, at - OVERLAP
        step = completion.continues([("old", at), *shown[1:]])
    assert step.why == TOO_MANY
    assert children == most_children(room) == 2 + room // 450


def test_as_many_children_as_may_be_needed_are_allowed():
    times = [NOW - number for number in range(10_000)]
    step, completion, opened = complete(Service(conversations(*times)))
    assert step.whole
    assert len(opened) == 10_000
    assert completion.children <= most_children(10_000)


# -- what happens meanwhile


def test_what_has_left_meanwhile_is_not_shown_as_it_was():
    times = [NOW - number * HOUR for number in range(1500)]
    service = Service(conversations(*times))

    def close(completion, _):
        completion.deleted("c1400", NOW + 5)  # the child was made before

    step, completion, opened = complete(service, meanwhile=close)
    assert step.whole
    assert "c1400" not in opened
    assert "c1400" not in completion.shown


def test_what_has_left_and_come_back_is_shown():
    completion = Completion(10_000)
    completion.deleted("a", 5)
    assert completion.news("a", 5) is False
    assert completion.news("a", 6) is True
    completion.deleted("b", 5)
    completion.upserted("b", 6)
    assert completion.news("b", 6) is False  # it was told already
    assert completion.news("b", 7) is True
    assert completion.shown == {"a": 6, "b": 7}


def test_what_leaves_is_let_go_of():
    completion = Completion(10_000)
    completion.begins([("a", 1), ("b", 2)])
    completion.deleted("a", 3)
    assert completion.shown == {"b": 2}


TIMES = st.integers(0, 40) | st.integers(0, 2 * OVERLAP) | st.integers(0, 50 * HOUR)


@given(
    times=st.lists(TIMES, max_size=120),
    equal=st.integers(0, 30),
    limit=st.integers(10, 12),
)
def test_it_always_ends_and_whole_means_whole(times, equal, limit):
    service = Service(conversations(*times, *[7] * equal), limit=limit)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ums_actors.core.completion.CUT_FROM", 9)
        step, completion, opened = complete(service)
    assert len(opened) == len(set(opened))
    assert completion.children <= most_children(10_000)
    if step.whole:
        assert sorted(opened) == sorted(service.known)
    else:
        assert step.why == EQUAL_TIMES
        at = service.asked[-1]
        assert sum(known == at for known in service.known.values()) >= 9


@given(
    size=st.sampled_from(SIZES),
    seed=st.integers(0, 2**32),
    span=st.sampled_from([1, 500, OVERLAP, HOUR, 1000 * HOUR]),
)
def test_sizes_around_the_cut(size, seed, span):
    draw = Random(seed)
    service = Service(conversations(*[draw.randrange(span) for _ in range(size)]))
    step, _, opened = complete(service)
    assert len(opened) == len(set(opened))
    if span > 1 or size <= SNAPSHOT_LIMIT:
        assert step.whole or (span, step.why) == (1, EQUAL_TIMES)
        assert sorted(opened) == sorted(service.known)
    else:
        assert (step.why, len(opened)) == (EQUAL_TIMES, SNAPSHOT_LIMIT)
