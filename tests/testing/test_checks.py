from __future__ import annotations

from types import SimpleNamespace

import pytest

from ums_actors.actors.correlator import CorrelatorActor
from ums_actors.actors.sweep import Sweep
from ums_actors.runtime.fence import Fenced
from ums_actors.runtime.timers import Timers
from ums_actors.testing.checks import Checks


class Poller:
    misuses = ()

    def __len__(self):
        return 0


@pytest.fixture
def world():
    blamed = []
    return SimpleNamespace(
        loop=SimpleNamespace(_timers=Timers()),
        clock=SimpleNamespace(now=lambda: 1.0),
        trace=SimpleNamespace(blame=blamed.append),
        blamed=blamed,
        poller=Poller(),
        jobs=lambda: 0,
    )


def leave_a_timer(world):
    cell = SimpleNamespace(actor_class=CorrelatorActor, generation=1)
    world.loop._timers.add(3.5, Fenced(cell, Sweep._swept))


def leftovers(world, *untidy):
    Checks.world_leftovers(world, SimpleNamespace(untidy=lambda: frozenset(untidy)))
    return world.blamed


def test_a_timer_that_is_left_is_named(world):
    leave_a_timer(world)
    assert leftovers(world) == ["a timer of Sweep._swept is left, due in 2.5 s"]


def test_who_was_kept_from_tidying_up_is_not_blamed_for_its_helpers_timers(world):
    leave_a_timer(world)
    assert leftovers(world, "SocketActor") != []
    world.blamed.clear()
    assert leftovers(world, "CorrelatorActor") == []


def test_a_timer_of_no_actor_is_named_too(world):
    world.loop._timers.add(2.0, print)
    assert leftovers(world, "CorrelatorActor") == [
        "a timer of print is left, due in 1.0 s"
    ]
