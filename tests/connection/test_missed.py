"""What cannot be had is told in its place; what is hidden is passed over at once."""

from __future__ import annotations

import contextlib
import random

import pytest

import ums_actors as ums
from ums_actors.actors import following

QUERY = ".ams.ms.QueryMessages"
LISTEN = "ms.SubscribeMessagingEvents"
LITTLE = {"max_message_size": 40_000, "backoff_base": 0.005}
"""Less than the answer that is asked for."""
LOUD = "x" * 1_000
MANY = 60


@pytest.fixture
def bot(emulator, start):
    """Open an agent's connection, its first snapshot over."""

    def begin(user="bot1", **options):
        proxy = start(emulator, user, options=options)
        proxy.open().get(timeout=10)
        proxy.create_conversation_subscription(wait_for_ready=True).get(timeout=5)
        return proxy

    return begin


@pytest.fixture
def consumer(emulator, start):
    """Open a consumer's connection, with a conversation in it."""

    def begin(*, auth=None, **options):
        kind = ums.ConsumerWebsocketConnection
        auth = ums.Anonymous() if auth is None else auth
        proxy = start(emulator, kind=kind, auth=auth, options=options)
        proxy.open().get(timeout=10)
        return proxy

    return begin


def join(proxy, conversation):
    proxy.join_dialog(conversation, conversation, "MANAGER").get(timeout=5)


def whisper(proxy, conversation, text):
    """Say something that consumers shall not hear."""
    said = {"type": "ContentEvent", "contentType": "text/plain", "message": text}
    body = {
        "conversationId": conversation,
        "dialogId": conversation,
        "messageAudience": "AGENTS_AND_MANAGERS",
        "event": said,
    }
    return proxy.send({"type": ".ams.ms.PublishEvent", "body": body})


@contextlib.contextmanager
def away(emulator, user="bot1"):
    """Cut a line, and keep the next one away meanwhile."""
    emulator.add_fault("handshake", value=502)
    assert emulator.cut(user) == 1
    yield
    emulator.clear_faults("handshake")


@contextlib.contextmanager
def closed(proxy):
    """Close a connection meanwhile: the pauses of its attempts begin anew."""
    proxy.close().get(timeout=5)
    yield
    proxy.open().get(timeout=10)


def status(proxy):
    return proxy.status().get(timeout=5)


def requests(emulator, kind):
    """Give the requests of a type that came, as they are logged."""
    return [
        line
        for line in emulator.log()
        if line["dir"] == "in" and line["frame"].get("type") == kind
    ]


def listened(emulator):
    """Give the number from which each subscription to messages began."""
    return [line["frame"]["body"]["fromSeq"] for line in requests(emulator, LISTEN)]


def story(heard):
    """Give what was heard: numbers, and ends of what was missed."""
    return [
        (event.first, event.last)
        if isinstance(event, ums.MessagesMissed)
        else event.sequence
        for event in heard.seen
    ]


def is_text(text):
    return lambda event: getattr(event, "text", None) == text


def is_missed(event):
    return isinstance(event, ums.MessagesMissed)


BOTH = (ums.MessageReceived, ums.MessagesMissed)


# -- a query that fails


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (
            {"name": "reject", "value": {"code": 404, "type": QUERY}},
            ums.RequestRejected,
        ),
        ({"name": "drop", "value": QUERY}, ums.RequestTimedOut),
    ],
    ids=["refused", "unanswered"],
)
def test_what_the_service_does_not_give_is_told_in_its_place(
    emulator, bot, events, fault, error
):
    proxy = bot(request_timeout=0.3, ping_interval=0.3, pong_timeout=0.3)
    heard = events(proxy, *BOTH)
    place = emulator.open_conversation(assign="bot1", text="0").conversation_id
    heard.wait(is_text("0"))
    emulator.add_fault(**fault)
    with away(emulator):
        emulator.write(place, "1")
        emulator.write(place, "2")
    gap = heard.wait(is_missed)
    emulator.clear_faults()
    emulator.write(place, "3")
    heard.wait(is_text("3"))
    assert story(heard) == [0, (1, 2), 3]
    assert (gap.conversation_id, gap.dialog_id) == (place, place)
    assert isinstance(gap.error, error)
    assert (status(proxy).gaps, status(proxy).absent) == (2, 0)


@pytest.mark.parametrize("code", [400, 403, 404])
def test_a_query_that_is_refused_for_good_is_made_a_few_times_on_a_line(
    emulator, bot, events, code
):
    proxy = bot(request_timeout=1)  # of those that are not answered, 31 would be
    heard = events(proxy, *BOTH)
    place = emulator.open_conversation(assign="bot1", text="0").conversation_id
    heard.wait(is_text("0"))
    emulator.add_fault("reject", value={"code": code, "type": QUERY})
    with away(emulator):
        emulator.write(place, "1")
    gap = heard.wait(is_missed)
    emulator.write(place, "2")
    heard.wait(is_text("2"))
    assert story(heard) == [0, (1, 1), 2]
    assert gap.error.code == code
    lines = [line["conn"] for line in requests(emulator, QUERY)]
    assert lines.count(lines[-1]) in range(4, 12)  # some may be late as well
    assert status(proxy).gaps == 1


def test_it_is_told_to_who_hears_of_one_dialog_before_what_waited(
    emulator, bot, events
):
    proxy = bot()
    everywhere = events(proxy, *BOTH)
    place = emulator.open_conversation(assign="bot1", text="0").conversation_id
    other = emulator.open_conversation(assign="bot1", text="0").conversation_id
    for _ in (place, other):
        everywhere.wait(is_text("0"))
    here, there = (events(proxy, ums.IdentityChanged) for _ in range(2))
    proxy.subscribe(here.queue, *BOTH, dialog_id=place).get(timeout=5)
    proxy.subscribe(there.queue, *BOTH, conversation_id=other).get(timeout=5)
    emulator.add_fault("reject", value={"code": 400, "type": QUERY})
    with away(emulator):
        for number in range(1, 4):
            emulator.write(place, str(number))
    here.wait(is_missed)
    emulator.clear_faults()
    for where in (place, other):
        emulator.write(where, "last")
    here.wait(is_text("last"))
    there.wait(is_text("last"))
    assert story(here) == [(1, 3), 4]
    assert story(there) == [1]


def test_a_repair_that_a_consumer_is_refused_is_told_before_what_waited(
    emulator, bot, consumer, events
):
    proxy, agent = consumer(), bot()
    heard = events(proxy, *BOTH)
    place = proxy.create_conversation().get(timeout=5)
    proxy.send_text(place, "0").get(timeout=5)
    heard.wait(is_text("0"))
    join(agent, place)
    emulator.add_fault("reject", value={"code": 403, "type": LISTEN})
    whisper(agent, place, "1").get(timeout=5)
    agent.send_text(place, "2").get(timeout=5)
    agent.send_text(place, "3").get(timeout=5)
    heard.wait(is_text("3"))
    assert story(heard) == [0, (1, 1), 2, 3]
    (gap,) = filter(is_missed, heard.seen)
    assert (gap.conversation_id, gap.error.code) == (place, 403)
    assert (status(proxy).gaps, status(proxy).absent) == (1, 0)


# -- an answer that kills the line


def test_an_answer_that_is_too_large_is_given_up_and_no_other_dialog_suffers(
    emulator, bot, events
):
    proxy = bot(**LITTLE)
    heard = events(proxy, *BOTH)
    talks = [emulator.open_conversation(assign="bot1", text="0") for _ in range(4)]
    for _ in talks:
        heard.wait(is_text("0"))
    loud, *others = [talk.conversation_id for talk in talks]
    with closed(proxy):
        for where in others:
            emulator.write(where, "1")
        for _ in range(MANY):
            emulator.write(loud, LOUD)
    gap = heard.wait(is_missed, timeout=30)
    assert (gap.dialog_id, gap.first, gap.last) == (loud, 1, MANY)
    assert isinstance(gap.error, ums.ConnectionLost)
    assert "1009" in str(gap.error)
    for where in (loud, *others):
        emulator.write(where, "last")
        heard.wait(is_text("last"))
    for where in others:
        said = [event.text for event in heard.seen if event.dialog_id == where]
        assert said == ["0", "1", "last"]
    now = status(proxy)
    assert (now.state, now.gaps, now.restarts) == ("READY", MANY, {})
    generation = now.generation
    assert proxy.get_clock().get(timeout=5) > 0
    assert status(proxy).generation == generation


def test_lines_that_are_closed_on_purpose_give_nothing_up(
    emulator, bot, events, eventually
):
    proxy = bot(drain_timeout=0.05)  # the dropped queries are in flight
    heard = events(proxy, *BOTH)
    place = emulator.open_conversation(assign="bot1", text="0").conversation_id
    heard.wait(is_text("0"))
    emulator.add_fault("drop", value=QUERY)

    def lines_asked():
        return {line["conn"] for line in requests(emulator, QUERY)}

    for number in range(1, 10):
        proxy.close().get(timeout=5)
        emulator.write(place, str(number))
        proxy.open().get(timeout=10)
        eventually(lambda line=number + 1: line in lines_asked())
    proxy.close().get(timeout=5)
    emulator.clear_faults()
    proxy.open().get(timeout=10)
    heard.wait(is_text("9"))
    assert story(heard) == list(range(10))


def test_a_consumer_hears_what_comes_after_an_answer_that_is_too_large(
    emulator, bot, consumer, events
):
    proxy, agent = consumer(**LITTLE), bot()
    heard = events(proxy, *BOTH)
    place = proxy.create_conversation().get(timeout=5)
    proxy.send_text(place, "0").get(timeout=5)
    heard.wait(is_text("0"))
    join(agent, place)
    with closed(proxy):
        for said in [agent.send_text(place, LOUD) for _ in range(MANY)]:
            said.get(timeout=5)
    gap = heard.wait(is_missed, timeout=30)
    agent.send_text(place, "last").get(timeout=5)
    heard.wait(is_text("last"))
    assert story(heard) == [0, (1, MANY), MANY + 1]
    assert isinstance(gap.error, ums.ConnectionLost)
    assert status(proxy).gaps == MANY


# -- what is hidden


def test_private_messages_in_a_row_cost_a_consumer_two_subscriptions(
    emulator, bot, consumer, events, monkeypatch
):
    monkeypatch.setattr(following, "GRACE", 1_000.0)  # not to be waited for
    proxy, agent = consumer(), bot()
    heard = events(proxy, *BOTH)
    place = proxy.create_conversation().get(timeout=5)
    proxy.send_text(place, "0").get(timeout=5)
    heard.wait(is_text("0"))
    join(agent, place)
    for number in range(1, 5):
        whisper(agent, place, str(number)).get(timeout=5)
    agent.send_text(place, "5").get(timeout=5)
    heard.wait(is_text("5"))
    assert story(heard) == [0, 5]
    assert listened(emulator) == [0, 1, 1]  # one answer may be an event that came twice
    assert (status(proxy).absent, status(proxy).gaps) == (4, 0)


def test_private_messages_while_the_line_is_away_cost_two_more(
    emulator, bot, consumer, events, monkeypatch
):
    monkeypatch.setattr(following, "GRACE", 1_000.0)
    proxy, agent = consumer(), bot()
    heard = events(proxy, *BOTH)
    place = proxy.create_conversation().get(timeout=5)
    proxy.send_text(place, "0").get(timeout=5)
    heard.wait(is_text("0"))
    join(agent, place)
    with away(emulator, status(proxy).agent_id):
        whisper(agent, place, "1").get(timeout=5)
        whisper(agent, place, "2").get(timeout=5)
        agent.send_text(place, "3").get(timeout=5)
    heard.wait(is_text("3"))
    agent.send_text(place, "4").get(timeout=5)
    heard.wait(is_text("4"))
    assert story(heard) == [0, 3, 4]
    assert listened(emulator) == [0, 1, 1, 1]
    assert (status(proxy).absent, status(proxy).gaps) == (2, 0)


@pytest.mark.parametrize("seed", range(3))
def test_all_who_are_in_a_dialog_hear_what_is_theirs_in_order_and_once(
    emulator, bot, consumer, events, seed
):
    chance = random.Random(seed)
    first = consumer()
    place = first.create_conversation().get(timeout=5)
    token = first.get_token().get(timeout=5)
    second = consumer(auth=ums.ReadyJwt(token))
    agents = [bot("bot1"), bot("bot2")]
    for agent in agents:
        join(agent, place)
    heard = {proxy: events(proxy, *BOTH) for proxy in (first, second, *agents)}
    answers = []
    for number in range(200):
        if chance.random() < 0.5:
            said = whisper(chance.choice(agents), place, str(number))
        else:
            speaker = chance.choice([first, second, *agents])
            said = speaker.send_text(place, str(number))
        answers.append(said)
    for answer in answers:
        answer.get(timeout=10)
    first.send_text(place, "last").get(timeout=5)
    told = emulator.transcript(place)
    private = {e["sequence"] for e in told if e["messageAudience"] != "ALL"}
    everything = [event["sequence"] for event in told]
    public = [number for number in everything if number not in private]
    assert 50 < len(private) < 150
    for proxy, ears in heard.items():
        ears.wait(is_text("last"))
        assert story(ears) == (everything if proxy in agents else public)
        assert status(proxy).gaps == 0
    assert status(first).absent == status(second).absent == len(private)


# -- a status of delivery that nothing follows


def test_a_status_that_was_said_while_the_line_was_away_is_heard(emulator, bot, events):
    proxy = bot()
    heard = events(proxy, *BOTH)
    place = emulator.open_conversation(assign="bot1", text="0").conversation_id
    heard.wait(is_text("0"))
    proxy.send_text(place, "1").get(timeout=5)
    heard.wait(is_text("1"))
    with away(emulator):
        assert emulator.accept(place, [1]) == 2
    heard.wait(lambda event: event.event_type == "AcceptStatusEvent")
    assert story(heard) == [0, 1, 2]
