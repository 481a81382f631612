from __future__ import annotations

import pytest

from ums_actors.cluster.permit import Permit
from ums_actors.testing.clock import VirtualClock


@pytest.fixture
def clock():
    return VirtualClock(0.0)


@pytest.fixture
def permit(clock):
    made = Permit(clock)
    made.run(3, 10.0)
    return made


def test_the_epoch_that_runs_may_send_until_its_end(permit, clock):
    assert permit.epoch == 3
    assert permit.may_send(3)
    assert not permit.may_send(2)
    clock.move_to(10.0)
    assert not permit.may_send(3)
    assert permit.epoch == 0


def test_nobody_may_send_before_the_first(clock):
    permit = Permit(clock)
    assert permit.epoch == 0
    assert not permit.may_send(0)


def test_who_asked_is_told_once_of_the_end(permit):
    told = []
    permit.at_end(3, "a", lambda: told.append("a"))
    permit.at_end(3, "b", lambda: told.append("b"))
    permit.not_at_end("b")
    permit.not_at_end("unknown")
    permit.end()
    permit.end()
    assert told == ["a"]
    assert not permit.may_send(3)


@pytest.mark.parametrize("epoch", [0, 2, 4])
def test_who_asks_about_another_epoch_is_told_at_once(permit, epoch):
    told = []
    permit.at_end(epoch, "a", lambda: told.append("a"))
    assert told == ["a"]


def test_one_that_raises_keeps_nobody_from_being_told(permit, caplog):
    told = []
    permit.at_end(3, "a", lambda: 1 / 0)
    permit.at_end(3, "b", lambda: told.append("b"))
    permit.end()
    assert told == ["b"]
    assert [record.message for record in caplog.records] == ["lease.end_failed"]
