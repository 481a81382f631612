from __future__ import annotations

import pykka
import pytest

from ums_actors.errors import Overloaded
from ums_actors.runtime import LoopActor, LoopRef
from ums_actors.runtime import ref as module

WAIT = 5.0


class Echo(LoopActor):
    """Gives back what it is sent."""

    def on_receive(self, message):
        return message


@pytest.fixture
def ref(manual):
    return Echo.start(runtime=manual.runtime)


@pytest.fixture
def full(manual, ref, monkeypatch):
    monkeypatch.setattr(module, "INBOX_LIMIT", 3)
    for number in range(3):
        ref.tell(number)
    return ref


def test_it_is_a_pykka_reference_to_its_actor(manual, ref):
    assert isinstance(ref, pykka.ActorRef)
    assert ref.actor_class is Echo
    assert ref.actor_urn.startswith("urn:uuid:")
    assert ref.actor_inbox.get
    assert ref.actor_inbox.empty()
    assert not ref.actor_stopped.is_set()


def test_references_to_one_actor_are_equal(ref, manual):
    again = LoopRef(ref._cell)
    assert ref == again
    assert hash(ref) == hash(again)
    assert ref != Echo.start(runtime=manual.runtime)
    assert ref != "something else"


def test_a_full_inbox_refuses_a_tell(full):
    with pytest.raises(Overloaded, match="inbox of Echo holds 3 messages"):
        full.tell("one more")


def test_a_full_inbox_fails_an_ask(full):
    future = full.ask("one more", block=False)
    assert isinstance(future.exception(), Overloaded)
    with pytest.raises(Overloaded):
        full.ask("one more")


def test_a_full_inbox_can_be_stopped(manual, full):
    stopping = full.stop(block=False)
    manual.settle()
    assert stopping.get(timeout=0) is True
    assert not full.is_alive()


def test_a_full_inbox_takes_messages_again_when_it_has_room(manual, full):
    manual.settle()
    future = full.ask("x", block=False)
    manual.settle()
    assert future.get(timeout=0) == "x"


def test_stop_waits_at_most_its_timeout(ref):
    with pytest.raises(pykka.Timeout):
        ref.stop(timeout=0.01)


def test_a_dead_actor_says_so(manual, ref):
    ref.stop(block=False)
    manual.settle()
    with pytest.raises(pykka.ActorDeadError, match="Echo"):
        ref.tell("x")
    with pytest.raises(pykka.ActorDeadError, match="Echo"):
        ref.ask("x")
    assert isinstance(ref.ask("x", block=False).exception(), pykka.ActorDeadError)
    assert ref.stop(block=False).get(timeout=0) is False
    assert ref.actor_stopped.is_set()
