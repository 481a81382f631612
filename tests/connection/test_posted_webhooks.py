"""From the local service by HTTP to an endpoint, and on to who hears of it."""

from __future__ import annotations

import threading
from http import HTTPStatus

import pytest

import ums_actors as ums
from ums_actors.examples.webhook_receiver import Endpoint

SECRET = "the-app-s-secret"


class Hooked:
    """An endpoint that gives what is posted to a connection.

    Attributes:
        statuses: what to answer next, in place of handing it on.
        taken: how many bodies were handed on.
    """

    def __init__(self, connection, secret=SECRET):
        self._connection = connection
        self._secret = secret
        self.statuses = []
        self.taken = 0
        self.refused = []

    def take(self, body, signature):
        if self.statuses:
            return self.statuses.pop(0)
        try:
            ums.verify_webhook(body, signature, self._secret)
            self._connection.process_webhooks_notification(body).get(timeout=10)
        except ums.UMSError as error:
            self.refused.append(error)
            return HTTPStatus.SERVICE_UNAVAILABLE
        self.taken += 1
        return HTTPStatus.OK


@pytest.fixture
def hooked(emulator):
    """Have the service post to a connection."""
    ends = []

    def make(connection, secret=SECRET, **more):
        hook = Hooked(connection, secret)
        endpoint = Endpoint(0, hook.take)
        thread = threading.Thread(target=endpoint.serve_forever)
        thread.start()
        ends.append((endpoint, thread))
        emulator.add_webhook(endpoint.url, secret=SECRET, **more)
        return hook

    yield make
    emulator.remove_webhook()
    for endpoint, thread in ends:
        endpoint.shutdown()
        thread.join()
        endpoint.server_close()


@pytest.fixture
def null(runtime):
    refs = []

    def make(emulator, **options):
        settings = {"out_of_order_timeout": 5.0, **options}
        refs.append(
            ums.NullConnection.start(
                emulator.account, runtime=runtime, options=ums.Options(**settings)
            )
        )
        return ums.proxy_of(refs[-1])

    yield make
    for ref in refs:
        ref.stop(timeout=10)


def texts(heard):
    return [event.text for event in heard.seen if getattr(event, "text", None)]


def last(text):
    return lambda event: getattr(event, "text", None) == text


@pytest.mark.parametrize("form", ["notification", "wrapped", "dotted"])
def test_a_conversation_is_heard_from_its_start_to_its_end(
    emulator, null, hooked, events, form
):
    proxy = null(emulator)
    talks = events(proxy, ums.ConversationEvent)
    heard = events(proxy, ums.MessageReceived)
    hooked(proxy, form=form)
    talk = emulator.open_conversation(assign="bot1", text="0", skill="7")
    opened = talks.wait(lambda event: isinstance(event, ums.ConversationOpened))
    conversation = opened.conversation
    assert conversation.conversation_id == talk.conversation_id
    assert conversation.skill_id == "7"
    assert conversation.consumer.user_id == talk.consumer_id
    assert conversation.assigned_agent is not None
    emulator.write(talk.conversation_id, "1")
    heard.wait(last("1"))
    assert {event.role for event in heard.seen} == {"CONSUMER"}
    emulator.close_conversation(talk.conversation_id)
    talks.wait(lambda event: isinstance(event, ums.ConversationClosed))
    assert conversation.close_reason == "CONSUMER"
    assert texts(heard) == ["0", "1"]


def test_many_at_a_time_repeated_and_late_are_heard_in_order_and_once(
    emulator, null, hooked, events
):
    proxy = null(emulator)
    heard = events(proxy, ums.MessageReceived, ums.MessagesMissed)
    hook = hooked(proxy, parallel=8)
    for what in ("late", "twice", "late", "late", "twice"):
        emulator.add_fault("webhook", value=what, count=5)
    talk = emulator.open_conversation(text="0").conversation_id
    for number in range(1, 40):
        emulator.write(talk, str(number))
        if number % 10 == 0:
            hook.statuses.append(HTTPStatus.BAD_GATEWAY)
    heard.wait(last("39"), timeout=20)
    assert texts(heard) == [str(number) for number in range(40)]
    status = proxy.status().get(timeout=5)
    assert (status.gaps, status.failed_notifications) == (0, 0)
    assert emulator.webhooks()[0]["failed"] >= 1


def test_a_line_and_webhooks_together_tell_each_message_once(
    emulator, start, hooked, events
):
    proxy = start(emulator)
    heard = events(proxy, ums.MessageReceived, ums.MessagesMissed)
    hook = hooked(proxy, parallel=4)
    proxy.open(wait_for_ready=True).get(timeout=10)
    talk = emulator.open_conversation(assign="bot1", text="0").conversation_id
    for number in range(1, 30):
        if number == 10:
            emulator.cut("bot1")
        if number == 15:
            emulator.add_fault("webhook", value="lost", count=5)
        emulator.write(talk, str(number))
    heard.wait(last("29"), timeout=20)
    proxy.catch_up(talk).get(timeout=10)
    assert texts(heard) == [str(number) for number in range(30)]
    assert hook.refused == []


def test_one_that_is_lost_is_fetched_where_one_can_ask(emulator, start, hooked, events):
    proxy = start(emulator)
    heard = events(proxy, ums.MessageReceived, ums.MessagesMissed)
    proxy.open(wait_for_ready=True).get(timeout=10)
    hooked(proxy)
    talk = emulator.open_conversation(text="0").conversation_id  # not the bot's
    heard.wait(last("0"))
    emulator.add_fault("webhook", value="lost", count=2)
    emulator.write(talk, "1")
    emulator.write(talk, "2")
    heard.wait(last("2"))
    assert texts(heard) == ["0", "1", "2"]


@pytest.mark.parametrize("assign", ["bot1", None])
def test_a_rest_connection_hears_by_webhooks_and_fetches_what_is_lost(
    emulator, start, hooked, events, assign
):
    proxy = start(emulator, kind=ums.BrandRestConnection)
    heard = events(proxy, ums.MessageReceived, ums.MessagesMissed)
    talks = events(proxy, ums.ConversationOpened)
    proxy.open().get(timeout=10)
    hooked(proxy, parallel=4)
    talk = emulator.open_conversation(assign=assign, text="0").conversation_id
    conversation = talks.wait(lambda _: True).conversation
    heard.wait(last("0"))
    emulator.add_fault("webhook", value="lost", count=2)
    emulator.write(talk, "1")
    emulator.write(talk, "2")
    heard.wait(last("2"))
    assert texts(heard) == ["0", "1", "2"]
    if assign is not None:
        conversation.send_text("3").get(timeout=10)
        said = heard.wait(last("3"))
        assert said.mine
        assert texts(heard) == ["0", "1", "2", "3"]


def test_one_that_is_lost_is_missed_where_one_cannot(emulator, null, hooked, events):
    proxy = null(emulator, out_of_order_timeout=0.3)
    heard = events(proxy, ums.MessageReceived, ums.MessagesMissed)
    hooked(proxy, events=["ms.MessagingEventNotification.ContentEvent"])
    talk = emulator.open_conversation(text="0").conversation_id
    heard.wait(last("0"))
    emulator.add_fault("webhook", value="lost", count=1)
    emulator.write(talk, "1")
    emulator.write(talk, "2")
    heard.wait(last("2"))
    assert texts(heard) == ["0", "2"]
    (missed,) = (it for it in heard.seen if isinstance(it, ums.MessagesMissed))
    assert (missed.first, missed.last, missed.dialog_id) == (1, 1, talk)


def test_what_a_closed_connection_refused_is_heard_when_it_is_open_again(
    emulator, null, hooked, events, eventually
):
    proxy = null(emulator)
    proxy.open().get(timeout=5)
    proxy.close().get(timeout=5)
    hook = hooked(proxy, retries=5)
    emulator.open_conversation(text="hello")
    eventually(lambda: hook.refused)
    heard = events(proxy, ums.MessageReceived)
    proxy.open().get(timeout=5)
    heard.wait(last("hello"))
    assert isinstance(hook.refused[0], ums.ConnectionLost)


def test_what_others_sign_is_not_taken(emulator, null, hooked, events, eventually):
    proxy = null(emulator)
    hook = hooked(proxy, secret="another-app-s", retries=0)
    emulator.open_conversation(text="hello")
    eventually(lambda: len(hook.refused) == 3)
    assert {type(error) for error in hook.refused} == {ums.RemoteProtocolError}
    assert hook.taken == 0
    assert proxy.get_all_known_conversations().get(timeout=5) == ()
