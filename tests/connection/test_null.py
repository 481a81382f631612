from __future__ import annotations

import asyncio
import time

import pytest

import ums_actors as ums
from ums_actors import aio
from ums_actors.protocol.publishing import publish_text

MESSAGES = "ms.MessagingEventNotification"
OLD, PID = "12345.7", "29c3019d-fe0b-5200-afe8-737abfeae4b4"
CONSUMER = "ade26082b1185839d17e0794924c1a0005cf5663e7c35e38f80dd8552a1a96e5"


def said(number, dialog="D", user=CONSUMER, **more):
    return {
        "sequence": number,
        "originatorId": user,
        "event": {
            "type": "ContentEvent",
            "message": str(number),
            "contentType": "text/plain",
        },
        "dialogId": dialog,
        **more,
    }


def webhook(*changes, kind=MESSAGES):
    return {"kind": "notification", "type": kind, "body": {"changes": [*changes]}}


def opened(name="D", stage="OPEN", updated=1, people=((CONSUMER, "CONSUMER"),)):
    """Tell of a conversation as the service's documentation does, without dialogs."""
    details = {
        "participants": [{"id": each, "role": role} for each, role in people],
        "brandId": "12345",
        "state": stage,
        "startTs": 1,
        "metaDataLastUpdateTs": updated,
    }
    change = {"type": "UPSERT", "result": {"convId": name}}
    change["result"]["conversationDetails"] = details
    return webhook(change, kind="cqm.ExConversationChangeNotification")


@pytest.fixture
def start(runtime):
    refs = []

    def begin(**more):
        options = ums.Options(
            **{"out_of_order_timeout": 0.3, **more.pop("options", {})}
        )
        ref = ums.NullConnection.start(
            "12345", runtime=runtime, options=options, **more
        )
        refs.append(ref)
        return ums.proxy_of(ref)

    yield begin
    for ref in refs:
        ref.stop(timeout=10)


@pytest.fixture
def hears(start, events):
    def make(**more):
        proxy = start(**more)
        return proxy, events(proxy, ums.MessageReceived, ums.MessagesMissed)

    return make


def take(proxy, *bodies):
    for body in bodies:
        proxy.process_webhooks_notification(body).get(timeout=5)


def status(proxy):
    return proxy.status().get(timeout=5)


def order(heard):
    """Give the numbers that were heard, and pairs of those that were missed."""
    return [
        (event.first, event.last)
        if isinstance(event, ums.MessagesMissed)
        else event.sequence
        for event in heard.seen
    ]


# -- its life


def test_it_is_ready_at_once_without_credentials_or_a_service(start, events):
    proxy = start()
    states = events(proxy, ums.StateChanged)
    began = time.monotonic()
    proxy.open(wait_for_ready=True).get(timeout=5)
    assert time.monotonic() - began < 2.0
    counted = status(proxy)
    assert (counted.state, counted.logins, counted.generation) == ("READY", 0, 1)
    assert proxy.wait_ready().get(timeout=1) is None
    proxy.close().get(timeout=5)
    assert status(proxy).state == "CLOSED"
    proxy.open().get(timeout=5)
    assert (status(proxy).state, status(proxy).generation) == ("READY", 2)
    states.wait(lambda event: event.generation == 2 and event.state == "READY")


def test_it_hears_before_it_is_opened_and_not_after_its_close(hears):
    proxy, heard = hears()
    take(proxy, webhook(said(0)))
    assert heard.wait(lambda _: True).text == "0"
    proxy.open().get(timeout=5)
    take(proxy, webhook(said(1)))
    assert heard.wait(lambda _: True).text == "1"
    proxy.close().get(timeout=5)
    with pytest.raises(ums.ConnectionLost, match=r"open\(\) it again"):
        take(proxy, webhook(said(2)))


@pytest.mark.parametrize("is_open", [False, True])
@pytest.mark.parametrize(
    "ask",
    [
        lambda it: it.send({"type": "ms.PublishEvent", "body": {}}),
        lambda it: it.get_clock(),
        lambda it: it.send_text("D", "hello"),
        lambda it: it.send_text("D", "hello", effectively_once=True),
        lambda it: it.publish_once(publish_text("D", "D", "hello")),
        lambda it: it.publish_text("D", "hello"),
        lambda it: it.close_conversation("D"),
        lambda it: it.catch_up("D"),
        lambda it: it.get_token(),
        lambda it: it.refresh_token(),
        lambda it: it.create_conversation_subscription(),
        lambda it: it.update_conversation_subscription("S", None),
        lambda it: it.unsubscribe_conversations("S"),
        lambda it: it.get_user_profile(),
        lambda it: it.upload_file("D", b"%PDF-"),
        lambda it: it.download_file("/x"),
        lambda it: it.set_agent_state("ONLINE"),
        lambda it: it.keep_alive(),
    ],
)
def test_all_that_would_be_asked_is_refused_at_once(start, ask, is_open):
    proxy = start()
    if is_open:
        proxy.open().get(timeout=5)
    with pytest.raises(ums.NotSupported, match="NullConnection"):
        ask(proxy).get(timeout=2)
    assert status(proxy).restarts == {}


def test_what_is_done_to_a_conversation_is_refused_with_the_way_out(hears):
    proxy, _ = hears()
    proxy.open().get(timeout=5)
    take(proxy, opened())
    talk = proxy.get_conversation("D").get(timeout=5)
    for done in (talk.send_text("hello"), talk.close(), talk.set_note("x")):
        with pytest.raises(ums.NotSupported, match="start a BrandRestConnection"):
            done.get(timeout=2)


def test_a_crash_of_an_actor_loses_nothing_that_was_taken(hears):
    proxy, heard = hears(options={"backoff_base": 0.01})
    proxy.open().get(timeout=5)
    take(proxy, webhook(said(0)), webhook(said(2)), webhook(said(40, "E")))
    correlator = proxy.child("correlator").get(timeout=5)
    with pytest.raises(ums.UMSError):
        correlator.ask("nonsense", timeout=5)
    proxy.wait_ready(timeout=5).get(timeout=5)
    take(proxy, webhook(said(41, "E")))
    heard.wait(lambda event: getattr(event, "sequence", 0) == 41)
    assert sorted(map(str, order(heard))) == ["(1, 1)", "0", "2", "40", "41"]


@pytest.mark.parametrize("name", ["token", "correlator", "socket", "supervisor"])
def test_each_actor_may_crash(hears, name):
    proxy, heard = hears(options={"backoff_base": 0.01})
    proxy.open().get(timeout=5)
    with pytest.raises(ums.UMSError):
        proxy.child(name).get(timeout=5).ask("nonsense", timeout=5)
    proxy.wait_ready(timeout=5).get(timeout=5)
    take(proxy, webhook(said(0)))
    assert heard.wait(lambda _: True).text == "0"


def test_a_crash_before_it_is_opened_leaves_nothing_waiting_for_ever(hears):
    proxy, heard = hears()
    take(proxy, webhook(said(0)), webhook(said(2)))
    correlator = proxy.child("correlator").get(timeout=5)
    with pytest.raises(ums.UMSError):
        correlator.ask("nonsense", timeout=5)
    take(proxy, webhook(said(0, "other")))
    heard.wait(lambda event: getattr(event, "sequence", 0) == 2)
    assert (1, 1) in order(heard)


# -- what is missing


def test_what_is_out_of_order_waits_a_short_time_and_goes_on(hears):
    proxy, heard = hears()
    take(proxy, webhook(said(0)), webhook(said(2)), webhook(said(5)))
    began = time.monotonic()
    heard.wait(lambda event: getattr(event, "sequence", 0) == 5)
    assert 0.1 < time.monotonic() - began < 3.0
    assert order(heard) == [0, (1, 1), 2, (3, 4), 5]
    missed = heard.seen[1]
    assert (missed.conversation_id, missed.dialog_id) == ("D", "D")
    assert missed.error is None
    take(proxy, webhook(said(1)), webhook(said(6)))
    heard.wait(lambda event: getattr(event, "sequence", 0) == 6)
    assert order(heard)[-1] == 6
    assert (status(proxy).gaps, status(proxy).duplicates) == (3, 1)


def test_nothing_waits_where_that_is_not_wanted(hears):
    proxy, heard = hears(options={"out_of_order_timeout": 0})
    take(proxy, webhook(said(7)), webhook(said(9)))
    heard.wait(lambda event: getattr(event, "sequence", 0) == 9, timeout=2)
    assert order(heard) == [7, (8, 8), 9]


def test_all_that_lies_before_is_missed_where_all_is_wanted(hears):
    proxy, heard = hears(options={"get_all_messages": True})
    take(proxy, webhook(said(3)))
    heard.wait(lambda event: getattr(event, "sequence", 0) == 3)
    assert order(heard) == [(0, 2), 3]


def test_what_a_conversation_shows_to_be_missing_is_told(hears):
    proxy, heard = hears()
    take(proxy, opened(), webhook(said(0)))
    body = opened(updated=2)
    last = said(2, conversationId="D")
    body["body"]["changes"][0]["result"]["lastContentEventNotification"] = last
    take(proxy, body)
    heard.wait(lambda event: isinstance(event, ums.MessagesMissed))
    assert order(heard) == [0, (1, 2)]


def test_what_is_held_is_let_go_at_the_close(hears):
    proxy, heard = hears(options={"out_of_order_timeout": 60.0})
    proxy.open().get(timeout=5)
    take(proxy, webhook(said(0)), webhook(said(2)), webhook(said(9, "E")))
    proxy.close().get(timeout=5)
    heard.wait(lambda event: getattr(event, "sequence", 0) == 2, timeout=2)
    assert sorted(map(str, order(heard))) == ["(1, 1)", "0", "2", "9"]


def test_a_flood_before_its_turn_is_bounded(hears):
    proxy, heard = hears(options={"out_of_order_timeout": 60.0, "dialog_limit": 10})
    take(proxy, webhook(said(0)), webhook(*[said(n) for n in range(2, 2_500)]))
    kernel = proxy.actor_ref.actor_inbox.keep
    assert sum(len(each.held) for each in kernel.streams._dialogs.values()) <= 1_000
    heard.wait(lambda event: getattr(event, "sequence", 0) == 2_001)
    assert order(heard)[:3] == [0, (1, 1), 2]
    for number in range(50):
        take(proxy, webhook(said(5, f"other {number}")))
    assert len(kernel.streams) <= 10
    assert kernel.intake._starts.__len__() <= 10


# -- whose it is


@pytest.mark.parametrize(
    ("named", "said_by"),
    [
        ({"user_id": OLD, "user_pid": PID}, {"user": PID}),
        ({"user_id": OLD, "user_pid": PID}, {"user": OLD, "originatorPId": PID}),
        ({"user_id": OLD}, {"user": OLD}),
        ({"user_id": PID}, {"user": PID}),
        ({"user_pid": PID}, {"user": OLD, "originatorPId": PID}),
        ({"user_id": CONSUMER}, {"user": CONSUMER}),
    ],
)
def test_what_the_user_says_is_its_own(hears, named, said_by):
    proxy, heard = hears(**named)
    take(proxy, webhook(said(0, **said_by)))
    assert heard.wait(lambda _: True).mine
    take(proxy, webhook(said(1, user="somebody")))
    assert not heard.wait(lambda _: True).mine
    assert status(proxy).agent_id == next(iter(named.values()))


def test_the_user_is_known_among_who_takes_part(hears):
    proxy, _ = hears(user_id=OLD, user_pid=PID)
    people = [(PID, "ASSIGNED_AGENT"), (CONSUMER, "CONSUMER")]
    take(proxy, opened(people=people))
    talk = proxy.get_conversation("D").get(timeout=5)
    agent = talk.assigned_agent
    assert (agent.user_id, agent.agent_id, agent.is_self) == (PID, OLD, True)
    assert not talk.consumer.is_self


@pytest.mark.parametrize("name", ["user_id", "user_pid", "account_id"])
@pytest.mark.parametrize("value", ["", 5, "a\nb"])
def test_an_id_that_is_none_is_named(runtime, name, value):
    arguments = {"account_id": "12345", name: value}
    with pytest.raises(ums.LocalProtocolError, match=name):
        ums.NullConnection.start(runtime=runtime, **arguments)


# -- one process after the other


def test_a_later_process_goes_on_where_this_one_was(start, hears, events):
    proxy = start(user_id=OLD)
    take(proxy, opened(), *[webhook(said(number)) for number in range(4)])
    memory = proxy.save_conversations().get(timeout=10)
    proxy, heard = hears(user_id=OLD, memory=memory)
    talks = events(proxy, ums.ConversationEvent)
    talk = proxy.get_conversation("D").get(timeout=5)
    assert talk.is_open
    take(proxy, webhook(said(3)), webhook(said(5)))
    heard.wait(lambda event: getattr(event, "sequence", 0) == 5)
    assert order(heard) == [(4, 4), 5]
    take(proxy, opened(), opened(stage="CLOSE", updated=2))
    assert type(talks.wait(lambda _: True)) is ums.ConversationClosed
    card = proxy.actor_ref.actor_inbox.keep.conversations.book.get("D")
    assert card.sources == ("webhooks",)  # so that it goes in the end


def test_what_another_user_kept_is_refused(start, hears):
    proxy, _ = hears(user_id=OLD)
    take(proxy, opened())
    memory = proxy.save_conversations().get(timeout=10)
    with pytest.raises(ums.LocalProtocolError, match="memory is of the user"):
        start(user_id="12345.8", memory=memory)


# -- its façades


def test_the_blocking_facade_takes_webhooks(runtime):
    heard = []
    with ums.connect_null(
        "12345", subscribe=[(heard.append, ums.MessageReceived)], runtime=runtime
    ) as connection:
        connection.process_webhooks_notification(webhook(said(0)))
        assert connection.status().state == "READY"
        with pytest.raises(ums.RemoteProtocolError):
            connection.process_webhooks_notification(b"")
        with pytest.raises(ums.NotSupported):
            connection.send_text("D", "hello")
    assert [event.text for event in heard] == ["0"]


def test_the_asyncio_facade_takes_webhooks(runtime):
    async def run():
        async with aio.connect_null("12345", runtime=runtime) as connection:
            events = connection.events(ums.MessageReceived)
            await connection.process_webhooks_notification(webhook(said(0)))
            async for event in events:
                return event.text
            return None

    assert asyncio.run(run()) == "0"
