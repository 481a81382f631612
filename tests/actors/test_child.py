from __future__ import annotations

import logging
from types import SimpleNamespace
from typing import Any, ClassVar

import msgspec
import pytest

from ums_actors.actors.child import Child
from ums_actors.errors import ConnectionLost, Delivery, LocalProtocolError
from ums_actors.runtime import LoopFuture, Runtime
from ums_actors.runtime.envelope import Bare, Envelope


class Ask(Bare, frozen=True):
    reply: LoopFuture[Any]
    type: str = "some.Request"


class Tell(msgspec.Struct, frozen=True):
    pass


class Clumsy(Child):
    handlers: ClassVar[dict[type[Any], str]] = {Ask: "_ask", Tell: "_tell_me"}
    error: ClassVar[BaseException] = RuntimeError("a bug")
    answers = False

    def _ask(self, message):
        if self.answers:
            message.reply.set("in time")
        raise self.error

    def _tell_me(self, message):
        return "heard"


@pytest.fixture
def child(loop):
    class Quiet:
        def observe(self, event: str, level: int, fields: dict[str, Any]) -> None:
            assert level <= logging.ERROR

    runtime = Runtime([loop], workers={}, observer=Quiet())
    ref = Clumsy._launch(
        (SimpleNamespace(recorder=None),), {}, runtime, loop, lambda cell, error: None
    )
    loop.turn(block=False)
    return ref._cell.actor


@pytest.mark.parametrize("error", [RuntimeError("a bug"), SystemExit()])
def test_who_waits_for_a_message_hears_of_the_crash_over_it(child, monkeypatch, error):
    monkeypatch.setattr(Clumsy, "error", error)
    message = Ask(LoopFuture())
    with pytest.raises(type(error)):
        child.on_receive(message)
    lost = message.reply.exception()
    assert isinstance(lost, ConnectionLost)
    assert lost.delivery is Delivery.UNKNOWN
    assert lost.request_type == "some.Request"
    assert "Clumsy crashed" in str(lost)


def test_an_answer_that_was_given_before_the_crash_stays(child, monkeypatch):
    monkeypatch.setattr(Clumsy, "answers", True)
    message = Ask(LoopFuture())
    with pytest.raises(RuntimeError):
        child.on_receive(message)
    assert message.reply.get(timeout=0) == "in time"


def test_a_crash_in_bulk_is_told_to_that_caller_alone(child, monkeypatch):
    monkeypatch.setattr(Clumsy, "_in_bulk", Ask)
    first, second = Ask(LoopFuture()), Ask(LoopFuture())
    waiting = [second, first]
    with pytest.raises(RuntimeError):
        child._take_bulk(waiting, 5)
    assert isinstance(first.reply.exception(), ConnectionLost)
    assert not second.reply.done()
    assert waiting == [second]
    assert child._in_hand is None


@pytest.mark.parametrize("budget", [1, 2, 3])
def test_bulk_ends_at_its_budget_or_at_another_message(child, monkeypatch, budget):
    heard: list[Any] = []
    monkeypatch.setattr(Clumsy, "_in_bulk", Ask)
    monkeypatch.setattr(Clumsy, "_ask", lambda _self, message: heard.append(message))
    told = [Ask(LoopFuture()), Ask(LoopFuture()), Tell(), Ask(LoopFuture())]
    waiting: list[Any] = [*reversed(told)]
    child._take_bulk(waiting, budget)
    assert heard == told[: min(budget, 2)]
    assert len(waiting) == 4 - len(heard)
    waiting = [Envelope(told[1], LoopFuture()), told[0]]
    child._take_bulk(waiting, 2)
    assert len(waiting) == 1  # who asks is answered by the cell


def test_what_a_handler_gives_is_handed_on(child):
    assert child.on_receive(Tell()) == "heard"


def test_a_message_of_an_unknown_type_is_a_bug(child):
    with pytest.raises(LocalProtocolError, match="Clumsy does not know str"):
        child.on_receive("what?")


class Keeping(Clumsy):
    def _ask(self, message):
        self._let_wait(message.reply, self.waiter)
        raise self.error


def test_who_waits_for_what_outlives_the_actor_goes_on_waiting(child):
    child.__class__ = Keeping
    child.waiter = LoopFuture()
    message = Ask(LoopFuture())
    with pytest.raises(RuntimeError):
        child.on_receive(message)
    assert not message.reply.done()
    child.waiter.set("later")
    assert message.reply.get(timeout=0) == "later"
