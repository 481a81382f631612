import pytest

from ums_actors.http.deadline import Deadline


def test_deadline_counts_down_and_then_raises():
    now = [100.0]
    deadline = Deadline(5, lambda: now[0])
    assert deadline.left() == 5
    now[0] += 4
    assert deadline.left() == 1
    now[0] += 1
    with pytest.raises(TimeoutError):
        deadline.left()


def test_deadline_of_nothing_is_over_at_once():
    with pytest.raises(TimeoutError):
        Deadline(0).left()


def test_a_step_gets_no_more_than_is_left():
    now = [100.0]
    deadline = Deadline(5, lambda: now[0])
    assert deadline.at_most(3).left() == 3
    assert deadline.at_most(9).left() == 5
    now[0] += 5
    with pytest.raises(TimeoutError):
        deadline.at_most(3).left()
