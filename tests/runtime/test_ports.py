from __future__ import annotations

import logging
import time

from ums_actors.runtime.ports import (
    BootClock,
    LogObserver,
    OpenGate,
    SystemClock,
    ids,
)


def test_the_log_observer_writes_the_event_with_its_fields(caplog):
    caplog.set_level(logging.INFO)
    error = KeyError("x")
    observer = LogObserver()
    observer.observe("line.up", logging.INFO, {"generation": 3})
    observer.observe("line.down", logging.ERROR, {"error": error})
    observer.observe("line.chatter", logging.DEBUG, {})
    up, down = caplog.records
    assert (up.name, up.message, up.ums_generation) == ("ums_actors", "line.up", 3)
    assert down.exc_info[1] is error


def test_many_log_observers_add_one_handler():
    for _ in range(3):
        LogObserver()
    assert len(logging.getLogger("ums_actors").handlers) == 1


def test_the_log_observer_takes_a_logger_of_the_user(caplog):
    LogObserver(logging.getLogger("mine")).observe("seen", logging.WARNING, {})
    assert [record.name for record in caplog.records] == ["mine"]


def test_the_defaults_are_plain():
    assert OpenGate().delay(5.0) == 0.0
    assert SystemClock().now() <= SystemClock().now()
    assert ids() != ids()


def test_the_boot_clock_goes_on_and_is_no_slower_than_the_monotonic_one():
    clock = BootClock()
    assert time.monotonic() - 1.0 <= clock.now() <= clock.now()
