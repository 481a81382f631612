"""What stock Pykka does, as we rely on it or guard against it.

An upgrade of Pykka that changes one of these facts fails here, by name.
"""

from __future__ import annotations

import inspect
import logging
import queue
import threading
from typing import TYPE_CHECKING, Any

import pykka
import pytest
from pykka import messages
from pykka._envelope import Envelope
from pykka._proxy import CallableProxy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class Stock(pykka.ThreadingActor):
    """Fails in the hook it is told to; records which hooks ran."""

    def __init__(self, events: list[str] | None = None, fails: str = "") -> None:
        super().__init__()
        self.events = [] if events is None else events
        self.fails = fails

    def _enter(self, name: str) -> None:
        self.events.append(name)
        if self.fails == name:
            raise ValueError(name)

    def on_start(self) -> None:
        self._enter("on_start")

    def on_stop(self) -> None:
        self._enter("on_stop")

    def on_failure(self, *_: Any) -> None:
        self._enter("on_failure")

    def on_receive(self, message: Any) -> Any:
        if isinstance(message, BaseException):
            raise message
        return message

    def thread(self) -> threading.Thread:
        return threading.current_thread()


@pytest.fixture(autouse=True)
def stopped(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    caplog.set_level(logging.CRITICAL, "pykka")
    yield
    pykka.ActorRegistry.stop_all(block=True, timeout=5)


def test_an_error_under_ask_goes_to_the_asker_and_calls_no_hook() -> None:
    events: list[str] = []
    ref = Stock.start(events)
    with pytest.raises(KeyError):
        ref.ask(KeyError("x"), timeout=5)
    assert ref.ask("still here", timeout=5) == "still here"
    assert events == ["on_start"]


def test_an_error_under_tell_calls_on_failure_and_ends_the_actor(
    eventually: Callable[..., None],
) -> None:
    events: list[str] = []
    ref = Stock.start(events)
    ref.tell(KeyError("x"))
    eventually(lambda: "on_failure" in events)
    assert not ref.is_alive()


def test_a_failing_on_start_ends_the_actor_without_on_failure(
    eventually: Callable[..., None],
) -> None:
    events: list[str] = []
    ref = Stock.start(events, "on_start")
    eventually(lambda: not ref.is_alive())
    with pytest.raises(pykka.ActorDeadError):
        ref.ask("x", timeout=5)
    assert events == ["on_start"]


def test_a_failing_on_stop_calls_no_hook_and_stop_says_true() -> None:
    events: list[str] = []
    ref = Stock.start(events, "on_stop")
    assert ref.stop(timeout=5) is True
    assert events == ["on_start", "on_stop"]


def test_start_returns_before_on_start_has_run() -> None:
    gate = threading.Event()

    class Slow(pykka.ThreadingActor):
        def on_start(self) -> None:
            gate.wait(10)

    ref = Slow.start()  # would hang otherwise
    gate.set()
    assert ref.stop(timeout=5)


def test_system_exit_in_one_actor_stops_every_actor_of_the_process(
    eventually: Callable[..., None],
) -> None:
    bystander = Stock.start()
    culprit = Stock.start()
    unanswered = culprit.ask(SystemExit(), block=False)
    eventually(lambda: not bystander.is_alive())
    with pytest.raises(pykka.Timeout):
        unanswered.get(timeout=0.05)


def test_a_message_put_after_the_final_drain_is_never_answered() -> None:
    ref = Stock.start()
    thread = ref.proxy().thread().get(timeout=5)
    ref.stop(timeout=5)
    thread.join(5)
    late: pykka.ThreadingFuture[Any] = pykka.ThreadingFuture()
    ref.actor_inbox.put(Envelope("x", late))  # what ask does after its is_alive()
    with pytest.raises(pykka.Timeout):
        late.get(timeout=0.05)


def test_a_told_message_left_at_stop_is_dropped_without_a_word(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO, "pykka")
    gate = threading.Event()

    class Blocked(pykka.ThreadingActor):
        def on_receive(self, message: Any) -> None:
            gate.wait(10)

    ref = Blocked.start()
    ref.tell("block")
    stopping = ref.stop(block=False)
    ref.tell("lost")
    gate.set()
    assert stopping.get(timeout=5)
    assert not caplog.records


def test_a_reference_to_a_stopped_actor_stays_dead() -> None:
    ref = Stock.start()
    assert ref.stop(timeout=5) is True
    assert ref.stop(timeout=5) is False
    with pytest.raises(pykka.ActorDeadError):
        ref.tell("x")
    with pytest.raises(pykka.ActorDeadError):
        ref.proxy()


def test_a_stock_inbox_is_an_unbounded_queue() -> None:
    inbox = Stock._create_actor_inbox()
    assert isinstance(inbox, queue.Queue)
    assert inbox.maxsize == 0


def test_threads_of_actors_are_not_daemons() -> None:
    assert pykka.ThreadingActor.use_daemon_thread is False


def test_the_registry_is_one_list_for_the_process() -> None:
    ref = Stock.start()
    assert ref in pykka.ActorRegistry._actor_refs
    assert isinstance(pykka.ActorRegistry._actor_refs, list)
    other = object()
    pykka.ActorRegistry.register(other)  # type: ignore[arg-type]
    assert pykka.ActorRegistry.get_all()[-1] is other
    pykka.ActorRegistry.unregister(other)  # type: ignore[arg-type]
    pykka.ActorRegistry.unregister(other)  # type: ignore[arg-type]
    assert pykka.ActorRegistry.get_all() == [ref]


def test_the_registry_stops_what_it_knows_by_ref_stop_last_started_first() -> None:
    stopped: list[str] = []

    class Ref:
        def __init__(self, name: str) -> None:
            self.name = name

        def stop(self, *, block: bool, timeout: float | None) -> bool:
            stopped.append(self.name)
            return block

    refs = [Ref("first"), Ref("second")]
    for ref in refs:
        pykka.ActorRegistry.register(ref)  # type: ignore[arg-type]
    pykka.ActorRegistry.stop_all()
    for ref in refs:
        pykka.ActorRegistry.unregister(ref)  # type: ignore[arg-type]
    assert stopped == ["second", "first"]


def test_a_stock_future_is_set_once_and_has_no_done_callbacks() -> None:
    future: pykka.ThreadingFuture[int] = pykka.ThreadingFuture()
    future.set(1)
    with pytest.raises(queue.Full):
        future.set(2)
    assert not hasattr(future, "add_done_callback")


def test_awaiting_a_stock_future_blocks_the_thread() -> None:
    future: pykka.ThreadingFuture[int] = pykka.ThreadingFuture()
    steps = future.__await__()
    next(steps)
    future.set(3)
    with pytest.raises(StopIteration, match="3"):
        next(steps)


def test_stock_proxies_hide_private_names_and_pin_the_object() -> None:
    proxy = Stock.start().proxy()
    with pytest.raises(AttributeError):
        proxy._enter("x")
    assert isinstance(proxy._actor, Stock)


def test_a_stock_actor_returns_a_future_as_it_is() -> None:
    inner: pykka.ThreadingFuture[int] = pykka.ThreadingFuture()
    assert Stock.start().ask(inner, timeout=5) is inner


# -- the private names that our runtime is built on


def test_envelopes_have_a_message_and_a_reply() -> None:
    assert Envelope.__slots__ == ["message", "reply_to"]
    assert list(inspect.signature(Envelope.__init__).parameters) == [
        "self",
        "message",
        "reply_to",
    ]
    assert Envelope("m").reply_to is None


def test_the_stop_message_has_no_fields() -> None:
    assert messages._ActorStop() == ()


def test_messages_of_proxies_have_the_fields_we_fill() -> None:
    assert messages.ProxyCall._fields == ("attr_path", "args", "kwargs")
    assert messages.ProxyGetAttr._fields == ("attr_path",)
    assert messages.ProxySetAttr._fields == ("attr_path", "value")


def test_a_callable_proxy_is_made_of_a_reference_and_a_path() -> None:
    assert list(inspect.signature(CallableProxy.__init__).parameters) == [
        "self",
        "actor_ref",
        "attr_path",
    ]
    ref = Stock.start()
    method = CallableProxy(actor_ref=ref, attr_path=("on_receive",))
    assert method(5).get(timeout=5) == 5


def test_a_stock_proxy_finds_the_object_by_the_reference() -> None:
    ref = Stock.start()
    assert isinstance(ref._actor_weakref(), Stock)
    assert list(inspect.signature(pykka.ActorProxy.__init__).parameters) == [
        "self",
        "actor_ref",
        "attr_path",
    ]


def test_an_actor_has_the_hooks_and_names_we_override() -> None:
    assert pykka.Actor.__abstractmethods__ == {
        "_create_actor_inbox",
        "_create_future",
        "_start_actor_loop",
    }
    for name in ("_handle_receive", "_stop", "on_start", "on_stop", "on_receive"):
        assert callable(getattr(pykka.Actor, name))
    assert list(inspect.signature(pykka.Actor.on_failure).parameters)[1:] == [
        "exception_type",
        "exception_value",
        "traceback",
    ]
    actor = Stock()
    assert set(vars(actor)) - {"events", "fails"} == {
        "actor_urn",
        "actor_inbox",
        "actor_stopped",
        "_actor_ref",
    }


def test_a_reference_has_the_names_we_override() -> None:
    ref = Stock.start()
    assert set(vars(ref)) == {
        "_actor_weakref",
        "actor_class",
        "actor_urn",
        "actor_inbox",
        "actor_stopped",
    }
    public = {name for name in dir(pykka.ActorRef) if not name.startswith("_")}
    assert public == {"ask", "is_alive", "proxy", "stop", "tell"}


def test_a_future_has_the_names_we_override() -> None:
    public = {name for name in dir(pykka.Future) if not name.startswith("_")}
    assert public == {
        "filter",
        "get",
        "join",
        "map",
        "reduce",
        "set",
        "set_exception",
        "set_get_hook",
    }
