from __future__ import annotations

import pytest

from benchmarks.contestants.floor import _shares
from benchmarks.contestants.threads import drive_threads
from benchmarks.contestants.window import WINDOWS, slide_window


class Future:
    def __init__(self, number: int) -> None:
        self.number = number

    def get(self, timeout: float) -> None:
        del timeout


def test_a_window_goes_round_all_connections_and_waits_for_all():
    made: list[str] = []
    requests = [lambda name=name: made.append(name) or Future(0) for name in "abc"]
    assert len(slide_window(requests, 4, 0.0)) == len(made) == WINDOWS * 4 - 1
    assert made[:5] == ["a", "b", "c", "a", "b"]


@pytest.mark.parametrize(
    ("in_flight", "sockets", "shares"),
    [(1, 1, [1]), (32, 1, [32]), (4, 3, [2, 1, 1]), (1, 3, [1, 0, 0])],
)
def test_the_floor_spreads_a_window_over_its_sockets(in_flight, sockets, shares):
    assert _shares(in_flight, sockets) == shares


def test_every_thread_makes_one_request_at_least():
    made: list[str] = []
    assert len(drive_threads([lambda: made.append("x")], 3, 0.0)) == 3
    assert len(made) == 3


def test_what_a_thread_raises_is_raised():
    def fail() -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        drive_threads([fail, lambda: None], 2, 0.0)
