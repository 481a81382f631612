from __future__ import annotations

import threading

import pytest

import ums_actors as ums
from ums_actors.actors.departure import Departure
from ums_actors.runtime import LoopFuture


class Workers:
    """A pool whose jobs run when the test says so, or are refused."""

    def __init__(self):
        self.jobs = []
        self.refuses = False

    def submit(self, loop, function, *, timeout, on_abandon=None):
        future = LoopFuture()
        if self.refuses:
            future.try_fail(ums.Overloaded("closed"))
        else:
            self.jobs.append((function, on_abandon, future))
        return future

    def run(self):
        function, _, future = self.jobs.pop()
        function()
        future.try_set(None)


class Loop:
    def __init__(self):
        self.timers = []

    def call_later(self, delay, function):
        self.timers.append((delay, function))
        return self

    def cancel(self):
        self.timers.clear()


class Runtime:
    def __init__(self):
        self.tenure = None
        self.pool = Workers()
        self.last = {}

    def workers(self, name):
        assert name == "hooks"
        return self.pool

    def at_close(self, key, function):
        self.last[key] = function

    def not_at_close(self, key):
        self.last.pop(key, None)


class Source:
    def __init__(self, log):
        self.log = log

    def logout(self, session, timeout):
        self.log.append(f"logout {session}")

    def close(self):
        self.log.append("close")


@pytest.fixture
def log():
    return []


@pytest.fixture
def runtime():
    return Runtime()


@pytest.fixture
def loop():
    return Loop()


@pytest.fixture
def departure(runtime, loop, log):
    made = Departure(runtime, loop, Source(log))
    made.closers.append(lambda: log.append("http"))
    return made


def test_what_is_held_is_logged_out_and_then_all_is_closed(departure, runtime, log):
    departure.session = "S"
    departure.begin()
    departure.begin()
    assert log == []
    runtime.pool.run()
    assert log == ["logout S", "close", "http"]
    assert runtime.pool.jobs == []
    assert runtime.last == {}


def test_without_a_session_all_is_closed(departure, runtime, log):
    departure.begin()
    runtime.pool.run()
    assert log == ["close", "http"]


def test_no_worker_is_no_reason_not_to_close(departure, runtime, log):
    runtime.pool.refuses = True
    departure.session = "S"
    departure.begin()
    assert log == ["close", "http"]


def test_a_logout_that_hangs_is_ended_by_closing(departure, runtime, log):
    departure.session = "S"
    departure.begin()
    [(_, on_abandon, _)] = runtime.pool.jobs
    on_abandon()
    assert log == ["close", "http"]
    runtime.pool.run()  # it comes back
    assert log == ["close", "http", "logout S"]


def test_a_closing_runtime_closes_once(departure, runtime, log):
    runtime.last[departure]()
    departure.begin()
    runtime.pool.run()
    assert log == ["close", "http"]


def test_a_login_under_way_is_waited_for_and_logged_out(departure, runtime, loop, log):
    departure.logins = 1
    departure.begin()
    assert runtime.pool.jobs == []
    departure.landed("S")
    assert loop.timers == []
    runtime.pool.run()
    assert log == ["logout S", "close", "http"]


@pytest.mark.parametrize("late", [None, "S"])
def test_a_login_is_not_waited_for_beyond_a_while(departure, runtime, loop, log, late):
    departure.logins = 1
    departure.begin()
    [(delay, go)] = loop.timers
    assert 0 < delay <= 5
    go()
    departure.landed(late)
    runtime.pool.run()
    assert log == ["close", "http"]


def test_a_login_that_ends_before_the_end_is_none_of_its_business(departure, runtime):
    departure.logins = 1
    departure.landed("S")
    assert departure.logins == 0
    assert runtime.pool.jobs == []
    assert departure.session is None


def test_what_cannot_be_closed_does_not_keep_the_rest_open(departure, log, caplog):
    def explode():
        raise KeyError("a user's bug")

    departure.closers.insert(0, explode)
    departure.close()
    assert log == ["close", "http"]
    assert "connection.close_failed" in caplog.text


def test_two_threads_close_once(departure, log):
    threads = [threading.Thread(target=departure.close) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(5)
    assert log == ["close", "http"]
