from __future__ import annotations

import logging
from types import SimpleNamespace
from typing import Any, ClassVar

import msgspec
import pytest

from ums_actors.actors.child import Child
from ums_actors.errors import ConnectionLost, Delivery, LocalProtocolError
from ums_actors.runtime import LoopFuture, Runtime


class Ask(msgspec.Struct, frozen=True):
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
