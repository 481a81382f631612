from __future__ import annotations

import time

import pytest

from ums_actors.actors.events import RingUpdated
from ums_actors.cli.demo.consumers import Consumer, StartVisits
from ums_actors.cli.demo.ledger import Heard, Ledger, Place
from ums_actors.cli.demo.script import Ask, Visit
from ums_actors.cli.demo.talk import Question, Wish, answer_to
from ums_actors.errors import Delivery, RequestRejected


def question(number, wish=Wish.NOTHING):
    return Question(number, wish)


def visit(*numbers, skill="sales", last=Wish.NOTHING, at=0.0):
    wishes = [Wish.NOTHING] * (len(numbers) - 1) + [last]
    asks = [
        Ask(at, question(number, wish), patient=False)
        for number, wish in zip(numbers, wishes, strict=True)
    ]
    return Visit(skill, tuple(asks))


@pytest.fixture
def connection(people):
    return people.FakeConnection()


@pytest.fixture
def ledger():
    return Ledger()


@pytest.fixture
def alarm(people):
    return people.Impatient()


@pytest.fixture
def consumer(people, connection, ledger, alarm):
    ref = Consumer.start("consumer1", connection, ledger, alarm)
    yield ref
    people.stop(ref)
    assert not any("died" in note for note in ledger.notes)


@pytest.fixture
def tell(people, consumer):
    """Tell the consumer events, and let them take all that follows from them."""

    def tell(*events):
        for event in events:
            consumer.ask(event, timeout=5)
        people.settle(consumer)

    return tell


@pytest.fixture
def go(tell, connection):
    """Let the consumer make visits; give what they called."""

    def go(*visits):
        tell(StartVisits(visits, time.monotonic() - 60.0))
        return connection.names()

    return go


@pytest.fixture
def answer(people, tell):
    def answer(*numbers, dialog="d"):
        texts = [answer_to(question(number)) for number in numbers]
        tell(*(people.message(9, text, dialog) for text in texts))

    return answer


def test_a_visit_opens_a_conversation_and_asks(go, connection, ledger):
    assert go(visit(1, 2)) == ["create_conversation", "send_text", "send_text"]
    assert connection.of("create_conversation") == [("sales",)]
    asked = [("d", question(1).text), ("d", question(2).text)]
    assert connection.of("send_text") == asked
    assert (ledger.asked, ledger.answered, ledger.visited) == (2, 0, 0)
    assert ledger.open_futures == 0


def test_who_has_all_answers_leaves(go, answer, connection, ledger):
    go(visit(1, 2))
    answer(1, 2)
    assert connection.of("close_conversation") == [("d",)]
    assert (ledger.answered, ledger.visited) == (2, 1)
    assert ledger.deeds == {"closed by consumers": 1}


def test_visits_follow_each_other(go, answer, connection):
    connection.outcomes["create_conversation"] = ["d", "e"]
    go(visit(1), visit(2, skill="support"))
    assert connection.of("create_conversation") == [("sales",)]
    answer(1)
    assert connection.of("create_conversation") == [("sales",), ("support",)]
    assert connection.of("send_text")[-1] == ("e", question(2).text)


def test_who_said_goodbye_waits_for_the_end(people, go, answer, tell, ledger):
    go(visit(1, last=Wish.GOODBYE))
    answer(1)
    assert (ledger.visited, ledger.deeds) == (0, {})
    tell(people.changed(stage="CLOSE"))
    tell(people.changed(stage="CLOSE"))
    assert ledger.visited == 1


def test_nothing_is_asked_before_its_time(consumer, connection, alarm, people):
    alarm.call_later = lambda seconds, call: alarm.waits.append(seconds)
    consumer.ask(StartVisits([visit(1, at=3600.0)], time.monotonic()), timeout=5)
    people.settle(consumer)
    assert connection.calls == []
    assert len(alarm.waits) == 1
    assert 3500 < alarm.waits[0] <= 3600


def test_what_is_heard_is_counted_of_old_conversations_too(people, tell, ledger):
    tell(people.message(3, "hello", "old"), people.message(None, None))
    assert ledger.heard == {Heard("consumer1", Place("old", 3))}


# -- what goes wrong


def test_a_question_that_was_not_sent_is_asked_again(people, go, connection, ledger):
    connection.outcomes["send_text"] = [people.lost(Delivery.NOT_SENT), 0]
    calls = go(visit(1))
    assert calls == ["create_conversation", "send_text", "wait_ready", "send_text"]
    assert ledger.asked == 1


def test_a_question_in_doubt_is_looked_for_and_was_asked(
    people, go, connection, consumer, ledger
):
    def there():
        consumer.tell(people.message(0, question(1).text, mine=True))

    connection.outcomes["send_text"] = [people.lost(Delivery.UNKNOWN)]
    connection.outcomes["catch_up"] = [there]
    calls = go(visit(1))
    assert calls == ["create_conversation", "send_text", "wait_ready", "catch_up"]
    assert connection.of("catch_up") == [("d",)]
    assert ledger.asked == 1


def test_a_question_in_doubt_that_is_not_there_is_asked_again(
    people, go, connection, ledger
):
    connection.outcomes["send_text"] = [people.lost(Delivery.UNKNOWN), 0]
    connection.outcomes["catch_up"] = [people.lost(Delivery.UNKNOWN), None]
    calls = go(visit(1))
    assert calls[1:] == [
        "send_text",
        "wait_ready",
        "catch_up",
        "wait_ready",
        "catch_up",
        "send_text",
    ]
    assert ledger.asked == 1


def test_a_busy_service_is_asked_again(people, go, connection, ledger, alarm):
    connection.outcomes["send_text"] = [people.BUSY]
    assert go(visit(1)).count("send_text") == 2
    assert alarm.waits == [1.0]
    assert ledger.refused == 0


def test_an_opening_in_doubt_is_looked_for_and_was_done(
    people, go, connection, consumer
):
    def there():
        consumer.tell(people.changed("x"))
        return "s"

    connection.outcomes["create_conversation"] = [people.lost(Delivery.UNKNOWN)]
    connection.outcomes["create_conversation_subscription"] = [there]
    go(visit(1))
    assert len(connection.of("create_conversation")) == 1
    assert connection.of("create_conversation_subscription") == [({}, True)]
    assert connection.of("unsubscribe_conversations") == [("s",)]
    assert connection.of("send_text") == [("x", question(1).text)]


def test_an_opening_in_doubt_that_is_not_there_is_done_again(
    people, go, answer, connection, consumer
):
    connection.outcomes["create_conversation"] = [
        "d",
        people.lost(Delivery.UNKNOWN),
        "e",
    ]
    go(visit(1), visit(2))
    consumer.ask(people.changed("d"), timeout=5)
    answer(1)
    assert len(connection.of("create_conversation")) == 3
    assert connection.of("send_text")[-1] == ("e", question(2).text)


def test_a_closing_in_doubt_is_looked_at_and_was_done(
    people, go, answer, connection, consumer
):
    def closed():
        consumer.tell(people.changed(stage="CLOSE"))
        return "s"

    connection.outcomes["close_conversation"] = [people.lost(Delivery.UNKNOWN)]
    connection.outcomes["create_conversation_subscription"] = [closed]
    go(visit(1))
    answer(1)
    assert len(connection.of("close_conversation")) == 1
    looked = connection.of("create_conversation_subscription")
    assert looked == [({"conversation_id": "d"}, True)]


def test_a_closing_in_doubt_that_was_not_done_is_done_again(
    people, go, answer, connection, ledger
):
    connection.outcomes["close_conversation"] = [people.lost(Delivery.UNKNOWN)]
    go(visit(1))
    answer(1)
    assert len(connection.of("close_conversation")) == 2
    assert ledger.visited == 1


def test_what_is_refused_for_good_is_given_up_and_noted(go, connection, ledger):
    connection.outcomes["create_conversation"] = [RequestRejected(400)] * 100
    assert go(visit(1)).count("create_conversation") == 20
    assert "400" in ledger.notes[0]


def test_what_they_did_not_subscribe_to_is_noted(people, tell, ledger):
    tell(RingUpdated(ring=people.Ring(), state="EXPIRED"))
    assert "RingUpdated" in ledger.notes[0]
