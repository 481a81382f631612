from __future__ import annotations

import gc

import pykka
import pytest

from ums_actors.testing.sabotage import (
    ERRORS,
    POINTS,
    MoreThanAnException,
    Point,
    Trap,
)
from ums_actors.testing.tour import take_tour

ROOT = [point for point in POINTS if point.actor == "root"]


@pytest.fixture(scope="module", autouse=True)
def _nothing_to_be_collected_later():
    """Crashes leave futures that nobody reads, which say so when they are collected.

    Were that in the midst of another module's test, it could disturb it: CPython 3.11
    fails in a call of compile() during which a finalizer does much.
    """
    yield
    gc.collect()


@pytest.fixture(scope="module")
def neighbour():
    class Neighbour(pykka.ThreadingActor):
        def on_receive(self, message):
            return message

    ref = Neighbour.start()
    yield ref
    ref.stop()


@pytest.mark.parametrize("is_brand", [True, False], ids=["brand", "consumer"])
def test_a_tour_without_a_crash_goes_well(is_brand):
    assert take_tour(is_brand=is_brand) == []


def test_there_are_many_points_and_each_is_one():
    assert len(POINTS) == len(set(POINTS))
    assert len(POINTS) * 2 >= 60  # before and after
    assert {point.actor for point in POINTS} == {
        "root",
        "supervisor",
        "token",
        "correlator",
        "socket",
    }


@pytest.mark.parametrize("point", POINTS, ids=str)
def test_a_crash_anywhere_leaves_nobody_hanging_and_the_line_comes_back(
    point, neighbour
):
    for error, after in (
        (RuntimeError, False),
        (SystemExit, False),
        (MoreThanAnException, True),
    ):
        trap = Trap(point, error, after=after)
        assert take_tour(trap) == [], trap
        assert neighbour.ask("alive", timeout=5) == "alive"


@pytest.mark.parametrize("point", ROOT, ids=str)
@pytest.mark.parametrize("error", ERRORS[2:])
def test_a_consumers_line_comes_back_as_well(point, error, neighbour):
    for after in (False, True):
        trap = Trap(point, error, after=after)
        assert take_tour(trap, is_brand=False) == [], trap
    assert neighbour.ask("alive", timeout=5) == "alive"


def test_a_trap_that_is_not_sprung_is_told():
    trap = Trap(Point("token", "_acquire"), skip=10_000)
    assert any("did not come by" in each for each in take_tour(trap))
