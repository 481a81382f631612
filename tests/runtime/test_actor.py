"""The contract that stock actors and ours share, then where ours differ."""

from __future__ import annotations

import logging
import threading
from typing import Any

import pykka
import pytest

from ums_actors.errors import LocalProtocolError, WouldDeadlock
from ums_actors.runtime import LoopActor, LoopFuture, Runtime
from ums_actors.runtime.envelope import Bare
from ums_actors.runtime.loop import MESSAGES_A_TURN

WAIT = 5.0


class Playback:
    """An object behind an actor's attribute."""

    pykka_traversable = True
    volume = 3

    def play(self):
        return "playing"


class Behaviour:
    """What the same tests expect of both kinds of actor."""

    shared = "class attribute"

    def __init__(self, events: list[str] | None = None, number: int = 0) -> None:
        super().__init__()
        self.events = [] if events is None else events
        self.number = number
        self.playback = Playback()
        self.function = lambda: "called"
        self._secret = "hidden"

    def on_start(self):
        self.events.append("on_start")

    def on_stop(self):
        self.events.append("on_stop")

    def on_failure(self, exception_type, exception_value, traceback):
        assert exception_type is type(exception_value)
        assert traceback is not None
        self.events.append("on_failure")

    def on_receive(self, message):
        if isinstance(message, BaseException):
            raise message
        self.events.append(str(message))
        return message

    def add(self, number, *, twice=False):
        self.number += number * (2 if twice else 1)
        return self.number

    def fail(self, error):
        raise error

    def thread_name(self):
        return threading.current_thread().name

    @property
    def half(self):
        return self.number / 2


class Threaded(Behaviour, pykka.ThreadingActor):
    """Stock."""


class Looped(Behaviour, LoopActor):
    """Ours."""


@pytest.fixture
def calm(caplog):
    caplog.set_level(logging.CRITICAL)
    yield
    pykka.ActorRegistry.stop_all(timeout=WAIT)


@pytest.fixture(params=[Threaded, Looped])
def start(request, runtime, calm):
    def start(*args, **kwargs):
        if request.param is Looped:
            kwargs["runtime"] = runtime
        return request.param.start(*args, **kwargs)

    return start


# -- both


def test_an_ask_gives_what_on_receive_returns(start):
    assert start().ask("x", timeout=WAIT) == "x"


def test_an_ask_without_blocking_gives_a_future(start):
    future = start().ask("x", block=False)
    assert isinstance(future, pykka.Future)
    assert future.get(timeout=WAIT) == "x"
    assert future.get() == "x"


def test_told_messages_arrive_in_order_before_a_later_ask(start):
    events: list[str] = []
    ref = start(events)
    for number in range(500):
        ref.tell(number)
    ref.ask("last", timeout=WAIT)
    assert events == ["on_start", *map(str, range(500)), "last"]


def test_start_passes_its_arguments_to_init(start):
    assert start(number=7).proxy().number.get(timeout=WAIT) == 7


def test_a_wrong_argument_fails_in_the_starting_thread(start):
    with pytest.raises(TypeError, match="colour"):
        start(colour="red")
    assert pykka.ActorRegistry.get_all() == []


def test_an_error_under_ask_goes_to_the_asker_only(start):
    events: list[str] = []
    ref = start(events)
    with pytest.raises(KeyError, match="gone"):
        ref.ask(KeyError("gone"), timeout=WAIT)
    assert ref.ask("alive", timeout=WAIT) == "alive"
    assert events == ["on_start", "alive"]


def test_an_error_under_tell_calls_on_failure(start, eventually):
    events: list[str] = []
    ref = start(events)
    ref.tell(KeyError("gone"))
    eventually(lambda: "on_failure" in events)


def test_hooks_run_in_order(start):
    events: list[str] = []
    ref = start(events)
    ref.tell("m")
    assert ref.stop(timeout=WAIT) is True
    assert events == ["on_start", "m", "on_stop"]


def test_all_code_but_init_runs_on_one_other_thread(start):
    proxy = start().proxy()
    names = {proxy.thread_name().get(timeout=WAIT) for _ in range(3)}
    assert len(names) == 1
    assert threading.current_thread().name not in names


def test_messages_before_stop_are_handled_and_those_after_it_refused(start):
    events: list[str] = []
    ref = start(events)
    ref.tell("first")
    before = ref.proxy().add(1)
    stopping = ref.stop(block=False)
    assert before.get(timeout=WAIT) == 1
    assert stopping.get(timeout=WAIT) is True
    with pytest.raises(pykka.ActorDeadError):
        ref.ask("after", timeout=WAIT)
    with pytest.raises(pykka.ActorDeadError):
        ref.tell("after")
    with pytest.raises(pykka.ActorDeadError):
        ref.proxy()
    assert not ref.is_alive()
    assert events == ["on_start", "first", "on_stop"]


def test_a_second_stop_says_false(start):
    ref = start()
    assert ref.stop(timeout=WAIT) is True
    assert ref.stop(timeout=WAIT) is False


def test_an_actor_stops_itself(start, eventually):
    ref = start()
    ref.proxy().stop().get(timeout=WAIT)
    eventually(lambda: not ref.is_alive())


def test_an_actor_knows_itself(start):
    ref = start()
    proxy = ref.proxy()
    assert proxy.actor_inbox.get(timeout=WAIT) is ref.actor_inbox
    assert proxy.actor_stopped.get(timeout=WAIT) == ref.actor_stopped
    assert proxy.actor_urn.get(timeout=WAIT) == ref.actor_urn
    assert str(ref) == f"{ref.actor_class.__name__} ({ref.actor_urn})"
    assert repr(ref) == f"<ActorRef for {ref}>"


def test_a_proxy_calls_methods(start):
    proxy = start().proxy()
    assert proxy.add(2).get(timeout=WAIT) == 2
    assert proxy.add(2, twice=True).get(timeout=WAIT) == 6


def test_a_proxy_defers_a_call(start):
    proxy = start().proxy()
    assert proxy.add.defer(5) is None
    assert proxy.number.get(timeout=WAIT) == 5


def test_a_proxy_reads_attributes_properties_and_functions(start):
    proxy = start(number=9).proxy()
    assert proxy.number.get(timeout=WAIT) == 9
    assert proxy.half.get(timeout=WAIT) == 4.5
    assert proxy.shared.get(timeout=WAIT) == "class attribute"
    assert proxy.function().get(timeout=WAIT) == "called"


def test_a_proxy_sets_attributes(start):
    proxy = start().proxy()
    proxy.number = 4
    assert proxy.number.get(timeout=WAIT) == 4
    proxy.brand_new = "b"
    assert proxy.brand_new.get(timeout=WAIT) == "b"


def test_a_proxy_that_sets_a_method_calls_the_new_one(start):
    proxy = start().proxy()
    proxy.add(1).get(timeout=WAIT)
    proxy.add = lambda: "new"
    assert proxy.add().get(timeout=WAIT) == "new"


def test_an_attribute_that_cannot_be_set_fails_at_once(start):
    proxy = start().proxy()
    with pytest.raises(AttributeError):
        proxy.half = 3


def test_a_proxy_goes_through_traversable_objects(start):
    proxy = start().proxy()
    assert proxy.playback.play().get(timeout=WAIT) == "playing"
    assert proxy.playback.volume.get(timeout=WAIT) == 3
    proxy.playback.volume = 8
    assert proxy.playback.volume.get(timeout=WAIT) == 8


def test_a_proxy_hides_private_and_unknown_names(start):
    proxy = start().proxy()
    with pytest.raises(AttributeError):
        proxy._secret  # noqa: B018
    with pytest.raises(AttributeError):
        proxy.nowhere  # noqa: B018


def test_proxies_of_one_actor_are_equal(start):
    ref = start()
    assert ref.proxy() == ref.proxy()
    assert hash(ref.proxy()) == hash(ref.proxy())
    assert ref.proxy() != start().proxy()
    assert ref.proxy() != "something else"
    assert {"add", "half", "on_receive"} <= set(dir(ref.proxy()))


def test_an_error_in_a_method_goes_to_the_caller(start):
    proxy = start().proxy()
    with pytest.raises(ZeroDivisionError):
        proxy.fail(ZeroDivisionError()).get(timeout=WAIT)


def test_an_ask_times_out(start):
    ref = start()
    gate = threading.Event()
    ref.proxy().function = lambda: gate.wait(WAIT)
    busy = ref.proxy().function()
    with pytest.raises(pykka.Timeout):
        ref.ask("x", timeout=0.01)
    gate.set()
    assert busy.get(timeout=WAIT) is True


def test_the_registry_knows_it_until_it_stops(start):
    ref = start()
    registry = pykka.ActorRegistry
    assert registry.get_all() == [ref]
    assert registry.get_by_urn(ref.actor_urn) == ref
    assert registry.get_by_class(ref.actor_class) == [ref]
    assert registry.get_by_class_name(ref.actor_class.__name__) == [ref]
    registry.broadcast("to all")
    ref.stop(timeout=WAIT)
    assert registry.get_all() == []


def test_stop_all_of_the_host_stops_it_in_order(start):
    events: list[str] = []
    ref = start(events)
    assert pykka.ActorRegistry.stop_all(timeout=WAIT) == [True]
    assert not ref.is_alive()
    assert events == ["on_start", "on_stop"]


def test_get_all_collects_its_futures(start):
    proxy = start().proxy()
    futures = [proxy.add(1) for _ in range(3)]
    assert pykka.get_all(futures, timeout=WAIT) == [1, 2, 3]


# -- ours beside stock ones


def test_stock_actors_and_ours_live_side_by_side(runtime, calm):
    stock, ours = Threaded.start(), Looped.start(runtime=runtime)

    class Caller(pykka.ThreadingActor):
        def on_receive(self, message):
            return ours.ask(message, timeout=WAIT)

    assert Caller.start().ask("through", timeout=WAIT) == "through"
    assert stock.ask("x", timeout=WAIT) == "x"
    assert pykka.ActorRegistry.stop_all(timeout=WAIT) == [True] * 3


def test_stock_and_our_futures_join(runtime, calm):
    stock = Threaded.start().ask("s", block=False)
    ours = Looped.start(runtime=runtime).ask("o", block=False)
    assert ours.join(stock).get(timeout=WAIT) == ["o", "s"]
    assert stock.join(ours).get(timeout=WAIT) == ["s", "o"]


# -- where ours differ


@pytest.mark.parametrize("error", [SystemExit, KeyboardInterrupt, GeneratorExit])
def test_what_is_no_exception_is_contained_under_ask(runtime, calm, error):
    stock, ours = Threaded.start(), Looped.start(runtime=runtime)
    with pytest.raises(RuntimeError, match=error.__name__) as caught:
        ours.ask(error(), timeout=WAIT)
    assert isinstance(caught.value.__cause__, error)
    assert ours.ask("alive", timeout=WAIT) == "alive"
    assert stock.ask("alive", timeout=WAIT) == "alive"


@pytest.mark.parametrize("error", [SystemExit, KeyboardInterrupt, GeneratorExit])
def test_what_is_no_exception_is_a_crash_under_tell(runtime, calm, error):
    stock, ours = Threaded.start(), Looped.start(runtime=runtime)
    bystander = Looped.start(runtime=runtime)
    ours.tell(error())
    assert ours.ask("alive", timeout=WAIT) == "alive"
    assert ours.generation == 2
    assert bystander.ask("alive", timeout=WAIT) == "alive"
    assert bystander.generation == 1
    assert stock.ask("alive", timeout=WAIT) == "alive"


def test_an_actor_is_made_by_start_only():
    with pytest.raises(LocalProtocolError, match=r"Looped\.start"):
        Looped()


def test_what_stock_actors_make_for_themselves_is_the_cell_s_affair():
    assert isinstance(LoopActor._create_future(), LoopFuture)
    with pytest.raises(NotImplementedError):
        LoopActor._create_actor_inbox()
    with pytest.raises(NotImplementedError):
        LoopActor._start_actor_loop(None)


def test_init_need_not_call_the_base_class(runtime):
    class Plain(LoopActor):
        def __init__(self) -> None:
            self.mine = self.actor_urn

    ref = Plain.start(runtime=runtime)
    assert ref.proxy().mine.get(timeout=WAIT) == ref.actor_urn


def test_an_inner_actor_stays_out_of_the_registry(runtime):
    class Inner(Looped):
        _in_registry = False

    ref = Inner.start(runtime=runtime)
    assert pykka.ActorRegistry.get_all() == []
    assert ref.ask("x", timeout=WAIT) == "x"
    assert ref.stop(timeout=WAIT)


def test_get_on_the_loop_thread_says_it_would_deadlock(runtime):
    class Selfish(LoopActor):
        def ask_myself(self):
            return self.actor_ref.ask("x")

    proxy = Selfish.start(runtime=runtime).proxy()
    with pytest.raises(WouldDeadlock, match="return the future"):
        proxy.ask_myself().get(timeout=WAIT)


def test_a_method_that_returns_a_future_is_flattened(manual):
    inner: LoopFuture[Any] = LoopFuture()

    class Deferring(LoopActor):
        def later(self):
            return inner

    future = Deferring.start(runtime=manual.runtime).proxy().later()
    manual.settle()
    assert not future.done()
    nested: LoopFuture[Any] = LoopFuture()
    inner.set(nested)
    assert not future.done()
    nested.set("at last")
    assert future.get(timeout=0) == "at last"


def test_a_failing_future_fails_the_ask_and_restarts_nothing(manual):
    class Deferring(LoopActor):
        def later(self):
            future: LoopFuture[Any] = LoopFuture()
            future.try_fail(KeyError("late"))
            return future

    ref = Deferring.start(runtime=manual.runtime)
    future = ref.proxy().later()
    manual.settle()
    with pytest.raises(KeyError, match="late"):
        future.get(timeout=0)
    assert ref.generation == 1


@pytest.mark.parametrize("nested", [False, True])
def test_a_foreign_future_is_an_error_that_names_the_way_out(manual, nested):
    foreign: pykka.ThreadingFuture[Any] = pykka.ThreadingFuture()

    class Deferring(LoopActor):
        def later(self):
            if not nested:
                return foreign
            future: LoopFuture[Any] = LoopFuture()
            future.set(foreign)
            return future

    future = Deferring.start(runtime=manual.runtime).proxy().later()
    manual.settle()
    with pytest.raises(TypeError, match=r"ThreadingFuture.*_in_worker\(future\.get\)"):
        future.get(timeout=0)


def test_an_asker_that_answers_itself_disturbs_nobody(manual):
    ref = Looped.start(runtime=manual.runtime)
    future = ref.ask("x", block=False)
    future.set("my own")
    second = ref.ask("y", block=False)
    manual.settle()
    assert future.get(timeout=0) == "my own"
    assert second.get(timeout=0) == "y"


def test_hooks_and_helpers_run_on_the_loop(runtime):
    class Helped(LoopActor):
        def __init__(self) -> None:
            self.heard: list[str] = []

        def in_worker(self):
            return self._in_worker(lambda: threading.current_thread().name)

        def later(self):
            done: LoopFuture[str] = LoopFuture()
            before = self._now()
            self._call_later(0.001, lambda: done.set(f"{self._now() > before}"))
            return done

        def see(self):
            self._observe("helped.seen")

    proxy = Helped.start(runtime=runtime).proxy()
    assert proxy.in_worker().get(timeout=WAIT).startswith("ums-hooks")
    assert proxy.later().get(timeout=WAIT) == "True"
    assert proxy.see().get(timeout=WAIT) is None


def test_on_drained_runs_once_for_a_batch(manual):
    drained: list[int] = []

    class Batching(LoopActor):
        def __init__(self) -> None:
            self.count = 0

        def on_receive(self, message):
            self.count += 1

        def _on_drained(self):
            drained.append(self.count)

    ref = Batching.start(runtime=manual.runtime)
    for _ in range(5):
        ref.tell("x")
    manual.settle()
    assert drained == [5]


class Number(Bare, frozen=True):
    value: int


class Greedy(LoopActor):
    """Takes numbers in bulk; anything else, and what is asked, singly."""

    _in_bulk = Number

    def __init__(self, taken, loses) -> None:
        self.taken, self.loses = taken, loses

    def _take_bulk(self, waiting, budget):
        numbers = []
        while waiting and budget and type(waiting[-1]) is Number:
            budget -= 1
            number = waiting.pop().value
            if number == self.loses:
                self.taken.append(numbers)
                raise RuntimeError("a bug")
            numbers.append(number)
        self.taken.append(numbers)

    def on_receive(self, message):
        self.taken.append(message)


def test_messages_of_one_type_are_taken_in_bulk_and_in_order(manual):
    taken: list[object] = []
    ref = Greedy.start(taken, None, runtime=manual.runtime)
    for message in (Number(1), Number(2), "x", Number(3)):
        ref.tell(message)
    manual.settle()
    assert taken == [[1, 2], "x", [3]]


def test_who_asks_is_answered_where_others_are_taken_in_bulk(manual):
    taken: list[object] = []
    ref = Greedy.start(taken, None, runtime=manual.runtime)
    asked = ref.ask(Number(4), block=False)
    manual.settle()
    assert taken == [Number(4)]
    assert asked.get(timeout=0) is None


def test_a_crash_in_bulk_loses_the_one_message_and_no_other(manual):
    taken: list[object] = []
    ref = Greedy.start(taken, 2, runtime=manual.runtime)
    for number in (1, 2, 3, 4):
        ref.tell(Number(number))
    manual.settle()
    assert taken == [[1], [3, 4]]
    assert ref.generation == 2


def test_bulk_is_bounded_by_the_turn_as_single_messages_are(manual):
    taken: list[object] = []
    ref = Greedy.start(taken, None, runtime=manual.runtime)
    for number in range(MESSAGES_A_TURN + 2):
        ref.tell(Number(number))
    manual.settle()
    assert [len(each) for each in taken] == [MESSAGES_A_TURN, 2]


def test_the_default_runtime_serves_who_names_none():
    ref = Looped.start()
    try:
        assert ref.ask("x", timeout=WAIT) == "x"
        assert ref.actor_inbox.runtime is Runtime.default()
    finally:
        ref.stop(timeout=WAIT)
        assert Runtime.default().close(WAIT)
