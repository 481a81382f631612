from __future__ import annotations

import socket
import threading
from typing import Any

import pykka
import pytest

from ums_actors.errors import LocalProtocolError
from ums_actors.runtime import Loop, LoopActor, LoopFuture
from ums_actors.runtime.future import on_loop_thread
from ums_actors.runtime.loop import (
    LAST_TURNS,
    LONGEST_SLEEP,
    MESSAGES_A_TURN,
    PASSES_A_TURN,
    RUNS_UNTOLD,
)
from ums_actors.runtime.poller import READABLE, EpollPoller, SelectPoller
from ums_actors.runtime.ports import SystemClock

WAIT = 5.0


@pytest.fixture(params=[EpollPoller, SelectPoller])
def loop(request):
    made = Loop(SystemClock(), request.param(), "test-loop")
    made.start()
    yield made
    assert made.stop(WAIT)


class Endless:
    """Has always more to do."""

    def __init__(self, loop: Loop) -> None:
        self.loop = loop
        self.turns = 0
        self.given_up = False

    def run(self, budget: int) -> None:
        assert budget == MESSAGES_A_TURN
        self.turns += 1
        self.loop.submit(self)

    def give_up(self) -> None:
        self.given_up = True


# -- with a thread


def test_it_calls_on_its_own_thread(loop):
    seen: LoopFuture[Any] = LoopFuture()
    loop.call_soon(lambda: seen.set((loop.owned(), threading.current_thread().name)))
    assert seen.get(timeout=WAIT) == (True, "test-loop")
    assert not loop.owned()


def test_starting_twice_makes_one_thread(loop):
    loop.start()
    names = [thread.name for thread in threading.enumerate()]
    assert names.count("test-loop") == 1


def test_a_timer_fires_in_time(loop):
    done: LoopFuture[float] = LoopFuture()

    def arm() -> None:
        began = loop.clock.now()
        loop.call_later(0.02, lambda: done.set(loop.clock.now() - began))

    loop.call_soon(arm)
    assert done.get(timeout=WAIT) >= 0.02


def test_a_descriptor_is_watched_until_it_is_not(loop):
    near, far = socket.socketpair()
    with near, far:
        heard: LoopFuture[bytes] = LoopFuture()

        def on_ready(mask: int) -> None:
            assert mask == READABLE
            heard.set(near.recv(10))
            loop.unwatch(near.fileno())
            loop.unwatch(near.fileno())

        loop.call_soon(lambda: loop.watch(near.fileno(), READABLE, on_ready))
        far.send(b"hello")
        assert heard.get(timeout=WAIT) == b"hello"
        far.send(b"again")  # would set the future twice


def test_neither_a_flooding_actor_nor_a_socket_nor_a_timer_starves_another(loop):
    near, far = socket.socketpair()
    with near, far:
        far.send(b"x")  # never read: ready in each turn
        reads: list[int] = []
        ticks: list[int] = []
        enough: LoopFuture[None] = LoopFuture()
        endless = Endless(loop)

        def tick() -> None:
            ticks.append(1)
            if len(ticks) < 50:
                loop.call_later(0.0, tick)
            else:
                loop.unwatch(near.fileno())
                loop.stop(0)
                enough.set(None)

        def begin() -> None:
            loop.watch(near.fileno(), READABLE, reads.append)
            loop.call_later(0.0, tick)
            loop.submit(endless)

        loop.call_soon(begin)
        enough.get(timeout=WAIT)
        assert len(reads) >= 49
        assert endless.turns >= 49
    assert loop.stop(WAIT)
    assert endless.given_up


@pytest.mark.parametrize("error", [ValueError, SystemExit, KeyboardInterrupt])
def test_nothing_that_runs_on_it_ends_its_thread(loop, error, caplog):
    near, far = socket.socketpair()

    def broken(*_: object) -> None:
        loop.unwatch(near.fileno())
        raise error

    def begin() -> None:
        loop.watch(near.fileno(), READABLE, broken)
        loop.call_later(0.0, broken)
        loop.call_soon(broken)

    with near, far:
        far.send(b"x")
        loop.call_soon(begin)
        done: LoopFuture[int] = LoopFuture()
        loop.call_soon(lambda: loop.call_later(0.01, lambda: done.set(1)))
        assert done.get(timeout=WAIT) == 1
    logged = {record.message for record in caplog.records}
    assert logged >= {"loop.timer_failed", "loop.task_failed"}


# -- the end


def test_what_is_in_line_is_still_done_at_the_end():
    loop = Loop(SystemClock(), EpollPoller())
    done: list[int] = []
    loop.start()
    hold = threading.Event()
    loop.call_soon(lambda: hold.wait(WAIT))
    loop.call_soon(lambda: loop.call_soon(lambda: done.append(1)))
    stopping = threading.Thread(target=loop.stop, args=(WAIT,))
    stopping.start()
    hold.set()
    stopping.join(WAIT)
    assert done == [1]


def test_it_does_not_wait_for_its_own_end():
    loop = Loop(SystemClock(), EpollPoller())
    loop.start()
    ended: LoopFuture[bool] = LoopFuture()
    loop.call_soon(lambda: ended.set(loop.stop(WAIT)))
    assert ended.get(timeout=WAIT) is False
    assert loop.stop(WAIT) is True


def test_a_stuck_loop_says_that_it_did_not_end():
    loop = Loop(SystemClock(), EpollPoller())
    loop.start()
    hold = threading.Event()
    loop.call_soon(lambda: hold.wait(WAIT))
    assert loop.stop(0.01) is False
    hold.set()
    assert loop.stop(WAIT) is True


def test_an_ended_loop_cannot_be_started_again(manual):
    assert manual.loop.stop(WAIT)
    assert manual.loop.stop(WAIT)
    with pytest.raises(LocalProtocolError, match="new Runtime"):
        manual.loop.start()


def test_asking_an_actor_of_an_ended_loop_says_it_is_dead(runtime):
    class Echo(LoopActor):
        def on_receive(self, message):
            return message

    ref = Echo.start(runtime=runtime)
    assert ref.ask("x", timeout=WAIT) == "x"
    assert runtime.close(WAIT)
    with pytest.raises(pykka.ActorDeadError):
        ref.ask("x", timeout=WAIT)
    assert not ref.is_alive()
    assert pykka.ActorRegistry.get_all() == []
    assert ref.stop(timeout=WAIT) is False


def test_an_endless_task_does_not_keep_an_ended_loop_alive(manual):
    endless = Endless(manual.loop)
    manual.loop.submit(endless)
    assert manual.loop.stop(WAIT)
    assert endless.given_up
    assert len(manual.poller.timeouts) == LAST_TURNS


def test_a_call_on_an_ended_loop_is_dropped(manual):
    manual.loop.stop(WAIT)
    called: list[int] = []
    manual.loop.call_soon(lambda: called.append(1))
    assert called == []
    assert manual.loop.idle()


# -- by hand


def test_it_is_woken_only_when_it_sleeps(manual):
    loop, poller = manual.loop, manual.poller
    loop.call_soon(lambda: None)
    loop.call_soon(lambda: loop.call_soon(lambda: None))
    assert poller.wakes == 0
    manual.settle()
    assert poller.wakes == 0

    def while_asleep() -> None:
        loop.call_soon(lambda: None)
        loop.call_soon(lambda: None)

    poller.while_polling = while_asleep
    loop.turn()
    assert poller.wakes == 1
    poller.while_polling = lambda: None
    loop.call_soon(lambda: None)
    assert poller.wakes == 1


def test_it_sleeps_as_long_as_there_is_nothing_to_do(manual):
    loop, poller = manual.loop, manual.poller
    loop.turn()
    loop.call_later(2.5, lambda: None)
    loop.turn()
    loop.call_later(1e9, lambda: None)
    loop.turn()
    loop.call_soon(lambda: None)
    loop.turn()
    loop.turn(block=False)
    manual.clock.seconds += 100
    loop.turn()
    loop.turn()
    assert poller.timeouts == [LONGEST_SLEEP, 2.5, 2.5, 0.0, 0.0, 0.0, LONGEST_SLEEP]


def test_a_turn_says_whether_anything_ran(manual):
    loop = manual.loop
    assert not loop.turn(block=False)
    loop.call_soon(lambda: None)
    assert not loop.idle()
    assert loop.turn(block=False)
    timer = loop.call_at(1001.0, lambda: None)
    assert loop.next_timer() == 1001.0
    assert not loop.turn(block=False)
    manual.clock.seconds = 1001.0
    assert loop.turn(block=False)
    timer.cancel()
    assert loop.next_timer() is None


def test_a_turn_by_hand_owns_the_loop_while_it_runs(manual):
    seen: list[bool] = []
    manual.loop.call_soon(lambda: seen.append(manual.loop.owned()))
    manual.settle()
    assert seen == [True]
    assert not manual.loop.owned()


def test_an_event_of_a_descriptor_nobody_watches_any_more_is_dropped(manual):
    loop, heard = manual.loop, []
    loop.watch(7, READABLE, lambda _: loop.unwatch(8))
    loop.watch(8, READABLE, heard.append)
    loop.rewatch(7, 5)
    assert manual.poller.watched == {7: 5, 8: READABLE}
    manual.poller.events = [(7, READABLE), (8, READABLE)]
    manual.settle()
    assert heard == []


def test_what_was_told_before_an_event_came_is_done_before_it(manual):
    seen: list[Any] = []
    manual.loop.watch(7, READABLE, seen.append)
    manual.loop.call_soon(lambda: seen.append("told"))
    manual.poller.events = [(7, READABLE)]
    manual.loop.turn(block=False)
    assert seen == ["told", READABLE]


def test_one_actor_handles_a_bounded_number_of_messages_a_turn(manual):
    class Counting(LoopActor):
        count = 0

        def on_receive(self, message):
            type(self).count += 1

    ref = Counting.start(runtime=manual.runtime)
    at_most = MESSAGES_A_TURN * PASSES_A_TURN
    for _ in range(at_most * 2 + 1):
        ref.tell("x")
    counts = []
    while manual.loop.turn(block=False):
        counts.append(Counting.count)
    assert counts == [at_most, at_most * 2, at_most * 2 + 1]


# -- waking those who wait


class Waiting:
    """Threads that wait for futures, as their locks tell."""

    def __init__(self, count: int = 1) -> None:
        self.futures: list[LoopFuture[int]] = [LoopFuture() for _ in range(count)]
        self.locks = [threading.Lock() for _ in range(count)]
        for future, lock in zip(self.futures, self.locks, strict=True):
            lock.acquire()
            future._waiters.append(lock)

    def asleep(self) -> int:
        return sum(lock.locked() for lock in self.locks)


def test_who_waits_is_woken_at_the_end_of_the_turn(manual):
    waiting, seen = Waiting(2), []

    def answer(future: LoopFuture[int]) -> None:
        future.set(1)
        seen.append(waiting.asleep())

    manual.loop.call_soon(lambda: answer(waiting.futures[0]))
    manual.loop.call_later(0.0, lambda: answer(waiting.futures[1]))
    manual.loop.turn(block=False)
    assert seen == [2, 2]
    assert waiting.asleep() == 0


def test_who_waits_is_not_kept_by_a_long_turn(manual):
    waiting, seen = Waiting(), []
    manual.loop.call_soon(lambda: waiting.futures[0].set(1))
    for _ in range(RUNS_UNTOLD):
        manual.loop.call_soon(lambda: seen.append(waiting.asleep()))
    manual.loop.turn(block=False)
    assert seen == [1] * (RUNS_UNTOLD - 1) + [0]


def test_who_waits_is_woken_at_once_by_whoever_runs_no_turn(manual):
    waiting = Waiting(3)
    outside, _, after = waiting.futures
    outside.set(1)
    assert waiting.asleep() == 2
    manual.loop.turn(block=False)
    manual.runtime.close()

    def on_the_loop() -> None:
        on_loop_thread.loop = manual.loop
        after.set(1)

    thread = threading.Thread(target=on_the_loop)
    thread.start()
    thread.join()
    assert waiting.asleep() == 1


def test_who_waits_in_line_is_woken_by_the_loops_end(manual):
    waiting = Waiting()

    class Last:
        def run(self, budget: int) -> None:
            raise AssertionError(budget)

        def give_up(self) -> None:
            waiting.futures[0].set(1)

    manual.loop.disown()
    manual.loop.submit(Last())
    assert waiting.asleep() == 0
