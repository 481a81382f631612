"""Conversations, events and connections that are made up."""

from __future__ import annotations

import threading
import time

import msgspec
import pykka

from ums_actors.actors.events import ConversationChanged, MessageReceived
from ums_actors.errors import ConnectionLost, RequestRejected
from ums_actors.protocol.conversations import ConversationResult
from ums_actors.protocol.messages import Event, MessageEvent
from ums_actors.runtime import LoopFuture

ME = "acc.1"
DEADLINE = 10.0


def conversation(
    identity="d", *, agent=ME, state="ACTIVE", stage="OPEN", updated=1, skill="sales"
):
    """Give a conversation, with an agent if one is named."""
    details = [{"id": "consumer", "role": "CONSUMER", "state": "ACTIVE"}]
    if agent is not None:
        details.append({"id": agent, "role": "ASSIGNED_AGENT", "state": state})
    dialog = {"dialogId": identity, "participantsDetails": details}
    raw = {
        "convId": identity,
        "conversationDetails": {
            "convId": identity,
            "skillId": skill,
            "stage": stage,
            "metaDataLastUpdateTs": updated,
            "dialogs": [dialog],
        },
    }
    return msgspec.convert(raw, ConversationResult)


def changed(identity="d", **more):
    """Give the event that tells of a conversation."""
    return ConversationChanged(
        subscription_id="s",
        type="UPSERT",
        conversation_id=identity,
        conversation=conversation(identity, **more),
    )


def message(sequence, text, dialog="d", mine=False):
    """Give the event that tells of a message."""
    return MessageReceived(
        conversation_id=dialog,
        dialog_id=dialog,
        sequence=sequence,
        originator_id="somebody",
        role="CONSUMER",
        event_type="ContentEvent",
        text=text,
        event=Event(type="ContentEvent", message=text),
        metadata=None,
        mine=mine,
    )


def record(sequence, text):
    """Give an event as a query of messages brings it."""
    raw = {
        "sequence": sequence,
        "originatorId": "somebody",
        "dialogId": "d",
        "event": {"type": "ContentEvent", "message": text},
    }
    return msgspec.convert(raw, MessageEvent)


def lost(delivery):
    """Give the error of a request whose line went."""
    return ConnectionLost("gone", delivery=delivery)


BUSY = RequestRejected(429)


_DEFAULTS = {
    "create_conversation": "d",
    "create_conversation_subscription": "s",
    "query_messages": [],
    "send_text": 1,
}


class FakeConnection:
    """Answers from a list for each method; what the list lacks succeeds.

    A list's ``...`` is a future without an outcome. A callable is called first, in
    place of what the service would tell.
    """

    def __init__(self):
        self.calls = []
        self.outcomes = {}

    def __getattr__(self, name):
        def method(*arguments, **named):
            self.calls.append((name, *arguments, *named.values()))
            waiting = self.outcomes.get(name)
            outcome = waiting.pop(0) if waiting else _DEFAULTS.get(name)
            if callable(outcome):
                outcome = outcome()
            future = LoopFuture()
            if isinstance(outcome, BaseException):
                future.set_exception(outcome)
            elif outcome is not ...:
                future.set(outcome)
            return future

        return method

    def names(self):
        return [call[0] for call in self.calls]

    def of(self, name):
        """Give what a method was called with."""
        return [call[1:] for call in self.calls if call[0] == name]


class Impatient:
    """An alarm that rings at once."""

    def __init__(self):
        self.waits = []

    def call_later(self, seconds, call):
        self.waits.append(seconds)
        call()


class Ring:
    """A ring that answers from a list; what the list lacks succeeds."""

    ring_id, conversation_id, state = "r", "d", "WAITING"

    def __init__(self, *outcomes):
        self.connection = FakeConnection()
        self.connection.outcomes["accept"] = list(outcomes)

    def accept(self):
        return self.connection.accept()


def settle(actor):
    """Let an actor take all it has told itself."""
    for _ in range(50):
        actor.ask(message(None, None), timeout=DEADLINE)


def eventually(condition):
    deadline = time.monotonic() + DEADLINE
    while not condition():
        assert time.monotonic() < deadline
        threading.Event().wait(0.005)


def stop(actor):
    try:
        actor.stop(timeout=DEADLINE)
    except pykka.ActorDeadError:
        return
