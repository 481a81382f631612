from hypothesis import given
from hypothesis import strategies as st

from ums_actors.core.throttle import BURST, RATE, Throttle


def test_a_few_are_told_at_once_and_the_rest_is_counted():
    throttle = Throttle()
    told = [throttle.admit("a", 0.0) for _ in range(BURST + 30)]
    assert told == [0] * BURST + [None] * 30
    assert throttle.admit("b", 0.0) == 0
    assert throttle.admit("a", 1 / RATE) == 30
    assert throttle.admit("a", 1 / RATE) is None
    assert throttle.admit("a", 2 / RATE) == 1


def test_after_a_rest_there_is_the_whole_burst_again_and_no_more():
    throttle = Throttle()
    for _ in range(BURST):
        throttle.admit("a", 0.0)
    told = [throttle.admit("a", 1e6) for _ in range(BURST + 1)]
    assert told == [0] * BURST + [None]


@given(st.lists(st.floats(0, 5), max_size=200))
def test_none_is_uncounted_and_no_stretch_has_too_many(steps):
    throttle, now, told = Throttle(), 0.0, []
    for step in steps:
        now += step
        told.append((now, throttle.admit("a", now)))
    admitted = [at for at, held in told if held is not None]
    assert len(admitted) <= BURST + RATE * now + 1
    counted = sum(1 + held for _, held in told if held is not None)
    since = len(told) - max(
        (n for n, (_, h) in enumerate(told) if h is not None), default=-1
    )
    assert counted + since - 1 == len(told)
