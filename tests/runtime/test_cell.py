from __future__ import annotations

import sys
import threading
from typing import Any

import pykka
import pytest

from ums_actors.errors import RestartBudgetExhausted
from ums_actors.runtime import LoopActor, LoopFuture

WAIT = 5.0


class Fragile(LoopActor):
    """Breaks where its list of faults says so, each fault once."""

    def __init__(self, faults: list[str], events: list[str]) -> None:
        self.faults = faults
        self.events = events
        self.number = self.actor_ref.generation
        self._enter("init")

    def _enter(self, name: str) -> None:
        self.events.append(f"{name} {self.number}")
        if name in self.faults:
            self.faults.remove(name)
            raise ValueError(name)

    def on_start(self):
        self._enter("on_start")

    def on_stop(self):
        self._enter("on_stop")

    def on_failure(self, *_: Any) -> None:
        self._enter("on_failure")

    def _on_drained(self):
        self._enter("drained")

    def on_receive(self, message):
        if isinstance(message, BaseException):
            raise message
        self._enter(message)
        return f"{message} {self.number}"


@pytest.fixture
def events():
    return []


@pytest.fixture
def fragile(manual, events):
    def start(*faults: str):
        return Fragile.start(list(faults), events, runtime=manual.runtime)

    return start


def calls(events: list[str]) -> list[str]:
    return [event for event in events if not event.startswith("drained")]


def test_a_crash_under_tell_replaces_the_object_and_keeps_the_rest(
    manual, fragile, events
):
    ref = fragile()
    proxy, urn, inbox = ref.proxy(), ref.actor_urn, ref.actor_inbox
    ref.tell("a")
    ref.tell(KeyError())
    ref.tell("b")
    last = ref.ask("c", block=False)
    manual.settle()
    assert last.get(timeout=0) == "c 2"
    assert calls(events) == [
        "init 1",
        "on_start 1",
        "a 1",
        "on_failure 1",
        "init 2",
        "on_start 2",
        "b 2",
        "c 2",
    ]
    assert (ref.actor_urn, ref.actor_inbox, ref.generation) == (urn, inbox, 2)
    number = proxy.number
    manual.settle()
    assert number.get(timeout=0) == 2


def test_a_crash_is_reported_with_its_error(manual, fragile):
    fragile().tell(KeyError("x"))
    manual.settle()
    [(_, _, fields)] = [it for it in manual.observer.heard if it[0] == "actor.crashed"]
    assert isinstance(fields["error"], KeyError)
    assert fields["actor"] == "Fragile"
    assert fields["incarnation"] == 1


def test_an_observer_that_raises_disturbs_nobody(manual, fragile, caplog):
    def broken(*_: object) -> None:
        raise RuntimeError("observer")

    manual.observer.observe = broken
    ref = fragile()
    ref.tell(KeyError("x"))
    answer = ref.ask("a", block=False)
    manual.settle()
    assert answer.get(timeout=0) == "a 2"
    assert "observer.failed" in caplog.text


@pytest.mark.parametrize("hook", ["on_start", "drained"])
def test_a_failing_hook_is_a_crash(manual, fragile, events, hook):
    ref = fragile(hook)
    answer = ref.ask("a", block=False)
    manual.settle()
    assert ref.generation == 2
    assert answer.get(timeout=0).startswith("a ")
    assert "on_failure 1" in events
    assert manual.observer.events.count("actor.crashed") == 1


def test_a_failing_on_failure_is_reported_too(manual, fragile):
    ref = fragile("on_failure")
    ref.tell(KeyError())
    answer = ref.ask("a", block=False)
    manual.settle()
    assert answer.get(timeout=0) == "a 2"
    assert "actor.on_failure_failed" in manual.observer.events


def test_a_failing_init_of_a_restart_counts_as_a_crash(manual, fragile, events):
    ref = fragile()
    manual.settle()
    ref._cell.actor.faults.extend(["init", "init"])
    ref.tell(KeyError())
    answer = ref.ask("a", block=False)
    manual.settle()
    assert answer.get(timeout=0) == "a 4"
    assert manual.observer.events.count("actor.init_failed") == 2
    assert events.count("on_failure 1") == 1


def test_too_many_crashes_stop_it_and_answer_everybody(manual, fragile):
    ref = fragile()
    for _ in range(5):
        ref.tell(KeyError())
    alive = ref.ask("still", block=False)
    ref.tell(KeyError())
    asks = [ref.ask("x", block=False) for _ in range(3)]
    stopping = ref.stop(block=False)
    manual.settle()
    assert alive.get(timeout=0) == "still 6"
    for ask in asks:
        with pytest.raises(pykka.ActorDeadError):
            ask.get(timeout=0)
    assert stopping.get(timeout=0) is True
    assert not ref.is_alive()
    assert pykka.ActorRegistry.get_all() == []
    [error] = [f["error"] for e, _, f in manual.observer.heard if e == "actor.gave_up"]
    assert isinstance(error, RestartBudgetExhausted)
    assert error.child == "Fragile"


def test_crashes_far_apart_are_forgiven(manual, fragile):
    ref = fragile()
    for _ in range(20):
        ref.tell(KeyError())
        manual.advance(61.0)
    assert ref.is_alive()
    assert ref.generation == 21


def test_an_init_that_always_fails_ends_the_actor(manual, fragile):
    ref = fragile()
    manual.settle()
    ref._cell.actor.faults.extend(["init"] * 100)
    ref.tell(KeyError())
    manual.settle()
    assert not ref.is_alive()


# -- stopping


def test_a_failing_on_stop_is_reported_and_stops_all_the_same(manual, fragile):
    ref = fragile("on_stop")
    stopping = ref.stop(block=False)
    manual.settle()
    assert stopping.get(timeout=0) is True
    assert not ref.is_alive()
    assert "actor.on_stop_failed" in manual.observer.events


@pytest.mark.parametrize("fault", [(), ("stop_anyway",)])
def test_what_a_failing_on_stop_left_is_given_back_anyway(manual, events, fault):
    class Holding(Fragile):
        def _stop_anyway(self):
            self._enter("stop_anyway")

    ref = Holding.start(["on_stop", *fault], events, runtime=manual.runtime)
    manual.settle()
    stopped = ref.stop(block=False)
    manual.settle()
    assert stopped.done()
    assert not ref.is_alive()
    assert events[-2:] == ["on_stop 1", "stop_anyway 1"]
    last = "actor.stop_anyway_failed" if fault else "actor.on_stop_failed"
    assert manual.observer.events[-1] == last


def test_after_an_on_stop_that_went_well_there_is_nothing_to_give_back(manual, events):
    class Holding(Fragile):
        def _stop_anyway(self):
            self._enter("stop_anyway")

    ref = Holding.start([], events, runtime=manual.runtime)
    manual.settle()
    ref.stop(block=False)
    manual.settle()
    assert events[-1] == "on_stop 1"


def test_what_it_is_sent_while_it_stops_is_answered(manual):
    asked: list[LoopFuture[Any]] = []

    class Parting(LoopActor):
        def on_stop(self):
            asked.append(self.actor_ref.ask("to myself", block=False))

    ref = Parting.start(runtime=manual.runtime)
    ref.stop(block=False)
    behind = ref.ask("behind it", block=False)
    manual.settle()
    for future in (behind, asked[0]):
        with pytest.raises(pykka.ActorDeadError, match="Parting"):
            future.get(timeout=0)


def test_a_lost_tell_is_a_dead_letter(manual, fragile):
    ref = fragile()
    ref.stop(block=False)
    ref.tell("too late")
    manual.settle()
    assert manual.observer.events.count("actor.dead_letter") == 1


class Patient(LoopActor):
    """Stops when its future is done."""

    def __init__(self, futures: list[LoopFuture[None]]) -> None:
        self.futures = futures
        self.handled: list[str] = []

    def _before_stop(self):
        self.futures.append(LoopFuture())
        return self.futures[-1]

    def on_receive(self, message):
        if isinstance(message, BaseException):
            raise message
        return message


def test_an_orderly_stop_handles_messages_until_it_is_ready(manual):
    futures: list[LoopFuture[None]] = []
    ref = Patient.start(futures, runtime=manual.runtime)
    stopping = [ref.stop(block=False), ref.stop(block=False)]
    answer = ref.ask("meanwhile", block=False)
    manual.settle()
    assert answer.get(timeout=0) == "meanwhile"
    assert ref.is_alive()
    assert len(futures) == 1
    futures[0].set(None)
    manual.settle()
    assert [it.get(timeout=0) for it in stopping] == [True, True]
    assert not ref.is_alive()


def test_a_crash_during_an_orderly_stop_asks_the_next_object(manual):
    futures: list[LoopFuture[None]] = []
    ref = Patient.start(futures, runtime=manual.runtime)
    stopping = ref.stop(block=False)
    ref.tell(KeyError())
    answer = ref.ask("meanwhile", block=False)
    manual.settle()
    assert answer.get(timeout=0) == "meanwhile"
    assert len(futures) == 2
    futures[1].set(None)
    manual.settle()
    assert stopping.get(timeout=0) is True


def test_an_actor_that_gives_up_while_it_stops_answers_who_wait_for_that(manual):
    ref = Patient.start([], runtime=manual.runtime)
    stopping = ref.stop(block=False)
    for _ in range(6):
        ref.tell(KeyError())
    manual.settle()
    assert stopping.get(timeout=0) is True
    assert not ref.is_alive()


def test_a_failing_before_stop_does_not_keep_it_alive(manual):
    class Broken(LoopActor):
        def _before_stop(self):
            raise SystemExit

    ref = Broken.start(runtime=manual.runtime)
    stopping = ref.stop(block=False)
    manual.settle()
    assert stopping.get(timeout=0) is True
    assert not ref.is_alive()
    assert "actor.before_stop_failed" in manual.observer.events


@pytest.mark.parametrize("at_once", [True, False])
def test_a_before_stop_that_fails_later_does_not_keep_it_alive_either(manual, at_once):
    wait = LoopFuture()

    class Reluctant(LoopActor):
        def _before_stop(self):
            return wait

    ref = Reluctant.start(runtime=manual.runtime)
    manual.settle()
    if at_once:
        wait.try_fail(ValueError("not yet"))
    stopping = ref.stop(block=False)
    manual.settle()
    if not at_once:
        assert ref.is_alive()
        wait.try_fail(ValueError("not yet"))
        manual.settle()
    assert stopping.get(timeout=0)
    assert not ref.is_alive()
    assert "actor.before_stop_failed" in manual.observer.events


def test_stopping_inside_on_stop_ends_once(manual):
    class Again(LoopActor):
        count = 0

        def on_stop(self):
            type(self).count += 1
            self._stop()

    ref = Again.start(runtime=manual.runtime)
    ref.stop(block=False)
    manual.settle()
    assert Again.count == 1
    assert not ref.is_alive()


def test_an_actor_that_stops_at_once_and_then_raises_is_not_restarted(manual):
    class Leaving(LoopActor):
        def on_receive(self, message):
            self._stop()
            raise KeyError

    ref = Leaving.start(runtime=manual.runtime)
    ref.tell("go")
    manual.settle()
    assert not ref.is_alive()
    assert ref.generation == 1
    assert "actor.crashed" in manual.observer.events


# -- under a supervisor


class Ward(LoopActor):
    """A supervised actor."""

    _in_registry = False

    def on_receive(self, message):
        if isinstance(message, BaseException):
            raise message
        return message


@pytest.fixture
def ward(manual):
    crashes: list[BaseException] = []

    def start(on_crash=lambda _, error: crashes.append(error)):
        ref = Ward._launch((), {}, manual.runtime, manual.loop, on_crash)
        ref.crashes = crashes
        return ref

    return start


def test_a_supervised_actor_waits_for_its_supervisor(manual, ward):
    ref = ward()
    ref.tell(KeyError())
    answer = ref.ask("x", block=False)
    manual.settle()
    assert [type(error) for error in ref.crashes] == [KeyError]
    assert ref.is_alive()
    assert not answer.done()
    ref._cell.restart()
    manual.settle()
    assert answer.get(timeout=0) == "x"
    assert ref.generation == 2


def test_a_supervisor_may_bury_a_crashed_actor(manual, ward):
    ref = ward()
    ref.tell(KeyError())
    answer = ref.ask("x", block=False)
    manual.settle()
    ref._cell.bury()
    with pytest.raises(pykka.ActorDeadError):
        answer.get(timeout=0)
    ref._cell.restart()
    assert ref.generation == 1


def test_a_supervisor_that_fails_does_not_leave_askers_hanging(manual, ward):
    def broken(*_: object) -> None:
        raise RuntimeError("supervisor")

    ref = ward(broken)
    ref.tell(KeyError())
    answer = ref.ask("x", block=False)
    manual.settle()
    with pytest.raises(pykka.ActorDeadError):
        answer.get(timeout=0)
    assert "actor.on_crash_failed" in manual.observer.events


# -- the fence


class Fencing(LoopActor):
    """Arms callbacks for itself."""

    def __init__(self, hits: list[int]) -> None:
        self.hits = hits
        self.number = self.actor_ref.generation

    def on_receive(self, message):
        if isinstance(message, BaseException):
            raise message
        self._call_later(10.0, lambda: self.hits.append(self.number))
        return self._cell.fenced_anywhere(lambda *_: self.hits.append(-self.number))

    def _on_drained(self):
        self.hits.append(0)


def test_timers_of_a_replaced_object_are_dropped(manual):
    hits: list[int] = []
    ref = Fencing.start(hits, runtime=manual.runtime)
    ref.tell("arm")
    ref.tell(KeyError())
    ref.tell("arm")
    manual.settle()
    manual.advance(11.0)
    assert [hit for hit in hits if hit] == [2]
    assert manual.observer.events.count("actor.stale_callback") == 1


def test_timers_of_a_stopped_actor_are_dropped(manual):
    hits: list[int] = []
    ref = Fencing.start(hits, runtime=manual.runtime)
    ref.tell("arm")
    manual.settle()
    ref.stop(block=False)
    manual.settle()
    manual.advance(11.0)
    assert not any(hits)


def test_a_callback_that_is_fenced_anywhere_runs_on_the_loop(manual):
    hits: list[int] = []
    asked = Fencing.start(hits, runtime=manual.runtime).ask("arm", block=False)
    manual.settle()
    hits.clear()
    asked.get(timeout=0)("from outside the loop")
    assert hits == []
    manual.settle()
    assert hits == [-1]


def test_a_failing_callback_is_a_crash_of_its_actor(manual):
    class Arming(LoopActor):
        def on_start(self):
            if self.actor_ref.generation == 1:
                self._call_later(1.0, lambda: 1 // 0)

    ref = Arming.start(runtime=manual.runtime)
    manual.settle()
    manual.advance(2.0)
    assert ref.generation == 2


# -- races


@pytest.fixture
def tiny_switch_interval():
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("tiny_switch_interval")
def test_asks_that_race_stop_are_always_answered(runtime):
    class Echo(LoopActor):
        _in_registry = False

        def on_receive(self, message):
            return message

    def hammer(ref, barrier, futures):
        barrier.wait(WAIT)
        futures.extend(ref.ask(number, block=False) for number in range(20))

    for _ in range(40):
        ref = Echo.start(runtime=runtime)
        barrier = threading.Barrier(4)
        results: list[list[LoopFuture[Any]]] = [[], [], []]
        threads = [
            threading.Thread(target=hammer, args=(ref, barrier, futures))
            for futures in results
        ]
        for thread in threads:
            thread.start()
        barrier.wait(WAIT)
        assert ref.stop(timeout=WAIT) is True
        for thread in threads:
            thread.join(WAIT)
        for futures in results:
            for number, future in enumerate(futures):
                try:
                    assert future.get(timeout=WAIT) == number
                except pykka.ActorDeadError:
                    continue


@pytest.mark.usefixtures("tiny_switch_interval")
def test_no_message_is_lost_between_a_sleeping_actor_and_its_tellers(runtime):
    class Counter(LoopActor):
        def __init__(self) -> None:
            self.count = 0

        def on_receive(self, message):
            self.count += 1
            return self.count

    ref = Counter.start(runtime=runtime)

    def tell() -> None:
        for number in range(1000):
            ref.tell("x")
            if number % 10 == 0:
                ref.ask("x", timeout=WAIT)

    threads = [threading.Thread(target=tell) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert ref.proxy().count.get(timeout=WAIT) == 3 * 1100


# -- at once


class Prompt(LoopActor):
    """Writes down what it hears; one word has it tell itself another."""

    def __init__(self, heard: list[object]) -> None:
        self.heard = heard

    def on_receive(self, message):
        if isinstance(message, BaseException):
            raise message
        if message == "first":
            self.actor_ref.tell("told by itself")
            self._cell.deliver("delivered by itself")
        self.heard.append(message)

    def _on_drained(self):
        self.heard.append("drained")


def test_what_is_delivered_to_an_idle_actor_is_handled_at_once(manual):
    heard: list[object] = []
    cell = Prompt.start(heard, runtime=manual.runtime).actor_inbox
    cell.deliver("before its start")
    assert heard == []
    manual.settle()
    heard.clear()
    cell.deliver("x")
    assert heard == ["x"]
    manual.settle()
    assert heard == ["x"]  # nothing was put into the run queue


def test_what_is_delivered_waits_for_what_came_before(manual):
    heard: list[object] = []
    cell = Prompt.start(heard, runtime=manual.runtime).actor_inbox
    manual.settle()
    heard.clear()
    cell.ref.tell("earlier")
    cell.deliver("later")
    assert heard == []
    manual.settle()
    assert heard == ["earlier", "later", "drained"]


def test_what_is_delivered_by_its_own_handler_comes_after_it(manual):
    heard: list[object] = []
    cell = Prompt.start(heard, runtime=manual.runtime).actor_inbox
    manual.settle()
    heard.clear()
    cell.deliver("first")
    manual.settle()
    assert heard == ["first", "told by itself", "delivered by itself", "drained"]


def test_a_crash_over_what_is_delivered_is_a_crash_of_the_actor_alone(manual):
    heard: list[object] = []
    cell = Prompt.start(heard, runtime=manual.runtime).actor_inbox
    manual.settle()
    heard.clear()
    cell.deliver(KeyError("a bug"))
    assert cell.generation == 2
    cell.deliver("next")
    assert heard == ["next"]
    cell.suspended = True
    cell.deliver("for later")
    assert heard == ["next"]
    cell.suspended = False
    cell.schedule()
    manual.settle()
    assert heard == ["next", "for later", "drained"]


def test_drain_is_at_once_or_after_what_waits(manual):
    heard: list[object] = []
    cell = Prompt.start(heard, runtime=manual.runtime).actor_inbox
    manual.settle()
    heard.clear()
    cell.drain()
    assert heard == ["drained"]
    cell.ref.tell("x")
    cell.drain()
    assert heard == ["drained"]
    manual.settle()
    assert heard == ["drained", "x", "drained"]
    cell.ref.stop(block=False)
    manual.settle()
    heard.clear()
    cell.drain()
    manual.settle()
    assert heard == []
