"""Who goes before whom at a gate."""

from __future__ import annotations

import threading
import time
from random import Random

import pytest

from ums_actors.core.precedence import IN_A_ROW
from ums_actors.runtime.gate import PacedGate
from ums_actors.runtime.ports import RankedPlace


class Least(Random):
    """Each starts as soon as its place begins."""

    def random(self):
        return 0.0


class Crowd:
    """Who waits before a gate which lets one a second begin, and asks when told to."""

    def __init__(self, gate=None):
        self.gate = gate or PacedGate(1, random=Least())
        self.gate.line_up(0.0, print).begin(0.0)  # who comes now has to wait
        self.places = {}
        self.begun = []
        self.moved = []

    def add(self, names, now=0.0, *, preferred=False):
        for name in names:
            place = self.gate.line_up(now, lambda name=name: self.moved.append(name))
            if preferred:
                place.prefer(now)
            self.places[name] = place
        return place

    def run(self, until):
        """Let each ask when its place has come, as turns do."""
        while self.places:
            name = min(self.places, key=lambda each: self.places[each].start)
            now = self.places[name].start
            if now > until:
                break
            if self.places[name].claim(now):
                del self.places[name]
                self.begun.append((name, now))
        return "".join(name for name, _ in self.begun)


def test_its_places_are_ranked():
    assert isinstance(PacedGate(1).line_up(0.0, print), RankedPlace)


def test_without_preferred_ones_all_go_in_the_order_in_which_they_came():
    crowd = Crowd()
    crowd.add("abcd")
    assert crowd.run(10.0) == "abcd"
    assert [now for _, now in crowd.begun] == [1.0, 2.0, 3.0, 4.0]
    assert crowd.moved == []


def test_who_is_preferred_takes_the_next_place_and_the_others_keep_their_order():
    crowd = Crowd()
    crowd.add("abc")
    crowd.add("xy", 0.5, preferred=True)
    assert crowd.gate.waiting == 5
    assert crowd.run(10.0) == "xyabc"
    assert [now for _, now in crowd.begun] == [1.0, 2.0, 3.0, 4.0, 5.0]
    assert crowd.gate.waiting == 0


def test_who_swaps_is_told_and_who_asks_is_told_by_the_answer():
    crowd = Crowd()
    first = crowd.add("a")
    second = crowd.add("x", 0.5, preferred=True)
    assert crowd.moved == []
    assert not first.claim(1.0)
    assert (first.start, second.start, crowd.moved) == (2.0, 1.0, ["x"])
    assert second.claim(1.1)  # as soon as it was told
    assert first.claim(2.0)


def test_every_fifth_place_is_for_those_who_come_back():
    crowd = Crowd()
    crowd.add("ab")
    crowd.add("123456789", preferred=True)
    assert crowd.run(20.0) == "1234a5678b9"


def test_who_comes_back_is_not_starved_by_those_who_come_and_come():
    crowd = Crowd()
    crowd.add("abc")
    for second in range(100):
        crowd.add([f"<{second}>"], float(second), preferred=True)
        crowd.run(float(second))
    order = [name for name, _ in crowd.begun]
    assert [order.index(name) for name in "abc"] == [4, 9, 14]
    assert IN_A_ROW == 4


def test_a_preferred_one_that_leaves_moves_up_the_others():
    crowd = Crowd()
    crowd.add("abc")
    crowd.add("x", preferred=True)
    crowd.run(1.0)
    crowd.add("y", 1.0, preferred=True)
    crowd.places.pop("y").leave(1.5)
    assert crowd.run(20.0) == "xabc"
    assert [now for _, now in crowd.begun] == [1.0, 2.0, 3.0, 4.0]


def test_the_place_of_one_that_leaves_goes_to_the_preferred_first():
    crowd = Crowd()
    crowd.add("abc")
    preferred = crowd.add("x", preferred=True)
    assert preferred.start == 4.0
    crowd.places.pop("b").leave(0.5)
    assert (preferred.start, crowd.moved) == (2.0, ["x"])
    assert crowd.run(20.0) == "xac"
    assert [now for _, now in crowd.begun] == [1.0, 2.0, 3.0]


def test_to_be_preferred_may_bring_a_place_that_is_free():
    crowd = Crowd()
    crowd.add("ab")
    crowd.places.pop("b").leave(0.5)
    place = crowd.gate.line_up(0.5, print)
    assert place.start == 3.0  # the free one is for whoever follows a
    place.prefer(0.5)
    assert place.start == 2.0


def test_one_whose_place_came_at_once_need_not_be_preferred():
    gate = PacedGate(1, burst=2, random=Least())
    place = gate.line_up(0.0, print)
    place.prefer(0.0)
    assert gate.waiting == 0
    assert place.claim(0.0)


def test_a_preferred_one_whose_loop_has_ended_holds_up_nobody():
    crowd = Crowd()
    crowd.add("abc")
    dead = crowd.add("x", preferred=True)
    del crowd.places["x"]  # it is told, and does nothing
    assert crowd.run(20.0) == "abc"
    assert dead.start == 1.0
    assert [now for _, now in crowd.begun] == [2.0, 3.0, 4.0]


def test_one_who_has_swapped_and_leaves_does_not_give_a_place_that_is_over():
    crowd = Crowd()
    crowd.add("ab")
    crowd.add("x", preferred=True)
    assert not crowd.places["a"].claim(1.0)
    crowd.places.pop("x").leave(1.0)
    assert crowd.run(20.0) == "ab"
    assert [now for _, now in crowd.begun] == [2.0, 3.0]


def test_who_begins_without_asking_is_not_held_up():
    crowd = Crowd()
    plain = crowd.add("a")
    crowd.add("x", preferred=True)
    plain.begin(1.0)
    assert crowd.gate.waiting == 1
    assert plain.claim(1.0)


@pytest.mark.parametrize("seed", range(20))
def test_whatever_they_do_the_pace_holds_and_nobody_is_forgotten(seed):
    dice, gate = Random(seed), PacedGate(2, random=Random(seed))
    crowd, now, left, names = Crowd(gate), 0.0, 0, 0
    for _ in range(400):
        now += dice.expovariate(2.5)
        crowd.run(now)
        if dice.random() < 0.2 and crowd.places:
            crowd.places.pop(dice.choice(sorted(crowd.places))).leave(now)
            left += 1
            continue
        crowd.add([f"{names}"], now, preferred=dice.random() < 0.6)
        names += 1
    assert gate.waiting == len(crowd.places) > 0
    crowd.run(now + len(crowd.places) / 2 + 5.0)
    assert gate.waiting == len(crowd.places) == 0
    assert len(crowd.begun) == names - left
    begun = sorted(when for _, when in crowd.begun)
    for first, fifth in zip(begun, begun[4:], strict=False):
        assert fifth - first > 1.0  # two a second, and the burst of one


def test_threads_that_ask_at_the_same_time_all_come_through():
    gate, count, begun = PacedGate(2_000), 50, []
    until = time.monotonic() + 30.0

    def wait(preferred):
        for _ in range(count):
            told = threading.Event()
            place = gate.line_up(time.monotonic(), told.set)
            if preferred:
                place.prefer(time.monotonic())
            while time.monotonic() < until:
                told.wait(max(0.0, min(1.0, place.start - time.monotonic())))
                told.clear()
                now = time.monotonic()
                if now >= place.start and place.claim(now):
                    begun.append(preferred)
                    break

    threads = [
        threading.Thread(target=wait, args=(bool(number % 2),)) for number in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(40.0)
    assert len(begun) == 8 * count
    assert gate.waiting == 0
