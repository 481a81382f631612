from __future__ import annotations

import asyncio
import gc
import logging
from functools import partial

import pykka
import pytest

from ums_actors.errors import RequestRejected
from ums_actors.runtime import LoopActor, LoopFuture
from ums_actors.runtime.unread import Unread


@pytest.fixture
def told(caplog):
    """Give what has been told of so far, once all garbage has been collected."""

    def exceptions():
        gc.collect()
        return [
            record.exc_info[1]
            for record in caplog.records
            if record.getMessage() == "future.never_retrieved"
        ]

    gc.collect()  # what other tests have left
    caplog.clear()
    caplog.set_level(logging.WARNING, logger="ums_actors")
    return exceptions


def failed(error=None):
    future = LoopFuture()
    future.try_fail(error or ValueError("no"))
    return future


def test_an_exception_that_nobody_read_is_told_of_with_its_traceback(told):
    error = ValueError("no")
    future = failed(error)
    assert told() == []
    del future
    assert told() == [error]


def read_by_get(future):
    with pytest.raises(ValueError, match="no"):
        future.get(timeout=0)


def read_by_looking(future):
    assert isinstance(future.exception(), ValueError)


def read_by_await(future):
    async def wait():
        with pytest.raises(ValueError, match="no"):
            await future

    asyncio.run(wait())


def read_by_callback(future):
    future.add_done_callback(lambda done: done.exception())


def read_through_another(future):
    other = LoopFuture()
    other.chain(future)
    read_by_looking(other)


def read_through_what_is_derived(future):
    read_by_get(future.map(str))


@pytest.mark.parametrize(
    "read",
    [
        read_by_get,
        read_by_looking,
        read_by_await,
        read_by_callback,
        read_through_another,
        read_through_what_is_derived,
    ],
)
def test_one_that_was_read_is_not(told, read):
    future = failed()
    read(future)
    del future
    assert told() == []


def test_a_reader_who_comes_before_the_failure_counts_too(told):
    future = LoopFuture()
    read_by_callback(future)
    future.try_fail(ValueError("no"))
    del future
    assert told() == []


def test_of_several_futures_with_one_exception_it_is_told_once(told):
    error = ValueError("no")
    future, other = failed(error), LoopFuture()
    other.chain(future)
    del future
    assert told() == []  # the other may still be read
    del other
    assert told() == [error]


def test_a_failure_that_came_too_late_is_nobodys(told):
    future = LoopFuture.of(1)
    assert not future.try_fail(ValueError("late"))
    again = failed()
    assert not again.try_fail(ValueError("late"))
    read_by_looking(again)
    assert told() == []


def test_what_a_derived_future_raises_is_told_of_when_it_was_asked_and_not_heard(told):
    derived = LoopFuture.of("x").map(int)
    heard = []
    derived.add_done_callback(heard.append)
    assert heard == [derived]
    heard.clear()
    del derived
    (error,) = told()
    assert isinstance(error, ValueError)


def test_a_future_without_an_outcome_has_nothing_to_tell(told):
    future = LoopFuture()
    with pytest.raises(pykka.Timeout):
        future.get(timeout=0)
    del future
    assert told() == []


def test_the_end_of_the_process_is_no_time_to_tell(told, monkeypatch):
    monkeypatch.setattr("sys.is_finalizing", lambda: True)
    unread = Unread(ValueError("no"))
    del unread
    assert told() == []


@pytest.mark.parametrize("is_alive", [True, False])
def test_what_a_fenced_callback_is_called_with_counts_as_read(told, manual, is_alive):
    """Its actor takes it, or has gone, and with it whoever would have been told."""
    ref = LoopActor.start(runtime=manual.runtime)
    manual.settle()
    fenced = ref.actor_inbox.fenced(lambda future: future.exception())
    if not is_alive:
        ref.stop(block=False)
        manual.settle()
    future = failed()
    future.add_done_callback(fenced)  # on another thread than the loop's
    manual.settle()
    del future
    assert told() == []
    inside = failed()
    manual.loop.call_soon(partial(inside.add_done_callback, fenced))
    manual.settle()
    del inside
    assert told() == []


def test_an_error_of_ours_is_told_in_one_line(caplog):
    gc.collect()  # what other tests have left
    caplog.clear()
    error = RequestRejected(400, "a sentence", request_type=".x")
    failed(error)
    gc.collect()
    (record,) = caplog.records
    assert record.levelno == logging.WARNING
    assert record.exc_info is None
    assert record.ums_reason == f"RequestRejected: {error}"
