from __future__ import annotations

import pytest

import ums_actors as ums
from ums_actors.fleet.limits import Limits

NAMES = Limits.__struct_fields__


def test_the_defaults_are_within_their_own_bounds():
    limits = Limits()
    assert all(getattr(limits, name) >= 1 for name in NAMES)
    assert limits.events >= limits.events_per_agent


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("value", [0, -1, 1.5, "7", True, None])
def test_each_is_a_whole_number(name, value):
    with pytest.raises(ums.LocalProtocolError) as caught:
        Limits(**{name: value})
    assert str(caught.value) == (
        f"Limits.{name}={value!r} must be a whole number, 1 or more"
    )


def test_as_many_events_may_wait_for_all_agents_as_for_one():
    assert Limits(events=10, events_per_agent=10).events == 10
    with pytest.raises(ums.LocalProtocolError) as caught:
        Limits(events=9, events_per_agent=10)
    assert str(caught.value) == (
        "Limits.events=9 must be a whole number, 10 or more, as for one agent: raise "
        "it, or lower events_per_agent"
    )


def test_it_cannot_be_changed():
    with pytest.raises(AttributeError):
        Limits().requests = 1


def test_a_runtime_takes_it():
    runtime = ums.Runtime(2, limits=Limits(requests=5, request_bytes=101))
    shares = [runtime.allowance(loop) for loop in runtime.loops]
    assert [share._limit for share in shares] == [2, 3]
    assert [share._bytes for share in shares] == [50, 51]
    assert runtime.close(5.0)
