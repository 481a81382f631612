from __future__ import annotations

import threading
from random import Random

import pytest

import ums_actors as ums
from ums_actors.runtime.gate import PacedGate
from ums_actors.runtime.ports import HoldingGate


def test_it_is_a_gate_that_can_be_held():
    gate = PacedGate(10, random=Random(1))
    assert isinstance(gate, HoldingGate)
    assert gate.delay(0.0) == 0.0
    assert 0.1 <= gate.delay(0.0) < 0.2
    gate.hold(0.0, 60.0)
    assert 60.0 <= gate.delay(0.0) < 60.1


def test_two_of_a_seed_are_the_same_and_others_are_not():
    first, second, third = (PacedGate(10, random=Random(n)) for n in (1, 1, 2))
    delays = [[gate.delay(0.0) for _ in range(5)] for gate in (first, second, third)]
    assert delays[0] == delays[1] != delays[2]


def test_several_threads_get_places_of_their_own():
    gate, places, count = PacedGate(100), [], 500

    def ask():
        places.extend(int(gate.delay(0.0) * 100 + 1e-6) for _ in range(count))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert sorted(places) == list(range(4 * count))


def test_it_refuses_what_is_no_rate():
    with pytest.raises(ums.LocalProtocolError, match="out of bounds"):
        PacedGate(0)
