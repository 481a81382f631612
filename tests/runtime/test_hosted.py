from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest

from ums_actors.aio import hosted_runtime
from ums_actors.errors import WouldDeadlock
from ums_actors.runtime import LoopActor, LoopFuture

WAIT = 10.0


class Porter(LoopActor):
    """Says on which thread it works."""

    def __init__(self) -> None:
        super().__init__()
        self.crashes = 0

    def thread(self) -> int:
        return threading.get_ident()

    def later(self, seconds: float) -> LoopFuture[int]:
        done: LoopFuture[int] = LoopFuture()
        self._call_later(seconds, lambda: done.set(threading.get_ident()))
        return done

    def worked(self) -> LoopFuture[int]:
        return self._in_worker(threading.get_ident)

    def on_receive(self, message: Any) -> Any:
        if message == "crash":
            raise SystemExit(1)
        return message


def run(work: Any) -> Any:
    async def bounded() -> Any:
        async with asyncio.timeout(3 * WAIT):
            async with hosted_runtime() as runtime:
                ref = Porter.start(runtime=runtime)
                try:
                    return await work(ref)
                finally:
                    await ref.stop(block=False)

    return asyncio.run(bounded())


def test_actors_run_on_the_asyncio_thread():
    async def work(ref):
        proxy = ref.proxy()
        mine = threading.get_ident()
        assert await proxy.thread() == mine
        assert await proxy.later(0.01) == mine
        assert await proxy.worked() != mine

    run(work)


def test_timers_fire_in_order_and_in_time():
    async def work(ref):
        proxy, order = ref.proxy(), []
        for seconds in (0.06, 0.02, 0.04):
            proxy.later(seconds).add_done_callback(
                lambda _, seconds=seconds: order.append(seconds)
            )
        await proxy.later(0.08)
        assert order == [0.02, 0.04, 0.06]

    run(work)


def test_a_blocking_wait_is_refused_on_its_thread():
    async def work(ref):
        with pytest.raises(WouldDeadlock):
            ref.proxy().thread().get(timeout=WAIT)
        assert LoopFuture.of(1).get() == 1

    run(work)
    later: LoopFuture[int] = LoopFuture()
    threading.Timer(0.01, later.set, [1]).start()
    assert later.get(timeout=WAIT) == 1  # the thread is an ordinary one again


def test_other_threads_reach_it():
    async def work(ref):
        def elsewhere():
            answers = [ref.ask(each, block=True, timeout=WAIT) for each in range(100)]
            windows = [ref.ask(each, block=False) for each in range(100)]
            return answers, [each.get(timeout=WAIT) for each in windows]

        both = await asyncio.gather(*(asyncio.to_thread(elsewhere) for _ in range(4)))
        assert both == [(list(range(100)), list(range(100)))] * 4

    run(work)


def test_a_crash_is_contained():
    async def work(ref):
        ref.tell("crash")
        assert await ref.proxy().thread() == threading.get_ident()
        assert ref.generation == 2

    run(work)


def test_the_asyncio_loop_has_its_turns_while_actors_are_busy():
    class Endless(LoopActor):
        stopping = False
        turns = 0

        def on_receive(self, message):
            self.turns += 1
            if not self.stopping:
                self.actor_ref.tell(message)

    async def work(ref):
        busy = Endless.start(runtime=ref.actor_inbox.runtime)
        busy.tell("on")
        for _ in range(20):
            await asyncio.sleep(0)
        busy._actor_weakref().stopping = True
        await busy.stop(block=False)
        assert busy.actor_inbox.actor.turns > 20

    run(work)


def test_a_closed_one_answers_who_asks():
    async def work():
        async with hosted_runtime() as runtime:
            ref = Porter.start(runtime=runtime)
            assert await ref.proxy().thread()
        with pytest.raises(Exception, match=r"not found|stopped"):
            await ref.proxy().thread()

    asyncio.run(work())
