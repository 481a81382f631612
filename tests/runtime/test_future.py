from __future__ import annotations

import asyncio
import gc
import sys
import threading
import traceback
from typing import Any

import pykka
import pytest
import uvloop

from ums_actors.errors import WouldDeadlock
from ums_actors.runtime import LoopFuture
from ums_actors.runtime.future import TimedOut, on_loop_thread

WAIT = 5.0


@pytest.fixture
def future():
    return LoopFuture()


@pytest.fixture
def as_loop_thread():
    on_loop_thread.loop = object()
    yield
    on_loop_thread.loop = None


def failed(error: BaseException) -> LoopFuture[Any]:
    made: LoopFuture[Any] = LoopFuture()
    made.try_fail(error)
    return made


def test_it_gives_its_value_any_number_of_times(future):
    assert not future.done()
    future.set(3)
    assert future.done()
    assert [future.get(), future.get(timeout=0)] == [3, 3]
    assert future.exception() is None


def test_it_can_be_made_with_its_value():
    assert LoopFuture.of(3).get(timeout=0) == 3


def test_its_value_may_be_none(future):
    future.set()
    assert future.get(timeout=0) is None


def test_its_text_says_whether_it_is_done_and_shows_no_value(future):
    assert repr(future) == "<LoopFuture pending>"
    future.set("secret")
    assert repr(future) == "<LoopFuture done>"


def test_a_second_set_is_refused(future):
    future.set(1)
    with pytest.raises(RuntimeError, match="only once"):
        future.set(2)
    with pytest.raises(RuntimeError, match="only once"):
        future.set_exception(KeyError())
    with pytest.raises(RuntimeError, match="only once"):
        future.set_get_hook(lambda _: 3)
    assert not future.try_set(2)
    assert not future.try_fail(KeyError())
    assert future.get() == 1


@pytest.mark.parametrize("pass_as", ["object", "triple", "handled"])
def test_it_raises_its_exception_with_its_traceback(future, pass_as):
    def culprit() -> None:
        raise KeyError("x")

    try:
        culprit()
    except KeyError as error:
        given = {"object": error, "triple": sys.exc_info(), "handled": None}[pass_as]
        future.set_exception(given)
    assert isinstance(future.exception(), KeyError)
    with pytest.raises(KeyError) as caught:
        future.get()
    assert "culprit" in [frame.name for frame in traceback.extract_tb(caught.tb)]


def test_an_exception_got_often_does_not_grow(future):
    future.try_fail(KeyError())
    lengths = set()
    for _ in range(5):
        try:
            future.get()
        except KeyError as error:
            lengths.add(len(traceback.extract_tb(error.__traceback__)))
    assert len(lengths) == 1


def test_a_failed_get_leaves_no_reference_cycle():
    gc.collect()
    gc.disable()
    try:
        # others may live: of this one nothing may be left
        before = {id(it) for it in gc.get_objects() if type(it) is LoopFuture}
        with pytest.raises(KeyError):
            failed(KeyError()).get()
        after = {id(it) for it in gc.get_objects() if type(it) is LoopFuture}
        assert after <= before
    finally:
        gc.enable()


def test_nothing_handled_and_nothing_passed_is_an_unknown_failure(future):
    future.set_exception()
    with pytest.raises(RuntimeError, match="unknown"):
        future.get()


# -- waiting


def test_a_get_waits_for_another_thread(future):
    thread = threading.Timer(0.02, future.set, ("late",))
    thread.start()
    assert future.get(timeout=WAIT) == "late"
    thread.join()


@pytest.mark.parametrize("timeout", [0, 0.01, -5.0])
def test_a_get_that_times_out_leaves_nothing_behind(future, timeout):
    with pytest.raises(TimedOut, match=str(timeout)) as caught:
        future.get(timeout=timeout)
    assert isinstance(caught.value, pykka.Timeout)
    assert isinstance(caught.value, TimeoutError)
    assert future._waiters == []


def test_a_timeout_may_be_longer_than_the_system_can_count(future):
    future_of_old = threading.Timer(0.01, future.set, (1,))
    future_of_old.start()
    assert future.get(timeout=1e12) == 1
    future_of_old.join()


def test_all_who_wait_are_woken(future):
    got: list[int] = []
    threads = [
        threading.Thread(target=lambda: got.append(future.get(timeout=WAIT)))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    future.set(1)
    for thread in threads:
        thread.join(WAIT)
    assert got == [1] * 4


@pytest.mark.usefixtures("as_loop_thread")
def test_a_loop_thread_may_get_what_is_there_only(future):
    with pytest.raises(WouldDeadlock, match="add_done_callback"):
        future.get(timeout=1)
    with pytest.raises(WouldDeadlock):
        future.map(str).get()
    future.set(1)
    assert future.get() == 1


def test_exactly_one_set_wins_a_race():
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for _ in range(50):
            future: LoopFuture[int] = LoopFuture()
            called: list[int] = []
            future.add_done_callback(lambda done, c=called: c.append(done.get()))
            barrier = threading.Barrier(3)
            wins: list[int] = []

            def race(number, future=future, barrier=barrier, wins=wins):
                barrier.wait(WAIT)
                if future.try_set(number):
                    wins.append(number)

            threads = [threading.Thread(target=race, args=(n,)) for n in range(3)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(WAIT)
            assert wins == [future.get(timeout=0)]
            assert called == wins
    finally:
        sys.setswitchinterval(before)


# -- callbacks


def test_callbacks_are_called_once_in_order_also_when_late(future):
    calls: list[Any] = []
    future.add_done_callback(lambda done: calls.append(("first", done)))
    future.add_done_callback(lambda _: calls.append("second"))
    assert calls == []
    future.set(1)
    future.add_done_callback(lambda _: calls.append("late"))
    assert calls == [("first", future), "second", "late"]


def test_a_callback_added_by_a_callback_is_called(future):
    calls: list[str] = []
    future.add_done_callback(
        lambda done: done.add_done_callback(lambda _: calls.append("inner"))
    )
    future.set(1)
    assert calls == ["inner"]


@pytest.mark.parametrize("error", [ValueError, SystemExit])
def test_a_raising_callback_is_logged_and_the_next_is_called(future, caplog, error):
    calls: list[str] = []

    def broken(_: object) -> None:
        raise error

    future.add_done_callback(broken)
    future.add_done_callback(lambda _: calls.append("next"))
    future.set(1)
    assert calls == ["next"]
    assert "future.callback_failed" in caplog.text


def test_a_chained_future_follows_its_source():
    source, target, late = LoopFuture(), LoopFuture(), LoopFuture()
    target.chain(source)
    source.set(1)
    late.chain(source)
    assert (target.get(timeout=0), late.get(timeout=0)) == (1, 1)


def test_a_chain_goes_through_futures_of_futures_and_failures():
    target, outer, inner = LoopFuture(), LoopFuture(), LoopFuture()
    target.chain(outer)
    outer.set(inner.map(lambda value: failed(KeyError(value))))
    assert not target.done()
    inner.set("deep")
    with pytest.raises(KeyError, match="deep"):
        target.get(timeout=0)


def test_a_chain_that_lost_its_race_is_silent():
    source, target = LoopFuture(), LoopFuture()
    target.chain(source)
    target.set("own")
    source.set("other")
    assert target.get() == "own"


# -- get hooks


def test_a_get_hook_makes_the_value_once(future):
    timeouts: list[float | None] = []

    def hook(timeout):
        timeouts.append(timeout)
        return "made"

    future.set_get_hook(hook)
    assert not future.done()
    assert future.get(timeout=3) == "made"
    assert future.get() == "made"
    assert timeouts == [3]
    with pytest.raises(RuntimeError):
        future.set(1)


def test_a_failing_get_hook_is_tried_again(future):
    answers = iter([KeyError(), "second"])

    def hook(_):
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    future.set_get_hook(hook)
    with pytest.raises(KeyError):
        future.get()
    assert future.get() == "second"


def test_nobody_can_wait_for_a_get_hook_without_getting(future):
    future.set_get_hook(lambda _: 1)
    with pytest.raises(TypeError, match="done-callbacks"):
        future.add_done_callback(print)
    target: LoopFuture[int] = LoopFuture()
    target.chain(future)
    with pytest.raises(TypeError, match="done-callbacks"):
        target.get(timeout=0)


# -- asyncio


@pytest.fixture(params=[asyncio.new_event_loop, uvloop.new_event_loop])
def run(request):
    def run(main):
        with asyncio.Runner(loop_factory=request.param) as runner:
            return runner.run(asyncio.wait_for(main, WAIT))

    return run


def test_awaiting_lets_other_tasks_go_on(run, future):
    ticks: list[str] = []

    async def ticking() -> None:
        for _ in range(3):
            ticks.append("tick")
            await asyncio.sleep(0)
        threading.Thread(target=future.set, args=("from a thread",)).start()

    async def main() -> str:
        task = asyncio.ensure_future(ticking())
        value = await future
        await task
        return value

    assert run(main()) == "from a thread"
    assert ticks == ["tick"] * 3


def test_awaiting_what_is_there_gives_it(run, future):
    future.set(1)

    async def main() -> list[Any]:
        async def derived() -> Any:
            return await future.map(str)

        return [await future, await derived(), await future.join(future)]

    assert run(main()) == [1, "1", [1, 1]]


def test_awaiting_raises_the_exception(run):
    async def main() -> None:
        await failed(KeyError("x"))

    with pytest.raises(KeyError):
        run(main())


def test_awaiting_what_is_mapped_waits_for_its_source(run, future):
    async def main() -> str:
        threading.Timer(0.01, future.set, (5,)).start()
        return await future.map(lambda value: f"<{value}>")

    assert run(main()) == "<5>"


def test_an_await_that_is_cancelled_leaves_nothing_behind(run, future):
    async def main() -> None:
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(_wait(future), 0.01)

    async def _wait(awaited: LoopFuture[Any]) -> Any:
        return await awaited

    run(main())
    assert future._waiters == []
    future.set(1)  # the event loop is closed: nobody minds


def test_an_event_loop_that_is_gone_is_not_woken(run, future, caplog):
    async def main() -> None:
        task = asyncio.ensure_future(_wait())
        await asyncio.sleep(0)
        waiters = list(future._waiters)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        future._waiters.extend(waiters)  # as if it had just been popped

    async def _wait() -> None:
        await future

    run(main())
    future.set(1)
    assert not caplog.records


def test_a_bystander_sees_the_exception_and_has_not_read_it(caplog):
    future = LoopFuture()
    assert future.peek() is None
    error = ValueError("nobody reads it")
    future.set_exception(error)
    assert future.peek() is error
    del future
    assert [record.message for record in caplog.records] == ["future.never_retrieved"]


def test_a_bystander_sees_no_exception_where_there_is_a_value():
    assert LoopFuture.of(1).peek() is None
