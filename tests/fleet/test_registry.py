"""Who is in a fleet, without connections."""

from __future__ import annotations

import pytest

import ums_actors as ums
from ums_actors.fleet.registry import Registry


class Person:
    left = None
    leaving = False

    def __init__(self, account_id, user, *, started=True):
        self.key = (account_id, user)
        self.is_there = self.started = started

    @property
    def has_ended(self):
        return self.started and not self.is_there


@pytest.fixture
def registry():
    return Registry(3)


def test_one_that_has_ended_makes_way_and_takes_no_further_place(registry):
    old, new = Person("1", "a"), Person("1", "a")
    for each in (old, Person("1", "b"), Person("2", "c")):
        registry.enter(each)
    old.is_there = False
    registry.enter(new)
    assert (len(registry), registry.look_up("a")) == (3, new)
    assert not registry.drop(old)
    assert registry.drop(new)
    assert not registry.drop(new)
    assert registry.keys() == [("1", "b"), ("2", "c")]


def test_an_account_is_forgotten_with_its_last_agent(registry):
    one, other = Person("1", "a"), Person("2", "a")
    registry.enter(one)
    registry.enter(other)
    registry.drop(other)
    assert registry.look_up("a") is one
    assert registry.has("a")
    assert not registry.has(("2", "a"))
    registry.drop(one)
    with pytest.raises(ums.AgentUnknown):
        registry.look_up("a")


def test_one_who_is_not_started_yet_holds_its_place_and_is_not_found(registry):
    person = Person("1", "a", started=False)
    registry.enter(person)
    assert (len(registry), registry.has("a")) == (1, False)
    assert registry.find(("1", "a")) is person
    with pytest.raises(ums.LocalProtocolError, match="is in the fleet already"):
        registry.enter(Person("1", "a"))
