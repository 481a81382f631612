from __future__ import annotations

import msgspec
import pytest

from ums_actors.actors.events import ConversationChanged, MessageReceived
from ums_actors.cli.demo.bots import ROLE, Bot
from ums_actors.cli.demo.ledger import Key, Ledger, answer_to
from ums_actors.errors import ConnectionLost, Delivery, Overloaded, RequestRejected
from ums_actors.protocol.conversations import ConversationResult
from ums_actors.protocol.messages import Event, MessageEvent
from ums_actors.runtime import LoopFuture

KEY = Key("d", 0)


def conversation(consumer="consumer-1", kind="UPSERT"):
    result = msgspec.convert(
        {
            "convId": "d",
            "conversationDetails": {
                "convId": "d",
                "participants": {"CONSUMER": [consumer]},
                "dialogs": [],
            },
        },
        ConversationResult,
    )
    return ConversationChanged(
        subscription_id="s", type=kind, conversation_id="d", conversation=result
    )


def message(sequence=0, mine=False, text="hello"):
    return MessageReceived(
        conversation_id="d",
        dialog_id="d",
        sequence=sequence,
        originator_id="consumer-1",
        role="CONSUMER",
        event_type="ContentEvent",
        text=text,
        event=Event(type="ContentEvent", message=text),
        metadata=None,
        mine=mine,
    )


def record(sequence, text):
    return msgspec.convert(
        {
            "sequence": sequence,
            "originatorId": "A.bot1",
            "dialogId": "d",
            "event": {"type": "ContentEvent", "message": text},
        },
        MessageEvent,
    )


def lost(delivery):
    return ConnectionLost("gone", delivery=delivery)


class FakeConnection:
    """Answers from a list for each method; what the list lacks succeeds."""

    def __init__(self):
        self.calls = []
        self.outcomes = {"join": [], "send": [], "query": [], "ready": []}

    def _answer(self, name, *arguments, default):
        self.calls.append((name, *arguments))
        future = LoopFuture()
        waiting = self.outcomes[name]
        outcome = waiting.pop(0) if waiting else default
        if isinstance(outcome, BaseException):
            future.set_exception(outcome)
        elif outcome is not ...:
            future.set(outcome)
        return future

    def join_dialog(self, conversation_id, dialog_id, role):
        return self._answer("join", conversation_id, dialog_id, role, default="OK")

    def send_text(self, conversation_id, text, dialog_id=None):
        return self._answer("send", text, default=1)

    def query_messages(self, dialog_id, newer_than=-1):
        return self._answer("query", newer_than, default=[])

    def wait_ready(self, timeout=None):
        assert timeout is not None
        return self._answer("ready", default=None)

    def names(self):
        return [call[0] for call in self.calls]


@pytest.fixture
def connection():
    return FakeConnection()


@pytest.fixture
def ledger():
    return Ledger()


@pytest.fixture
def bot(connection, ledger):
    ref = Bot.start("bot1", connection, ledger, {"consumer-1"}.__contains__)
    yield ref
    ref.stop(timeout=5)


def settle(bot):
    """Let the bot take all it has told itself."""
    for _ in range(100):
        bot.ask(message(mine=True), timeout=5)


def test_it_joins_a_conversation_of_its_own_once(bot, connection):
    bot.ask(conversation(), timeout=5)
    bot.ask(conversation(), timeout=5)
    settle(bot)
    assert connection.calls == [("join", "d", "d", ROLE)]


def test_it_leaves_the_conversations_of_others_alone(bot, connection):
    bot.ask(conversation(consumer="consumer-2"), timeout=5)
    bot.ask(conversation(kind="DELETE"), timeout=5)
    assert connection.calls == []


@pytest.mark.parametrize("delivery", [Delivery.NOT_SENT, Delivery.UNKNOWN])
def test_it_joins_again_once_the_line_is_back(bot, connection, delivery):
    connection.outcomes["join"] = [lost(delivery)]
    bot.ask(conversation(), timeout=5)
    settle(bot)
    assert connection.names() == ["join", "ready", "join"]


def test_it_answers_with_a_reference_to_the_message(bot, connection, ledger):
    bot.ask(message(sequence=4, text="hi"), timeout=5)
    settle(bot)
    assert connection.calls == [("send", answer_to(4, "hi"))]
    assert ledger.heard == {Key("d", 4): 1}
    assert ledger.answers == {Key("d", 4): 1}
    assert ledger.open_futures == 0


def test_it_does_not_answer_itself_nor_what_has_no_text(bot, connection, ledger):
    bot.ask(message(mine=True), timeout=5)
    bot.ask(message(text=None), timeout=5)
    bot.ask(message(sequence=None), timeout=5)
    assert connection.calls == []
    assert not ledger.heard


def test_what_was_not_sent_is_sent_again(bot, connection, ledger):
    connection.outcomes["send"] = [lost(Delivery.NOT_SENT), 7]
    bot.ask(message(), timeout=5)
    settle(bot)
    assert connection.names() == ["send", "ready", "send"]
    assert ledger.answers == {KEY: 7}


def test_an_answer_that_arrived_after_all_is_not_sent_again(bot, connection, ledger):
    connection.outcomes["send"] = [lost(Delivery.UNKNOWN)]
    connection.outcomes["query"] = [
        [record(1, answer_to(9, "other")), record(2, answer_to(0, "hello"))]
    ]
    bot.ask(message(), timeout=5)
    settle(bot)
    assert connection.names() == ["send", "ready", "query"]
    assert ledger.answers == {KEY: 2}


def test_an_answer_that_is_not_there_is_sent_again(bot, connection, ledger):
    connection.outcomes["send"] = [lost(Delivery.UNKNOWN), 3]
    connection.outcomes["query"] = [lost(Delivery.UNKNOWN), []]
    bot.ask(message(), timeout=5)
    settle(bot)
    assert connection.names() == [
        "send",
        "ready",
        "query",
        "ready",
        "query",
        "send",
    ]
    assert ledger.answers == {KEY: 3}


def test_an_overloaded_connection_is_tried_again(bot, connection, ledger):
    connection.outcomes["send"] = [Overloaded("full")]
    bot.ask(message(), timeout=5)
    settle(bot)
    assert connection.names() == ["send", "ready", "send"]
    assert KEY in ledger.answers


def test_what_the_server_refuses_is_noted_and_not_repeated(bot, connection, ledger):
    connection.outcomes["send"] = [RequestRejected(403)]
    connection.outcomes["join"] = [RequestRejected(404)]
    bot.ask(message(), timeout=5)
    bot.ask(conversation(), timeout=5)
    settle(bot)
    assert connection.names() == ["send", "join"]
    assert not ledger.answers
    assert len(ledger.notes) == 2


def test_it_gives_up_after_many_attempts(bot, connection, ledger):
    connection.outcomes["send"] = [lost(Delivery.NOT_SENT)] * 100
    bot.ask(message(), timeout=5)
    settle(bot)
    assert connection.names().count("send") == 20
    assert "20 attempts" in ledger.notes[0]


def test_a_closed_connection_ends_the_waiting(bot, connection, ledger):
    connection.outcomes["send"] = [lost(Delivery.NOT_SENT)]
    connection.outcomes["ready"] = [lost(Delivery.NOT_SENT)]
    bot.ask(message(), timeout=5)
    settle(bot)
    assert connection.names() == ["send", "ready"]
    assert "waiting for the line" in ledger.notes[0]


def test_a_future_without_an_outcome_stays_counted(bot, connection, ledger):
    connection.outcomes["send"] = [...]
    bot.ask(message(), timeout=5)
    settle(bot)
    assert ledger.open_futures == 1


def test_a_message_heard_twice_is_counted_twice(bot, ledger):
    bot.ask(message(), timeout=5)
    bot.ask(message(), timeout=5)
    assert ledger.heard[KEY] == 2
