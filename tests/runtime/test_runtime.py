from __future__ import annotations

import random
import subprocess
import sys
import textwrap
import threading

import pytest

from ums_actors.errors import LocalProtocolError, Overloaded
from ums_actors.runtime import Loop, LoopActor, Runtime, Workers
from ums_actors.runtime.ports import OpenGate, SystemClock

WAIT = 5.0


class Echo(LoopActor):
    """Gives back what it is sent; says where it lives."""

    def on_receive(self, message):
        return message

    def thread(self):
        return threading.current_thread().name


def test_actors_are_spread_over_the_loops():
    runtime = Runtime(2)
    refs = [Echo.start(runtime=runtime) for _ in range(4)]
    names = [ref.proxy().thread().get(timeout=WAIT) for ref in refs]
    assert names == ["ums-loop-1", "ums-loop-2"] * 2
    for ref in refs:
        ref.stop(timeout=WAIT)
    assert runtime.close(WAIT)


def test_actors_of_two_loops_ask_one_another():
    runtime = Runtime(2)

    class Asker(LoopActor):
        def __init__(self, other) -> None:
            self.other = other

        def ask_other(self):
            return self.other.ask("from afar", block=False)

    echo = Echo.start(runtime=runtime)
    asker = Asker.start(echo, runtime=runtime)
    assert asker.proxy().ask_other().get(timeout=WAIT) == "from afar"
    for ref in (echo, asker):
        ref.stop(timeout=WAIT)
    assert runtime.close(WAIT)


def test_everything_can_be_given_from_outside(manual):
    pool = Workers("own", threads=1, queue_limit=1)
    chance = random.Random(1)
    runtime = Runtime(
        [manual.loop],
        clock=manual.clock,
        random=chance,
        ids=lambda: "an-id",
        workers={"own": pool},
        gate=OpenGate(),
        observer=manual.observer,
        connector="a connector",
        tenure="a tenure",
    )
    assert runtime.next_loop() is manual.loop
    assert runtime.workers("own") is pool
    assert (runtime.random, runtime.connector) == (chance, "a connector")
    assert runtime.tenure == "a tenure"
    assert Echo.start(runtime=runtime).actor_urn == "urn:uuid:an-id"
    assert threading.active_count() == len(threading.enumerate())
    assert manual.loop._thread is None


def test_it_has_separate_pools_and_names_them(runtime):
    names = ("auth", "callbacks", "connect", "files", "hooks", "outbox", "reports")
    assert len({runtime.workers(name) for name in names}) == 7
    with pytest.raises(LocalProtocolError, match=", ".join(names)):
        runtime.workers("nonsense")


@pytest.mark.parametrize("loops", [0, []])
def test_it_needs_a_loop(loops):
    with pytest.raises(LocalProtocolError, match="1 or more"):
        Runtime(loops)


def test_closing_is_idempotent_and_ends_all_threads():
    runtime = Runtime(2)
    before = threading.active_count()
    refs = [Echo.start(runtime=runtime) for _ in range(2)]
    hooked = refs[0].proxy().thread().get(timeout=WAIT)
    assert hooked == "ums-loop-1"
    for ref in refs:
        ref.stop(timeout=WAIT)
    assert runtime.close(WAIT)
    assert runtime.close(WAIT)
    assert threading.active_count() == before
    with pytest.raises(LocalProtocolError, match="new Runtime"):
        Echo.start(runtime=runtime)


def test_closing_answers_who_wait_for_workers():
    runtime = Runtime()
    gate, working = threading.Event(), threading.Event()

    def block():
        working.set()
        return gate.wait(4 * WAIT)

    class Working(LoopActor):
        def work(self):
            return self._in_worker(block)

    ref = Working.start(runtime=runtime)
    futures = [ref.proxy().work() for _ in range(6)]
    ref.ask("all are submitted", timeout=WAIT)
    assert working.wait(WAIT)
    assert runtime.close(0.2) is False
    for future in futures:  # of which some may be told a little after it
        with pytest.raises((Overloaded, TimeoutError)):
            future.get(timeout=WAIT)
    gate.set()
    ref.stop(timeout=WAIT)
    assert runtime.close(WAIT)


def test_a_runtime_that_never_ran_gives_its_descriptors_back():
    assert Runtime(3).close(WAIT)


def test_the_default_is_one_for_the_process_until_it_is_closed():
    first = Runtime.default()
    assert Runtime.default() is first
    assert first.close(WAIT)
    second = Runtime.default()
    assert second is not first
    assert second.close(WAIT)


def test_a_forked_child_has_a_default_of_its_own_and_dead_actors_of_its_parent():
    program = """
        import os, sys, pykka
        from ums_actors.runtime import LoopActor, Runtime

        class Echo(LoopActor):
            def on_receive(self, message):
                return message

        other = Runtime()
        refs = [Echo.start(), Echo.start(runtime=other)]
        assert [ref.ask(1, timeout=5) for ref in refs] == [1, 1]
        parent = Runtime.default()
        child = os.fork()
        if child == 0:
            for ref in refs:
                try:
                    ref.ask(2, timeout=5)
                except pykka.ActorDeadError:
                    continue
                os._exit(3)
            assert Runtime.default() is not parent
            os._exit(0 if Echo.start().ask(4, timeout=5) == 4 else 4)
        _, status = os.waitpid(child, 0)
        assert [ref.ask(1, timeout=5) for ref in refs] == [1, 1]
        sys.exit(os.waitstatus_to_exitcode(status))
    """
    finished = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", textwrap.dedent(program)],
        capture_output=True,
        timeout=30,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr.decode()


def test_a_process_ends_though_nothing_was_closed():
    program = """
        from ums_actors.runtime import LoopActor

        class Echo(LoopActor):
            def on_receive(self, message):
                return message

        assert Echo.start().ask(1, timeout=5) == 1
    """
    finished = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)],
        capture_output=True,
        timeout=30,
        check=False,
    )
    assert (finished.returncode, finished.stderr) == (0, b"")


def test_a_loop_made_elsewhere_is_not_started(manual):
    loop = Loop(SystemClock(), manual.poller)
    runtime = Runtime([loop])
    assert runtime.next_loop() is loop
    assert loop._thread is None
    assert runtime.close(WAIT)


class Bounds:
    """What a runtime needs to know of limits."""

    requests = 3
    request_bytes = 100


def test_without_limits_no_loop_has_an_allowance(manual):
    runtime = Runtime([manual.loop])
    assert runtime.allowance(manual.loop) is None
    assert runtime.login_gate is None


def test_each_loop_has_an_allowance_of_its_own(manual):
    loops = [manual.loop, Loop(SystemClock(), manual.poller)]
    runtime = Runtime(loops, limits=Bounds())
    first, second = (runtime.allowance(loop) for loop in loops)
    assert first is not second
    assert runtime.allowance(loops[0]) is first
    assert (first._limit + second._limit, second._bytes) == (3, 50)
    assert runtime.allowance(Loop(SystemClock(), manual.poller)) is None


def test_limits_that_cannot_be_shared_are_refused(manual):
    loops = [Loop(SystemClock(), manual.poller) for _ in range(4)]
    with pytest.raises(LocalProtocolError, match="cannot be split over 4 loops"):
        Runtime(loops, limits=Bounds())


def test_a_gate_of_logins_may_be_given(manual):
    gate = OpenGate()
    assert Runtime([manual.loop], login_gate=gate).login_gate is gate
