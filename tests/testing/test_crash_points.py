from __future__ import annotations

import ast
import gc
import inspect

import pykka
import pytest

from ums_actors.actors.correlator import CorrelatorActor
from ums_actors.actors.socket import SocketActor
from ums_actors.actors.supervisor import SupervisorActor
from ums_actors.actors.token import TokenActor
from ums_actors.testing.sabotage import (
    ERRORS,
    POINTS,
    STEPS,
    MoreThanAnException,
    Point,
    Trap,
)
from ums_actors.testing.tour import take_tour

ALL = (*POINTS, *STEPS)
ROOT = [point for point in POINTS if point.actor == "root"]
CHILDREN = {
    "supervisor": SupervisorActor,
    "token": TokenActor,
    "correlator": CorrelatorActor,
    "socket": SocketActor,
}
LATER = {"_call_later", "fenced", "guard", "Sweep"}
"""What has a method called by the loop itself: a timer, a descriptor, a future."""
OF_CALLS = {"_call_answered", "_call_failed", "_calls_began"}
"""Of connections without a websocket: see tests/connection/test_rest_trouble.py."""
ASIDE = {"_now", "_call_later", "_loop"}
"""What stands among the arguments, and is no callback."""


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
    assert len(ALL) == len(set(ALL))
    assert len(ALL) >= 60  # and each of them before and after its work
    assert {point.actor for point in POINTS} == {
        "root",
        "supervisor",
        "token",
        "correlator",
        "socket",
    }


def called_by_the_loop(actor):
    """Give the methods that an actor has called later, by name."""
    ours = [each for each in actor.__mro__ if each.__module__.startswith("ums_actors")]
    for node in ast.walk(ast.parse("".join(map(inspect.getsource, ours)))):
        if (
            isinstance(node, ast.Call)
            and ast.unparse(node.func).split(".")[-1] in LATER
        ):
            for argument in node.args:
                inner = argument.body if isinstance(argument, ast.Lambda) else argument
                called = inner.func if isinstance(inner, ast.Call) else inner
                if ast.unparse(called).startswith("self._") and (
                    hasattr(actor, name := ast.unparse(called).removeprefix("self."))
                ):
                    yield name


@pytest.mark.parametrize("name", CHILDREN)
def test_every_hook_handler_and_callback_is_a_point(name):
    actor = CHILDREN[name]
    points = {point.method for point in ALL if point.actor == name}
    hooks = {"__init__", "on_start", "on_stop", "on_failure"}
    callbacks = set(called_by_the_loop(actor))
    assert callbacks - ASIDE
    handlers = set(actor.handlers.values()) - OF_CALLS
    assert hooks | handlers | callbacks - ASIDE <= points


@pytest.mark.parametrize("point", ALL, ids=str)
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
