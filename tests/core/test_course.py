from __future__ import annotations

import typing

import pytest

from ums_actors.core.course import TRANSITIONS, Action, Event, State
from ums_actors.core.reason import Stopped

LEGAL = [
    (event, state, target)
    for event, row in TRANSITIONS.items()
    for state, targets in row.items()
    for target in targets
]


def test_each_event_has_a_row_and_nothing_else_has():
    assert set(TRANSITIONS) == set(typing.get_args(Event))


def test_each_state_can_be_reached_and_left():
    assert {target for _, state, target in LEGAL if state is not target} == {
        state for state in State if state is not State.NEW
    }
    assert {state for _, state, target in LEGAL if state is not target} == set(State)


@pytest.mark.parametrize("kind", typing.get_args(Event) + typing.get_args(Action))
def test_what_is_told_is_a_value_that_nobody_changes(kind):
    given = {
        "reason": Stopped(),
        "generation": 1,
        "source": "peer",
        "delay": 1.0,
    }
    required = {name: given[name] for name in kind.__struct_fields__ if name in given}
    assert kind(**required) == kind(**required)
    assert kind.__struct_config__.frozen


def test_the_way_in_is_one():
    into = {target: set() for target in State}
    for event, state, target in LEGAL:
        if state is not target:
            into[target].add((event.__name__, state))
    assert into[State.READY] == {("Restored", State.RESTORING)}
    assert into[State.RESTORING] == {("SocketUp", State.CONNECTING)}
    assert into[State.CONNECTING] == {("Prepared", State.AUTHENTICATING)}
