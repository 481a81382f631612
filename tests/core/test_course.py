from __future__ import annotations

import typing

import pytest

from ums_actors.core.course import (
    TRANSITIONS,
    Action,
    AttemptEnded,
    Event,
    OpenRequested,
    State,
)
from ums_actors.core.reason import Stopped

LEGAL = [
    (event, state, target)
    for event, row in TRANSITIONS.items()
    for state, targets in row.items()
    for target in targets
]


def test_each_event_has_a_row_and_nothing_else_has():
    assert set(TRANSITIONS) == set(typing.get_args(Event))


ENDS = {State.BACKING_OFF, State.CLOSED, State.FAILED}
A, C, R, B, X, Z, F = (
    {State.AUTHENTICATING},
    {State.CONNECTING},
    {State.RESTORING},
    {State.BACKING_OFF},
    {State.CLOSING},
    {State.CLOSED},
    {State.FAILED},
)
N, Y, no = {State.NEW}, {State.READY}, set()
ROWS = {
    # in: NEW, AUTHENTICATING, CONNECTING, RESTORING, READY, BACKING_OFF, CLOSING,
    # CLOSED, FAILED
    "OpenRequested": [A, A, C, R, Y, B, no, A, A],
    "Prepared": [no, C, no, no, no, no, no, no, no],
    "SocketUp": [no, no, R, no, no, no, no, no, no],
    "Restored": [no, no, no, Y, no, no, no, no, no],
    "AttemptEnded": [no, ENDS, ENDS, ENDS, ENDS, no, Z, no, no],
    "RetryDue": [no, no, no, no, no, A, no, no, no],
    "CloseRequested": [Z, X, X, X, X, Z, X, Z, F],
    "GaveUp": [N, F, F, F, F, F, Z, Z, F],
}


@pytest.mark.parametrize("event", typing.get_args(Event))
def test_each_event_leads_from_each_state_where_it_should(event):
    row = TRANSITIONS[event]
    found = [set(row.get(state, ())) for state in State]
    assert found == ROWS[event.__name__]
    assert all(row.values())  # to be in no state is no transition


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


def test_a_state_is_written_as_its_name():
    assert [str(state) for state in State] == [state.name for state in State]


def test_whoever_says_no_more_than_that_is_patient_and_waits_least():
    assert OpenRequested() == OpenRequested(fail_fast=False)
    assert AttemptEnded(Stopped()) == AttemptEnded(Stopped(), 0.0)


def test_the_way_in_is_one():
    into = {target: set() for target in State}
    for event, state, target in LEGAL:
        if state is not target:
            into[target].add((event.__name__, state))
    assert into[State.READY] == {("Restored", State.RESTORING)}
    assert into[State.RESTORING] == {("SocketUp", State.CONNECTING)}
    assert into[State.CONNECTING] == {("Prepared", State.AUTHENTICATING)}
