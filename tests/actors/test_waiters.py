from __future__ import annotations

import ums_actors as ums
from ums_actors.actors import waiters as waiting
from ums_actors.actors.waiters import Waiters


def test_each_has_its_own_patience(loop, clock):
    waiters = Waiters()
    hasty, patient = waiters.add(loop, 1.0, lambda: KeyError("late")), waiters.add(loop)
    clock.time = 2.0
    loop.turn(block=False)
    assert isinstance(hasty.exception(), KeyError)
    assert not patient.done()
    assert len(waiters) == 1


def test_all_are_answered_and_no_timer_stays(loop):
    waiters = Waiters()
    futures = [waiters.add(loop, 1.0), waiters.add(loop)]
    waiters.resolve("there")
    assert [future.get(timeout=0) for future in futures] == ["there", "there"]
    assert len(waiters) == 0
    assert loop.next_timer() is None


def test_who_asks_again_while_all_are_answered_waits_for_the_next_time(loop):
    waiters, again = Waiters(), []
    waiters.add(loop).add_done_callback(lambda _: again.append(waiters.add(loop)))
    waiters.reject(ums.LoginError("no"))
    assert not again[0].done()
    assert len(waiters) == 1


def test_they_are_bounded(loop, monkeypatch):
    monkeypatch.setattr(waiting, "LIMIT", 2)
    waiters = Waiters()
    futures = [waiters.add(loop) for _ in range(3)]
    assert isinstance(futures[2].exception(), ums.Overloaded)
    waiters.resolve()
    assert futures[0].done()
