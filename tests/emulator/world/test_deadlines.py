from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ums_actors.emulator.world.deadlines import SLACK, Deadlines


def test_the_earliest_is_taken_first_and_only_when_due():
    deadlines = Deadlines()
    assert deadlines.next() is None
    assert deadlines.take(10) is None
    deadlines.put("late", 20)
    deadlines.put("soon", 10)
    assert deadlines.next() == 10
    assert deadlines.take(9) is None
    assert deadlines.take(30) == "soon"
    assert "soon" not in deadlines
    assert "late" in deadlines
    assert deadlines.take(30) == "late"
    assert deadlines.take(30) is None


def test_a_deadline_is_replaced_and_dropped():
    deadlines = Deadlines()
    deadlines.put("key", 10)
    deadlines.put("key", 30)
    deadlines.put("other", 20)
    assert deadlines.next() == 20
    deadlines.drop("other")
    deadlines.drop("other")
    assert deadlines.next() == 30


def test_void_entries_do_not_pile_up():
    deadlines = Deadlines()
    for due in range(1_000):
        deadlines.put("kept", 2_000 - due)
        deadlines.put(f"gone{due}", due)
        deadlines.drop(f"gone{due}")
        assert len(deadlines._heap) <= 2 * 2 + SLACK
    assert deadlines.next() == 1_001


@given(
    st.lists(
        st.tuples(st.sampled_from("abcde"), st.none() | st.integers(0, 20)),
        max_size=300,
    )
)
def test_it_holds_what_a_table_holds_and_not_much_more(steps):
    deadlines, table = Deadlines(), {}
    for key, due in steps:
        if due is None:
            deadlines.drop(key)
            table.pop(key, None)
        else:
            deadlines.put(key, due)
            table[key] = due
        assert len(deadlines._heap) <= 2 * 5 + SLACK
        assert deadlines.next() == min(table.values(), default=None)
    taken = []
    while (key := deadlines.take(100)) is not None:
        taken.append(table.pop(key))
    assert taken == sorted(taken)
    assert not table
