from __future__ import annotations

import math

import pytest

from ums_actors.core.tree import ChildSpec, Group, Restart, Strategy, flatten
from ums_actors.errors import LocalProtocolError


def test_nested_groups_flatten_in_the_order_of_start():
    a, b, c, d = (ChildSpec(name) for name in "abcd")
    inner = Group(Strategy.ONE_FOR_ALL, (b, c))
    assert flatten((a, inner, d)) == [a, b, c, d]


def test_a_child_has_the_defaults_of_otp():
    assert ChildSpec("a") == ChildSpec("a", Restart.PERMANENT, 5.0)


@pytest.mark.parametrize("shutdown", [-1.0, math.inf, math.nan])
def test_a_child_must_stop_within_a_number_of_seconds(shutdown):
    with pytest.raises(LocalProtocolError) as caught:
        ChildSpec("a", Restart.PERMANENT, shutdown)
    assert str(caught.value) == (
        f"child 'a' has shutdown={shutdown}: it must be finite and 0 or more seconds"
    )


def test_a_child_may_be_stopped_without_grace():
    assert ChildSpec("a", shutdown=0.0).shutdown == 0.0


def test_a_child_must_have_a_name():
    with pytest.raises(LocalProtocolError) as caught:
        ChildSpec("")
    assert str(caught.value) == "a child has no name: give it a unique one"


def test_a_group_must_have_children():
    with pytest.raises(LocalProtocolError) as caught:
        Group(Strategy.ONE_FOR_ONE, ())
    assert str(caught.value) == "a group has no children: give it at least one"


def test_names_are_unique_in_the_whole_tree():
    inner = Group(Strategy.ONE_FOR_ONE, (ChildSpec("socket"),))
    with pytest.raises(LocalProtocolError) as caught:
        Group(Strategy.ONE_FOR_ONE, (ChildSpec("socket"), inner))
    assert str(caught.value) == (
        "child name 'socket' is used twice: names must be unique in the whole tree"
    )
