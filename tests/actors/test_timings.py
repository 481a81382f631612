"""On a virtual clock: the steps of an attempt take what they take."""

from __future__ import annotations

import queue

import pytest

import ums_actors as ums


@pytest.fixture
def crowd(gather, least):
    return gather(1, opened=0, options={"backoff_base": 1.0})


def told(heard):
    return [heard.get_nowait() for _ in range(heard.qsize())]


def test_each_step_has_its_time_and_no_other(crowd):
    heard = queue.Queue()
    crowd.refs[0].proxy().subscribe(heard, ums.ConnectEnded, ums.TokenObtained)
    network = crowd.seats[0].network
    network.dialling = (0.25, 0.25)
    crowd.open(0)
    crowd.pass_time(5.0)
    login, ended = told(heard)
    took = dict(ended.steps)
    assert took["queue"] == 0.0
    assert 0.25 <= took["worker"] < 0.3  # this network says nothing of its parts
    assert took["token"] == pytest.approx(login.seconds)
    assert sum(took.values()) == pytest.approx(ended.seconds)


def test_a_crash_of_the_supervisor_on_the_way_takes_no_step_away(crowd):
    heard = queue.Queue()
    crowd.refs[0].proxy().subscribe(heard, ums.ConnectStarted, ums.ConnectEnded)
    network = crowd.seats[0].network
    network.dialling = (1.0, 1.0)
    crowd.open(0)
    kernel = crowd.kernel(0)
    while str(kernel.session.state) != "CONNECTING":
        crowd.pass_time(0.05)
    kernel.refs["supervisor"].tell(object())
    crowd.pass_time(30.0)
    kinds = [type(each) for each in told(heard)]
    assert kinds.count(ums.ConnectStarted) == kinds.count(ums.ConnectEnded) >= 1
    assert str(kernel.session.state) == "READY"
