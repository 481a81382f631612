from __future__ import annotations

import pytest

from ums_actors.actors.events import RingOffered, RingUpdated
from ums_actors.cli.demo.bots import Bot, StartWork
from ums_actors.cli.demo.ledger import Heard, Ledger, Place
from ums_actors.cli.demo.talk import Question, Wish, answer_to
from ums_actors.errors import (
    Delivery,
    Overloaded,
    RequestRejected,
    RingNotWaiting,
)

OTHERS = ("acc.2", "acc.3")


def question(number, wish=Wish.NOTHING):
    return Question(number, wish)


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
def bot(people, connection, ledger, alarm):
    """A bot that is at work; the calls of its beginning are forgotten."""
    ref = Bot.start("bot1", connection, ledger, alarm)
    ref.ask(StartWork(people.ME, OTHERS), timeout=5)
    people.eventually(lambda: len(connection.calls) == 2)
    connection.begun, connection.calls = connection.calls, []
    yield ref
    people.stop(ref)
    assert not any("died" in note for note in ledger.notes)


@pytest.fixture
def tell(people, bot):
    """Tell the bot events, and let it take all that follows from them."""

    def tell(*events):
        for event in events:
            bot.ask(event, timeout=5)
        people.settle(bot)

    return tell


@pytest.fixture
def asked(people, tell, connection):
    """Assign a conversation to the bot, ask this there, give what it called."""

    def asked(*questions, agent=people.ME):
        tell(
            people.changed(agent=agent),
            *(
                people.message(at, question.text)
                for at, question in enumerate(questions)
            ),
        )
        return connection.names()

    return asked


def test_it_goes_online_and_asks_for_rings(bot, connection):
    assert connection.begun == [
        ("set_agent_state", "ONLINE"),
        ("create_routing_task_subscription",),
    ]


# -- rings


def test_it_accepts_what_is_offered(people, tell, ledger):
    ring = people.Ring()
    tell(RingOffered(ring=ring))
    assert ring.connection.names() == ["accept"]
    assert ledger.rings == {"r"}


@pytest.mark.parametrize("delivery", [Delivery.NOT_SENT, Delivery.UNKNOWN])
def test_a_lost_acceptance_is_said_again(people, tell, connection, delivery):
    ring = people.Ring(people.lost(delivery))
    tell(RingOffered(ring=ring))
    assert ring.connection.names() == ["accept", "accept"]
    assert connection.names() == ["wait_ready"]


@pytest.mark.parametrize(
    "error",
    [RequestRejected(404), RingNotWaiting("gone", ring_id="r", state="EXPIRED")],
)
def test_a_ring_that_is_over_is_let_go(people, tell, ledger, error):
    ring = people.Ring(error)
    tell(RingOffered(ring=ring))
    assert ring.connection.names() == ["accept"]
    assert ledger.notes == []


def test_what_it_did_not_subscribe_to_is_noted(people, tell, ledger):
    tell(RingUpdated(ring=people.Ring(), state="EXPIRED"))
    assert "RingUpdated" in ledger.notes[0]


# -- answers


def test_it_reads_then_answers(asked, connection, ledger):
    assert asked(question(4)) == ["query_messages", "send_text"]
    assert connection.of("send_text") == [("d", answer_to(question(4)))]
    assert ledger.heard == {Heard("bot1", Place("d", 0))}
    assert ledger.vanished(set()) == 1
    assert ledger.open_futures == 0


def test_it_leaves_the_conversations_of_others_alone(asked):
    assert asked(question(1), agent="acc.2") == []


def test_chat_states_are_no_messages(people, tell, connection, ledger):
    tell(people.message(None, None))
    assert connection.calls == []
    assert not ledger.heard


def test_what_was_not_sent_is_sent_again(people, asked, connection):
    connection.outcomes["send_text"] = [people.lost(Delivery.NOT_SENT), 7]
    calls = asked(question(1))
    assert calls == ["query_messages", "send_text", "wait_ready", "send_text"]


def test_an_answer_that_arrived_after_all_is_not_sent_again(people, asked, connection):
    connection.outcomes["send_text"] = [people.lost(Delivery.UNKNOWN)]
    found = [
        people.record(0, question(1).text),
        people.record(1, answer_to(question(1))),
    ]
    connection.outcomes["query_messages"] = [[], found]
    calls = asked(question(1))
    assert calls == ["query_messages", "send_text", "wait_ready", "query_messages"]


def test_an_answer_that_is_not_there_is_sent_again(people, asked, connection):
    connection.outcomes["send_text"] = [people.lost(Delivery.UNKNOWN), 7]
    connection.outcomes["query_messages"] = [[], people.lost(Delivery.UNKNOWN), []]
    calls = asked(question(1))
    assert calls.count("query_messages") == 3
    assert calls.count("send_text") == 2


def test_a_busy_service_is_asked_again_after_a_second(
    people, asked, connection, ledger, alarm
):
    connection.outcomes["send_text"] = [people.BUSY, people.BUSY, 7]
    calls = asked(question(1))
    assert calls == ["query_messages", *3 * ["send_text"]]
    assert alarm.waits == [1.0, 1.0]
    assert ledger.refused == 0


def test_who_is_refused_counts_as_such_until_there_is_another_outcome(
    people, asked, connection, ledger
):
    connection.outcomes["send_text"] = [people.BUSY, people.BUSY, ...]
    asked(question(1))
    assert (ledger.refused, ledger.open_futures) == (1, 1)


def test_an_overloaded_connection_is_asked_again(asked, connection, ledger, alarm):
    connection.outcomes["send_text"] = [Overloaded("full")]
    assert asked(question(1)).count("send_text") == 2
    assert alarm.waits == [0.1]
    assert ledger.notes == []


def test_what_is_refused_is_tried_again_as_long_as_the_case_stays_the_same(
    asked, connection, ledger
):
    connection.outcomes["send_text"] = [RequestRejected(403)] * 100
    assert asked(question(1)).count("send_text") == 20
    assert len(ledger.notes) == 1
    assert "403" in ledger.notes[0]


def test_what_is_refused_ends_when_the_conversation_has_gone(
    people, asked, connection, ledger, bot
):
    def taken():
        bot.tell(people.changed(agent="acc.2", updated=2))
        return RequestRejected(403)

    connection.outcomes["send_text"] = [taken]
    assert asked(question(1)).count("send_text") == 1
    assert ledger.notes == []


def test_it_gives_up_after_many_attempts(people, asked, connection, ledger):
    connection.outcomes["send_text"] = [people.lost(Delivery.NOT_SENT)] * 100
    assert asked(question(1)).count("send_text") == 20
    assert "20 attempts" in ledger.notes[0]


def test_a_closed_connection_ends_the_waiting(people, asked, connection, ledger):
    connection.outcomes["send_text"] = [people.lost(Delivery.NOT_SENT)]
    connection.outcomes["wait_ready"] = [people.lost(Delivery.NOT_SENT)]
    assert asked(question(1)) == ["query_messages", "send_text", "wait_ready"]
    assert "waiting for the line" in ledger.notes[0]


def test_a_future_without_an_outcome_stays_counted(asked, connection, ledger):
    connection.outcomes["send_text"] = [...]
    asked(question(1))
    assert ledger.open_futures == 1


# -- wishes


@pytest.mark.parametrize(
    ("wish", "target"),
    [
        (Wish.COLLEAGUE, "acc.3"),
        (Wish.OTHER_SKILL, "support"),
        (Wish.QUEUE, "sales"),
    ],
)
def test_a_wish_is_granted(asked, connection, ledger, wish, target):
    calls = asked(question(1, wish))
    assert calls == ["query_messages", "send_text", "transfer_conversation"]
    assert connection.of("transfer_conversation") == [("d", "acc.1", target)]
    assert ledger.deeds == {"transfers": 1}


def test_a_bot_alone_gives_back_to_the_queue(people, bot, tell, asked, connection):
    tell(StartWork(people.ME, ()))
    asked(question(1, Wish.COLLEAGUE))
    assert connection.of("transfer_conversation") == [("d", "acc.1", "sales")]


def test_who_says_goodbye_is_let_go(asked, connection, ledger):
    asked(question(1, Wish.GOODBYE))
    assert connection.of("close_conversation") == [("d",)]
    assert ledger.deeds == {"closed by bots": 1}


def test_a_transfer_in_doubt_is_looked_at_and_was_done(
    people, asked, connection, ledger, bot
):
    def gone():
        bot.tell(people.changed(agent=None, updated=2))
        return "s"

    connection.outcomes["transfer_conversation"] = [people.lost(Delivery.UNKNOWN)]
    connection.outcomes["create_conversation_subscription"] = [gone]
    calls = asked(question(1, Wish.QUEUE))
    assert calls[2:] == [
        "transfer_conversation",
        "wait_ready",
        "create_conversation_subscription",
        "unsubscribe_conversations",
    ]
    looked = connection.of("create_conversation_subscription")
    assert looked == [({"conversation_id": "d"}, True)]
    assert ledger.deeds == {"transfers": 1}


def test_a_transfer_in_doubt_is_looked_at_and_is_done_again(
    people, asked, connection, ledger
):
    connection.outcomes["transfer_conversation"] = [people.lost(Delivery.UNKNOWN)]
    calls = asked(question(1, Wish.QUEUE))
    assert calls.count("transfer_conversation") == 2
    assert ledger.deeds == {"transfers": 1}


def test_a_bug_of_the_bot_is_noted(people, connection, ledger, alarm):
    ref = Bot.start("bot9", connection, ledger, alarm)
    ref.tell(RingOffered(ring=object()))
    people.eventually(lambda: not ref.is_alive())
    assert "bot9: died: AttributeError" in ledger.notes[0]
