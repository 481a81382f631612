from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

import pykka
import pytest

from ums_actors.errors import WouldDeadlock
from ums_actors.runtime import LoopActor, LoopFuture, Runtime

if TYPE_CHECKING:
    from collections.abc import Callable

WAIT = 10.0


class Porter(LoopActor):
    """Says on which thread it works."""

    def __init__(self) -> None:
        super().__init__()
        self._never: LoopFuture[None] = LoopFuture()

    def thread(self) -> int:
        return threading.get_ident()

    def later(self, seconds: float) -> LoopFuture[int]:
        done: LoopFuture[int] = LoopFuture()
        self._call_later(seconds, lambda: done.set(threading.get_ident()))
        return done

    def worked(self) -> LoopFuture[int]:
        return self._in_worker(threading.get_ident)

    def never(self) -> LoopFuture[None]:
        return self._never

    def wait_for_itself(self) -> object:
        return self.actor_ref.ask({"to": "itself"}, block=True)

    def exit(self) -> None:
        raise SystemExit(3)

    def on_receive(self, message: Any) -> Any:
        if message == "crash":
            raise KeyboardInterrupt
        return message


@pytest.fixture
def runtime():
    made = Runtime(lends=True)
    yield made
    assert made.close(WAIT)


@pytest.fixture
def porter(runtime):
    ref = Porter.start(runtime=runtime)
    yield ref
    ref.stop(block=True, timeout=WAIT)


def in_thread(work: Callable[[], Any]) -> Any:
    """Do it on a thread that is not the main one; give or raise what it does."""
    outcome: LoopFuture[Any] = LoopFuture()

    def run() -> None:
        try:
            outcome.set(work())
        except BaseException as error:  # noqa: BLE001  (it is raised below)
            outcome.set_exception(error)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        return outcome.get(timeout=2 * WAIT)
    finally:
        thread.join(WAIT)


def until_own(ask: Callable[[], int]) -> bool:
    """Ask until the answer was made on the asking thread."""
    deadline = time.monotonic() + WAIT
    while ask() != threading.get_ident():
        if time.monotonic() > deadline:
            return False
    return True


def test_who_waits_runs_the_actors(porter):
    proxy = porter.proxy()
    assert in_thread(lambda: until_own(lambda: proxy.thread().get(timeout=WAIT)))


def test_a_loop_is_not_lent_unless_it_was_said():
    runtime = Runtime()
    ref = Porter.start(runtime=runtime)
    proxy = ref.proxy()

    def threads() -> set[int]:
        return {proxy.thread().get(timeout=WAIT) for _ in range(50)}

    assert threading.get_ident() not in in_thread(threads)
    assert runtime.loops[0].lending is None
    ref.stop(block=True, timeout=WAIT)
    assert runtime.close(WAIT)


def test_the_main_thread_never_runs_them(porter, runtime):
    assert threading.current_thread() is threading.main_thread()
    proxy = porter.proxy()
    seen = {proxy.thread().get(timeout=WAIT) for _ in range(50)}
    assert threading.get_ident() not in seen
    assert runtime.loops[0].lending.borrowed == 0


def test_timers_and_workers_are_served_by_who_waits(porter):
    proxy = porter.proxy()

    def work() -> bool:
        first = until_own(lambda: proxy.later(0.001).get(timeout=WAIT))
        return first and proxy.worked().get(timeout=WAIT) != threading.get_ident()

    assert in_thread(work)


def test_the_loop_goes_on_when_nobody_waits_any_more(porter):
    proxy = porter.proxy()
    assert in_thread(lambda: until_own(lambda: proxy.thread().get(timeout=WAIT)))
    heard = threading.Event()
    proxy.later(0.01).add_done_callback(lambda _: heard.set())
    assert heard.wait(WAIT)
    told = threading.Event()
    proxy.thread().add_done_callback(lambda _: told.set())
    assert told.wait(WAIT)


def test_a_borrower_that_waits_long_is_left_alone_and_left_by(porter, runtime):
    proxy = porter.proxy()

    def work() -> bool:
        return until_own(lambda: proxy.later(0.05).get(timeout=WAIT))

    assert in_thread(work)
    assert runtime.loops[0].lending.leader is False
    heard = threading.Event()
    proxy.thread().add_done_callback(lambda _: heard.set())
    assert heard.wait(WAIT)


def test_a_timeout_ends_the_waiting_of_a_borrower(porter):
    proxy = porter.proxy()

    def work() -> bool:
        assert until_own(lambda: proxy.thread().get(timeout=WAIT))
        with pytest.raises(pykka.Timeout):
            proxy.never().get(timeout=0.05)
        with pytest.raises(pykka.Timeout):
            proxy.never().get(timeout=0)
        return proxy.thread().get(timeout=WAIT) > 0

    assert in_thread(work)


def test_an_actor_that_waits_for_itself_is_told_so_also_then(porter):
    proxy = porter.proxy()

    def work() -> None:
        assert until_own(lambda: proxy.thread().get(timeout=WAIT))
        proxy.wait_for_itself().get(timeout=WAIT)

    with pytest.raises(WouldDeadlock):
        in_thread(work)


@pytest.mark.filterwarnings("ignore")
def test_what_an_actor_raises_does_not_reach_who_runs_it(porter):
    proxy = porter.proxy()

    def work() -> int:
        assert until_own(lambda: proxy.thread().get(timeout=WAIT))
        with pytest.raises(RuntimeError, match="SystemExit"):
            proxy.exit().get(timeout=WAIT)
        porter.tell("crash")
        assert proxy.thread().get(timeout=WAIT)
        return porter.generation

    assert in_thread(work) == 2


def test_closing_ends_the_waiting_of_a_borrower():
    runtime = Runtime(lends=True)
    ref = Porter.start(runtime=runtime)
    proxy = ref.proxy()
    ready = threading.Event()
    outcome: list[BaseException] = []

    def work() -> None:
        assert until_own(lambda: proxy.thread().get(timeout=WAIT))
        future = proxy.never()
        ready.set()
        try:
            future.get(timeout=1.0)
        except (pykka.Timeout, pykka.ActorDeadError) as error:
            outcome.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    assert ready.wait(WAIT)
    ref.stop(block=False)
    assert runtime.close(WAIT)
    thread.join(WAIT)
    assert not thread.is_alive()
    assert len(outcome) == 1


def test_several_who_wait_are_all_served(porter, runtime):
    proxy = porter.proxy()
    right: list[int] = []

    def work(number: int) -> None:
        mine = [(number, each) for each in range(300)]
        answers = [porter.ask(each, block=True, timeout=WAIT) for each in mine]
        window = [porter.ask(each, block=False) for each in mine]
        answers += [future.get(timeout=WAIT) for future in window]
        right.append(answers == mine * 2)

    threads = [threading.Thread(target=work, args=(each,)) for each in range(6)]
    for thread in threads:
        thread.start()
    for _ in range(200):
        assert proxy.thread().get(timeout=WAIT)
    for thread in threads:
        thread.join(2 * WAIT)
    assert right == [True] * 6
    assert not runtime.loops[0].lending.leader


def test_a_follower_is_not_left_waiting(porter):
    """Its future is done only after the borrower has gone."""
    proxy = porter.proxy()
    follower: list[int] = []
    began = threading.Event()

    def follow() -> None:
        future = proxy.later(0.15)
        began.set()
        follower.append(future.get(timeout=WAIT))

    def lead() -> bool:
        assert until_own(lambda: proxy.thread().get(timeout=WAIT))
        other = threading.Thread(target=follow)
        future = proxy.later(0.1)
        other.start()
        assert began.wait(WAIT)
        future.get(timeout=WAIT)
        other.join(WAIT)
        return not other.is_alive()

    assert in_thread(lead)
    assert len(follower) == 1
