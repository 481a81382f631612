from __future__ import annotations

import threading

import pytest

from ums_actors.runtime.commons import Commons


class Thing:
    def __init__(self):
        self.closed = 0

    def close(self):
        self.closed += 1


def test_who_asks_for_the_same_gets_the_same_and_others_their_own():
    commons = Commons()
    first, again, other = (commons.take(key, Thing) for key in ("a", "a", "b"))
    assert first is again
    assert first is not other
    assert len(commons) == 2


def test_the_last_to_give_it_back_closes_it_and_the_next_gets_a_new_one():
    commons = Commons()
    thing = commons.take("a", Thing)
    commons.take("a", Thing)
    commons.give_back(thing)
    assert not thing.closed
    assert commons.take("a", Thing) is thing
    commons.give_back(thing)
    commons.give_back(thing)
    assert thing.closed == 1
    assert len(commons) == 0
    assert commons.take("a", Thing) is not thing


def test_what_cannot_be_made_is_not_kept():
    commons = Commons()
    with pytest.raises(ZeroDivisionError):
        commons.take("a", lambda: 1 // 0)
    assert len(commons) == 0
    assert isinstance(commons.take("a", Thing), Thing)


def test_threads_that_come_and_go_share_one_at_a_time():
    commons, made = Commons(), []

    def make():
        made.append(Thing())
        return made[-1]

    def come_and_go():
        for _ in range(500):
            thing = commons.take("a", make)
            assert not thing.closed
            commons.give_back(thing)

    threads = [threading.Thread(target=come_and_go) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(commons) == 0
    assert all(thing.closed == 1 for thing in made)
