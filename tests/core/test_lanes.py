from hypothesis import given
from hypothesis import strategies as st

from ums_actors.core.lanes import Lanes


def test_the_first_of_a_lane_begins_and_the_next_when_it_is_done():
    lanes = Lanes()
    assert lanes.add("a", 1)
    assert lanes.add("b", 2)
    assert not lanes.add("a", 3)
    assert len(lanes) == 3
    assert lanes.done("a") == 3
    assert lanes.done("a") is None
    assert lanes.add("a", 4)


def test_clearing_gives_all_of_it():
    lanes = Lanes()
    for number in range(6):
        lanes.add("ab"[number % 2], number)
    assert lanes.clear() == [0, 2, 4, 1, 3, 5]
    assert len(lanes) == 0
    assert lanes.add("a", 9)


@given(st.lists(st.tuples(st.sampled_from("abc"), st.booleans()), max_size=60))
def test_one_at_a_time_in_the_order_of_arrival(steps):
    lanes, running, ended, told = Lanes(), {}, {}, {}
    for number, (lane, adds) in enumerate(steps):
        if adds:
            told.setdefault(lane, []).append(number)
            if lanes.add(lane, number):
                assert lane not in running
                running[lane] = number
        elif lane in running:
            ended.setdefault(lane, []).append(running.pop(lane))
            following = lanes.done(lane)
            if following is not None:
                running[lane] = following
    for lane, order in ended.items():
        assert order == told[lane][: len(order)]
