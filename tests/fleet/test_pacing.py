from __future__ import annotations

import math
from random import Random

import msgspec
import pytest

import ums_actors as ums
from ums_actors.fleet.pacing import Pacing
from ums_actors.runtime import PacedGate


def test_its_gates_have_their_own_rates_and_bursts():
    pacing = Pacing(connects=10, connect_burst=3, logins=2, login_burst=1)
    connects, logins = pacing.connect_gate(Random(1)), pacing.login_gate(Random(1))
    assert [connects.delay(0.0) for _ in range(3)] == [0.0, 0.0, 0.0]
    assert 0.1 <= connects.delay(0.0) < 0.2
    assert logins.delay(0.0) == 0.0
    assert 0.5 <= logins.delay(0.0) < 1.0


def test_each_call_makes_a_gate_and_chance_may_be_given():
    pacing = Pacing()
    assert isinstance(pacing.connect_gate(), PacedGate)
    assert pacing.login_gate() is not pacing.login_gate()
    delays = [
        [gate.delay(0.0) for _ in range(20)]
        for gate in (pacing.login_gate(Random(7)), pacing.login_gate(Random(7)))
    ]
    assert delays[0] == delays[1]


def test_by_default_a_herd_of_five_thousand_is_back_within_two_minutes():
    pacing = Pacing()
    assert 5_000 / pacing.connects <= 120
    assert pacing.logins < pacing.connects


@pytest.mark.parametrize("name", ["connects", "logins"])
@pytest.mark.parametrize("value", [0, -1, math.inf, math.nan, "20", True, None])
def test_a_rate_is_a_number_of_attempts_a_second(name, value):
    with pytest.raises(ums.LocalProtocolError) as caught:
        Pacing(**{name: value})
    assert str(caught.value) == (
        f"Pacing.{name}={value!r} is out of bounds: give how many a second, finite and "
        "more than 0"
    )


@pytest.mark.parametrize("name", ["connect_burst", "login_burst"])
@pytest.mark.parametrize("value", [0, -1, 1.5, True, None])
def test_a_burst_is_a_whole_number(name, value):
    with pytest.raises(ums.LocalProtocolError) as caught:
        Pacing(**{name: value})
    assert str(caught.value) == (
        f"Pacing.{name}={value!r} must be a whole number, 1 or more"
    )


def test_it_cannot_be_changed():
    with pytest.raises(AttributeError):
        Pacing().connects = 1.0
    assert msgspec.structs.replace(Pacing(), connects=1.0).connects == 1.0
