from __future__ import annotations

import asyncio
import json
import queue

import pytest

import ums_actors as ums

MESSAGES = ".ams.ms.OnlineEventDistribution"


def frame(kind, body):
    return json.dumps({"kind": "notification", "type": kind, "body": body})


def test_asyncio_hears_what_is_said_and_ends_with_the_connection(emulator, start):
    async def main():
        proxy = start(emulator)
        heard = proxy.events(ums.MessageReceived)
        await proxy.open()
        opened = emulator.open_conversation(assign="bot1", text="0")
        texts = []
        async for event in heard:
            texts.append(event.text)
            if len(texts) == 3:
                await proxy.close()
            else:
                number = len(texts)
                await proxy.send_text(opened.conversation_id, f"{number}")
        return texts

    assert asyncio.run(asyncio.wait_for(main(), 20)) == ["0", "1", "2"]


def test_an_iterator_that_is_closed_leaves_no_subscriber(emulator, start, eventually):
    proxy = start(emulator)
    subscribers = proxy.actor_ref.actor_inbox.keep.subscribers
    proxy.open().get(timeout=10)
    with proxy.events(ums.StateChanged):
        eventually(lambda: subscribers._tables.all)
    eventually(lambda: not subscribers._tables.all)
    proxy.events(ums.StateChanged)  # never iterated, and forgotten
    eventually(lambda: not subscribers._tables.all)


def test_an_iterator_of_a_connection_at_rest_ends_at_once(emulator, start):
    proxy = start(emulator)
    proxy.open().get(timeout=10)
    proxy.close().get(timeout=10)
    assert list(proxy.events()) == []
    with pytest.raises(ums.ConnectionLost):
        next(proxy.events(strict=True))


def test_an_iterator_is_told_that_the_connection_failed(emulator, start):
    proxy = start(emulator, auth=ums.PasswordLogin("bot1", "wrong"))
    heard = proxy.events(ums.AttemptFailed)
    with pytest.raises(ums.AuthenticationRejected):
        proxy.open().get(timeout=10)
    failed = next(heard)
    assert (failed.state, failed.retry_in) == ("AUTHENTICATING", None)
    assert isinstance(failed.error, ums.AuthenticationRejected)
    with pytest.raises(ums.ConnectionLost, match="FAILED") as caught:
        next(heard)
    assert isinstance(caught.value.__cause__, ums.AuthenticationRejected)


def test_an_iterator_of_a_stopped_connection_ends(emulator, start):
    proxy = start(emulator)
    heard = proxy.events()
    proxy.open().get(timeout=10)
    proxy.actor_ref.stop(timeout=10)
    states = [each.state for each in heard if isinstance(each, ums.StateChanged)]
    assert states[-1] == "CLOSED"


@pytest.mark.parametrize(
    ("kinds", "more"),
    [((int,), {}), ((), {"limit": 0}), ((), {"timeout": -1}), ((), {"where": 5})],
)
def test_what_cannot_be_iterated_over_says_so_at_once(emulator, start, kinds, more):
    proxy = start(emulator)
    with pytest.raises(ums.LocalProtocolError):
        proxy.events(*kinds, **more)


def test_one_conversations_events_are_heard_alone(emulator, start):
    proxy = start(emulator)
    proxy.open().get(timeout=10)
    first = emulator.open_conversation(assign="bot1")
    heard = proxy.events(
        ums.MessageReceived, conversation_id=first.conversation_id, timeout=5
    )
    emulator.open_conversation(assign="bot1", text="of another")
    emulator.write(first.conversation_id, "of this one")
    assert next(heard).text == "of this one"


def test_a_handler_that_raises_is_told_of_and_hears_on(emulator, start, events):
    def broken(event):
        said.put(event.text)
        raise ValueError("broken")

    said: queue.Queue = queue.Queue()
    proxy = start(emulator)
    errors = events(proxy, ums.ErrorOccurred)
    proxy.subscribe(broken, ums.MessageReceived).get(timeout=5)
    proxy.open().get(timeout=10)
    opened = emulator.open_conversation(assign="bot1", text="0")
    emulator.write(opened.conversation_id, "1")
    assert [said.get(timeout=5) for _ in range(2)] == ["0", "1"]
    error = errors.wait(lambda event: event.event.text == "1")
    assert (error.context, str(error.error)) == ("subscriber.failed", "broken")
    status = proxy.status().get(timeout=5)
    assert (status.state, status.generation, status.restarts) == ("READY", 1, {})


def test_a_handler_of_errors_that_raises_is_not_told_of_itself(emulator, start):
    def broken(event):
        told.put(event)
        raise ValueError("broken")

    told: queue.Queue = queue.Queue()
    proxy = start(emulator)
    proxy.subscribe(broken, ums.ErrorOccurred).get(timeout=5)
    proxy.open().get(timeout=10)
    for _ in range(2):
        proxy._on_ums_message(frame(MESSAGES, 5)).get(timeout=5)
    contexts = [told.get(timeout=5).context for _ in range(2)]
    assert contexts == ["notification.failed"] * 2
    proxy.get_clock().get(timeout=5)
    assert told.empty()


def test_a_notification_of_no_use_is_told_of_with_its_type(emulator, start, events):
    proxy = start(emulator)
    errors = events(proxy, ums.ErrorOccurred)
    proxy.open().get(timeout=10)
    proxy._on_ums_message(frame(MESSAGES, 5)).get(timeout=5)
    error = errors.wait(lambda _: True)
    assert (error.context, error.notification_type) == ("notification.failed", MESSAGES)
    assert isinstance(error.error, ums.RemoteProtocolError)
    assert proxy.get_clock().get(timeout=5) > 0


def test_bytes_on_the_line_that_are_no_frame_are_told_of(emulator, start, events):
    proxy = start(emulator)
    errors = events(proxy, ums.ErrorOccurred)
    proxy.open().get(timeout=10)
    emulator.add_fault("malformed", count=1, value="text")
    emulator.open_conversation()
    assert errors.wait(lambda _: True).context == "frame.undecodable"


def test_notifications_are_heard_as_they_come_of_the_wanted_types_alone(
    emulator, start
):
    proxy = start(emulator)
    some: queue.Queue = queue.Queue()
    every: queue.Queue = queue.Queue()
    short = "ms.MessagingEventNotification"
    proxy.subscribe_notifications(some, short, ".ams.new.Unknown").get(timeout=5)
    handle = proxy.subscribe_notifications(every).get(timeout=5)
    proxy.open().get(timeout=10)
    emulator.open_conversation(assign="bot1", text="hello")
    heard = some.get(timeout=5)
    assert (heard.type, heard.body["event"]["message"]) == (MESSAGES, "hello")
    for kind in (".ams.new.Other", ".ams.new.Unknown"):
        proxy._on_ums_message(frame(kind, {"a": 1})).get(timeout=5)
    assert some.get(timeout=5).type == ".ams.new.Unknown"
    kinds = {every.get(timeout=5).type for _ in range(every.qsize())}
    assert {".ams.aam.ExConversationChangeNotification", ".ams.new.Other"} <= kinds
    assert proxy.unsubscribe(handle).get(timeout=5)


def test_requests_and_answers_are_heard_by_who_names_them(emulator, start, events):
    proxy = start(emulator)
    taps = events(proxy, ums.RequestSent, ums.ResponseReceived)
    every = events(proxy)
    proxy.open().get(timeout=10)
    sent = taps.wait(lambda event: isinstance(event, ums.RequestSent))
    assert (sent.type, sent.body) == (
        ".ams.aam.SubscribeExConversations",
        {"stage": ["OPEN"]},
    )
    answer = taps.wait(lambda event: event.request_id == sent.request_id)
    assert isinstance(answer, ums.ResponseReceived)
    assert (answer.type, answer.code) == (sent.type, 200)
    assert answer.response_type == ".ams.aam.SubscribeExConversations$Response"
    assert answer.body["subscriptionId"]
    assert answer.seconds >= 0
    with pytest.raises(ums.RequestRejected):
        proxy.send({"type": ".x", "metadata": {"type": "ExternalId", "id": "a"}}).get(
            timeout=5
        )
    sent = taps.wait(lambda event: event.type == ".x")
    assert sent.metadata == [{"type": "ExternalId", "id": "a"}]
    assert taps.wait(lambda event: event.request_id == sent.request_id).code == 400
    every.wait(lambda event: isinstance(event, ums.StateChanged))
    assert not any(isinstance(each, ums.RequestSent) for each in every.seen)


def test_a_consumers_token_is_in_no_tap(emulator, start, events):
    proxy = start(
        emulator,
        kind=ums.ConsumerWebsocketConnection,
        auth=ums.Anonymous(),
        handshake="init",
    )
    taps = events(proxy, ums.RequestSent)
    proxy.open().get(timeout=10)
    token = proxy.get_token().get(timeout=5)
    sent = taps.wait(lambda event: event.type == "InitConnection")
    assert token not in repr(sent)


def test_a_failed_attempt_says_why_and_when_the_next_one_is(emulator, start, events):
    emulator.add_fault("handshake", count=1, value=503)
    proxy = start(emulator)
    failures = events(proxy, ums.AttemptFailed)
    proxy.open().get(timeout=10)
    failed = failures.wait(lambda _: True)
    assert (failed.state, failed.attempt) == ("CONNECTING", 1)
    assert "503" in failed.reason
    assert isinstance(failed.error, ums.ConnectError)
    assert 0 <= failed.retry_in <= 600
    proxy.close().get(timeout=10)
    assert len(failures.seen) == 1
    assert failures.queue.empty()


def test_a_subscription_that_is_refused_on_a_later_line_is_told_of(
    emulator, start, events
):
    proxy = start(emulator)
    proxy.open().get(timeout=10)
    first = proxy.create_conversation_subscription({}).get(timeout=5)
    heard = events(proxy, ums.ErrorOccurred, ums.StateChanged)
    no = {"code": 403, "type": ".ams.aam.SubscribeExConversations"}
    emulator.add_fault("reject", count=2, value=no)
    emulator.cut("bot1")
    errors = [
        heard.wait(lambda event: isinstance(event, ums.ErrorOccurred)) for _ in range(2)
    ]
    assert {error.context for error in errors} == {"subscription.refused"}
    assert errors[1].subscription_id == first
    assert errors[1].error.code == 403
    heard.wait(lambda event: getattr(event, "state", "") == "READY")
