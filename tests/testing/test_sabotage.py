from __future__ import annotations

import pytest

from ums_actors.actors.token import TokenActor
from ums_actors.connection.brand import BrandWebsocketConnection
from ums_actors.testing.hearing import CRASH_MARK
from ums_actors.testing.sabotage import MoreThanAnException, Point, Saboteur, Trap


class Fake:
    def __init__(self, runtime):
        self._runtime = runtime
        self.calls = 0


@pytest.fixture
def saboteur(monkeypatch):
    def acquire(self, command):
        self.calls += 1

    monkeypatch.setattr(TokenActor, "_acquire", acquire)
    with Saboteur() as made:
        yield made


def acquire(fake):
    return TokenActor._acquire(fake, None)


def test_a_trap_raises_once_for_its_own_connection(saboteur):
    ours, theirs = Fake("ours"), Fake("theirs")
    trap = saboteur.set(Trap(Point("token", "_acquire"), SystemExit, skip=1), "ours")
    acquire(theirs)
    acquire(ours)
    acquire(theirs)
    assert not trap.sprung
    with pytest.raises(SystemExit, match=CRASH_MARK):
        acquire(ours)
    assert trap.sprung
    acquire(ours)
    assert (ours.calls, theirs.calls) == (2, 2)


def test_a_trap_may_let_the_work_be_done_first(saboteur):
    fake = Fake("ours")
    trap = Trap(Point("token", "_acquire"), MoreThanAnException, after=True)
    saboteur.set(trap, "ours")
    with pytest.raises(MoreThanAnException):
        acquire(fake)
    assert fake.calls == 1


def test_traps_can_be_taken_away(saboteur):
    saboteur.set(Trap(Point("token", "_acquire")), "ours")
    saboteur.clear()
    acquire(Fake("ours"))


def test_the_methods_are_as_they_were_afterwards():
    own, inherited = TokenActor._acquire, BrandWebsocketConnection._before_stop
    with Saboteur():
        assert TokenActor._acquire is not own
        assert "_before_stop" in vars(BrandWebsocketConnection)
    assert TokenActor._acquire is own
    assert BrandWebsocketConnection._before_stop is inherited
    assert "_before_stop" not in vars(BrandWebsocketConnection)
