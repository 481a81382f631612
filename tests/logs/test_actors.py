"""What actors without a connection tell: one test an event, named after it."""

from __future__ import annotations

import logging
import threading

import pytest

from ums_actors.errors import StatusError
from ums_actors.runtime import LoopActor, LoopFuture, Runtime
from ums_actors.runtime import strand as strands
from ums_actors.runtime.instrument import Instruments
from ums_actors.runtime.workers import Workers
from ums_actors.status.client import Client

PLACE = {"connection": "of a strand", "generation": 3}


class Fragile(LoopActor):
    """Raises what it is told, and where its arguments say."""

    def __init__(self, where="", made=None):
        super().__init__()
        self.where = where
        self.made = [] if made is None else made
        self.made.append(self)
        if where == "__init__" and len(self.made) == 2:
            raise ValueError("in __init__")

    def on_receive(self, message):
        if message == "later":
            self._call_later(0.02, lambda: None)
        if isinstance(message, BaseException):
            raise message

    def _raise_in(self, where):
        if self.where == where:
            raise ValueError(f"in {where}")

    def on_failure(self, *_):
        self._raise_in("on_failure")

    def on_stop(self):
        self._raise_in("on_stop")
        if self.where == "_stop_anyway":
            raise ValueError("in on_stop")

    def _stop_anyway(self):
        self._raise_in("_stop_anyway")

    def _before_stop(self):
        self._raise_in("_before_stop")
        return super()._before_stop()


@pytest.fixture
def fragile(runtime, heard):
    def make(where=""):
        return Fragile.start(where, [], runtime=runtime)

    return make


def test_actor_crashed(fragile, heard):
    fragile().tell(KeyError("x"))
    told = heard.wait("actor.crashed")
    assert (told["actor"], told["incarnation"]) == ("Fragile", 1)
    assert isinstance(told["error"], KeyError)
    assert "history" not in told


def test_actor_init_failed(fragile, heard):
    fragile("__init__").tell(KeyError("x"))
    assert str(heard.wait("actor.init_failed")["error"]) == "in __init__"


def test_actor_on_failure_failed(fragile, heard):
    fragile("on_failure").tell(KeyError("x"))
    assert str(heard.wait("actor.on_failure_failed")["error"]) == "in on_failure"


def test_actor_on_stop_failed(fragile, heard):
    fragile("on_stop").stop(timeout=5)
    assert str(heard.wait("actor.on_stop_failed")["error"]) == "in on_stop"


def test_actor_stop_anyway_failed(fragile, heard):
    fragile("_stop_anyway").stop(timeout=5)
    assert str(heard.wait("actor.stop_anyway_failed")["error"]) == "in _stop_anyway"


def test_actor_before_stop_failed(fragile, heard):
    fragile("_before_stop").stop(timeout=5)
    assert str(heard.wait("actor.before_stop_failed")["error"]) == "in _before_stop"


def test_actor_on_crash_failed(runtime, heard):
    def parent(cell, error):
        raise ValueError("in the parent")

    ref = Fragile._launch(("", []), {}, runtime, runtime.next_loop(), parent)
    ref.tell(KeyError("x"))
    assert str(heard.wait("actor.on_crash_failed")["error"]) == "in the parent"


def test_actor_gave_up(fragile, heard):
    ref = fragile()
    for _ in range(6):
        ref.tell(KeyError("x"))
    error = heard.wait("actor.gave_up")["error"]
    assert (error.child, error.exits) == ("Fragile", ("KeyError('x')",))


def test_actor_error_returned(fragile, heard):
    with pytest.raises(KeyError):
        fragile().ask(KeyError("x"), timeout=5)
    assert isinstance(heard.wait("actor.error_returned")["error"], KeyError)


def test_actor_stale_callback(fragile, heard):
    ref = fragile()
    ref.tell("later")
    ref.tell(KeyError("x"))
    assert heard.wait("actor.stale_callback")["incarnation"] == 2


def test_actor_dead_letter(fragile, heard):
    ref = fragile()
    cell = ref.actor_inbox
    cell.loop.call_soon(lambda: (ref.tell("nobody"), cell.stop()))
    assert heard.wait("actor.dead_letter")["actor"] == "Fragile"


# -- subscribers' strands


@pytest.fixture
def strand(runtime):
    """Make calls of a function, queued on the loop."""

    def push(function, event=1):
        loop = runtime.next_loop()
        calls = strands.Strand(runtime, loop, function, 10, place=lambda: dict(PLACE))
        loop.call_soon(lambda: calls.push(event))
        return calls

    return push


def test_subscriber_failed(strand, heard):
    def broken(_):
        raise ValueError("broken")

    strand(broken)
    assert str(heard.wait("subscriber.failed")["error"]) == "broken"


def test_subscriber_slow(strand, heard, monkeypatch):
    monkeypatch.setattr(strands, "SLOW_SECONDS", 0.05)
    free = LoopFuture()
    strand(lambda _: free.get(timeout=10))
    assert heard.wait("subscriber.slow")["dropped"] == 0
    free.set(None)


def test_subscriber_waits(strand, heard, runtime, monkeypatch):
    full = Workers("callbacks", threads=1, queue_limit=0)
    usual = runtime._pools["callbacks"]
    runtime._pools["callbacks"] = full
    calls = strand(lambda _: None)
    heard.wait("subscriber.waits")
    calls.close()
    runtime._pools["callbacks"] = usual
    assert full.close(5)


# -- straight to the logger: there is no observer at hand, or it has failed itself


@pytest.fixture
def logged(caplog, eventually):
    caplog.set_level(logging.ERROR, "ums_actors")

    def wait(name):
        eventually(lambda: any(r.getMessage() == name for r in caplog.records))
        for record in caplog.records:
            assert (record.name, record.levelno) == ("ums_actors", logging.ERROR)
            assert record.exc_info is not None

    return wait


def broken(*_):
    raise ValueError("broken")


def test_loop_task_failed(runtime, logged):
    runtime.next_loop().call_soon(broken)
    logged("loop.task_failed")


def test_loop_timer_failed(runtime, logged):
    loop = runtime.next_loop()
    loop.call_soon(lambda: loop.call_later(0.0, broken))
    logged("loop.timer_failed")


def test_future_never_retrieved(caplog):
    future = LoopFuture()
    future.try_fail(ValueError("nobody looks"))
    del future
    (record,) = caplog.records
    told = (record.name, record.levelno, record.getMessage())
    assert told == ("ums_actors", logging.WARNING, "future.never_retrieved")


def test_future_callback_failed(logged):
    future = LoopFuture()
    future.add_done_callback(broken)
    future.set(None)
    logged("future.callback_failed")


def test_observer_failed(fragile, runtime, logged):
    ref = fragile()
    runtime.observer.observe = broken
    ref.tell(KeyError("x"))
    logged("observer.failed")


def test_runtime_close_failed(logged):
    runtime = Runtime()
    runtime.at_close("key", broken)
    assert runtime.close(5)
    logged("runtime.close_failed")


@pytest.fixture
def overdue(runtime):
    """Have a job of the hooks' workers pass its deadline; it ends with the test."""
    free, loop = LoopFuture(), runtime.next_loop()

    def submit(on_abandon=None):
        loop.call_soon(
            lambda: runtime.workers("hooks").submit(
                loop,
                lambda: free.get(timeout=10),
                timeout=0.5,  # in which a thread must have begun with it
                on_abandon=on_abandon,
            )
        )

    yield submit
    free.set(None)


def test_workers_abandon_failed(overdue, logged):
    overdue(broken)
    logged("workers.abandon_failed")


def test_workers_deadline_passed(overdue, caplog, eventually):
    overdue()
    eventually(lambda: caplog.records)
    [record] = caplog.records
    assert record.getMessage() == "workers.deadline_passed"
    assert (record.levelno, record.ums_pool) == (logging.WARNING, "hooks")


def test_workers_no_thread(runtime, monkeypatch, caplog):
    def refuse(_):
        raise RuntimeError("can't start new thread")

    loop = runtime.next_loop()
    done = LoopFuture()
    monkeypatch.setattr(threading.Thread, "start", refuse)
    loop.call_soon(
        lambda: done.chain(
            runtime.workers("hooks").submit(loop, lambda: 1, timeout=0.05)
        )
    )
    with pytest.raises(TimeoutError, match="in line"):
        done.get(timeout=5)
    record = caplog.records[0]
    assert record.getMessage() == "workers.no_thread"
    assert (record.levelno, record.ums_pool) == (logging.WARNING, "hooks")


def test_the_default_observer_writes_name_fields_and_traceback(runtime, caplog, logged):
    Fragile.start("", [], runtime=runtime).tell(KeyError("x"))
    logged("actor.crashed")
    [record] = caplog.records
    assert (record.ums_actor, record.ums_incarnation) == ("Fragile", 1)
    assert record.exc_info[0] is KeyError


def test_status_failed(tmp_path, logged):
    runtime = Runtime(status_socket=tmp_path / "s.sock")
    runtime._status._source.page = broken
    with Client(runtime.status_path) as client, pytest.raises(StatusError, match="log"):
        next(client.pages())
    assert runtime.close(10.0)
    logged("status.failed")


def test_instrument_failed(runtime, logged):
    class Broken:
        observe = broken

    Instruments([Broken()]).observe("actor.crashed", logging.ERROR, {})
    logged("instrument.failed")
