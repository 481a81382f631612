from __future__ import annotations

import threading
from random import Random

import pytest

import ums_actors as ums
from ums_actors.runtime.gate import PacedGate
from ums_actors.runtime.ports import HoldingGate, LinedGate


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


class Least(Random):
    """Each starts as soon as its place begins."""

    def random(self):
        return 0.0


class Line:
    """Attempts that wait before a gate which lets one a second begin."""

    def __init__(self, count, **more):
        self.gate = PacedGate(1, random=Least(), **more)
        self.moved = []
        self.places = [self.add(0.0, name) for name in range(count)]

    def add(self, now, name):
        return self.gate.line_up(now, lambda: self.moved.append(name))

    @property
    def starts(self):
        return [place.start for place in self.places]


def test_it_is_a_gate_with_a_line():
    assert isinstance(PacedGate(10), LinedGate)
    line = Line(4)
    assert line.starts == [0.0, 1.0, 2.0, 3.0]
    assert line.moved == []


def test_who_is_behind_one_that_leaves_moves_up_in_order():
    line = Line(5)
    line.places[1].leave(0.5)
    assert (line.starts, line.moved) == ([0.0, 1.0, 1.0, 3.0, 4.0], [2])
    line.places[2].begin(1.0)
    assert (line.starts[3], line.moved) == (2.0, [2, 3])
    line.places[3].begin(2.0)
    assert (line.starts[4], line.moved) == (3.0, [2, 3, 4])
    line.places[4].begin(3.0)
    assert line.add(3.0, "late").start == 4.0  # the last place that became free


def test_many_who_leave_leave_no_gap():
    line = Line(9)
    for number in (1, 2, 5, 7):
        line.places[number].leave(0.5)
        line.places[number].leave(0.5)  # once is enough
    begun = []
    for number in (3, 4, 6, 8):
        begun.append(line.places[number].start)
        line.places[number].begin(begun[-1])
    assert begun == [1.0, 2.0, 3.0, 4.0]
    assert line.moved == [2, 3, 4, 6, 8]  # 2 had moved up before it left


def test_the_last_one_leaves_its_place_to_who_comes_next():
    line = Line(3)
    line.places[2].leave(0.5)
    assert line.starts[1] == 1.0  # nothing before it is free
    line.places[1].begin(1.0)
    assert line.add(1.2, "next").start == 2.0


def test_a_place_whose_time_is_over_is_nobodys():
    line = Line(2)
    line.places[1].leave(0.5)
    assert line.add(1.5, "late").start == 2.0
    line = Line(3)
    line.places[1].leave(1.4)  # its time was 1.0
    assert (line.starts[2], line.moved) == (2.0, [])


def test_one_that_never_begins_holds_up_nobody():
    """Its loop has ended, say."""
    line = Line(5)
    line.places[3].leave(1.5)
    assert (line.starts[4], line.moved) == (4.0, [])  # 1 is late, 2 is before it
    line.places[2].begin(2.0)
    assert (line.starts[4], line.moved) == (3.0, [4])


def test_who_comes_finds_out_that_the_one_before_is_gone():
    line = Line(4)
    line.places[2].leave(0.5)  # 1, who never begins, is before it
    assert line.add(1.5, "new").start == 4.0
    assert (line.starts[3], line.moved) == (2.0, [3])


def test_held_it_gives_out_no_free_place_before():
    line = Line(3)
    line.gate.hold(0.0, 10.0)
    line.places[1].leave(0.5)
    assert line.starts[2] == 2.0  # nor does who has a place begin sooner
    line.places[2].leave(0.5)
    assert line.add(0.5, "new").start == 10.0


def test_a_subclass_that_delays_more_is_asked():
    class Slow(PacedGate):
        def delay(self, now):
            return 5.0 + super().delay(now)

    assert Slow(1, random=Least()).line_up(1.0, print).start == 6.0


@pytest.mark.parametrize("seed", range(20))
def test_nobody_begins_later_than_promised_nor_too_many_at_once(seed):
    dice, gate, now = Random(seed), PacedGate(2, random=Random(seed)), 0.0
    waiting, begun, promised = [], [], {}
    for _ in range(300):
        now += dice.expovariate(2.5)
        for place in sorted(waiting, key=lambda each: each.start):
            if place.start <= now:
                place.begin(place.start)
                waiting.remove(place)
                begun.append(place.start)
                assert place.start <= promised[place]
        if dice.random() < 0.3 and waiting:
            waiting.pop(dice.randrange(len(waiting))).leave(now)
            continue
        place = gate.line_up(now, lambda: None)
        promised[place] = place.start
        waiting.append(place)
    begun.sort()
    assert len(begun) > 50
    for first, last in zip(begun, begun[4:], strict=False):
        assert last - first > 1.0  # two a second, and the burst of one


def test_it_refuses_what_is_no_rate():
    with pytest.raises(ums.LocalProtocolError, match="out of bounds"):
        PacedGate(0)
