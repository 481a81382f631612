from __future__ import annotations

import json
import queue

import pytest

import ums_actors as ums

CONVERSATIONS = "cqm.ExConversationChangeNotification"
MESSAGES = "ms.MessagingEventNotification"
CONSUMER = "ade26082b1185839d17e0794924c1a0005cf5663e7c35e38f80dd8552a1a96e5"
BEGAN = 1_528_371_161_882
STATES = [
    ums.State.NEW,
    ums.State.READY,
    ums.State.BACKING_OFF,
]


def webhook(kind, *changes):
    return {"kind": "notification", "type": kind, "body": {"changes": [*changes]}}


def said(number, text="", conversation="C", **more):
    """Say something as the service's documentation shows it: without a conversation."""
    event = {"type": "ContentEvent", "message": text or str(number)}
    return {
        "sequence": number,
        "originatorId": CONSUMER,
        "originatorMetadata": {"id": CONSUMER, "role": "CONSUMER"},
        "serverTimestamp": BEGAN + number,
        "event": {**event, "contentType": "text/plain"},
        "dialogId": conversation,
        **more,
    }


def told(number, text="", conversation="C", **more):
    return webhook(MESSAGES, said(number, text, conversation, **more))


def conversation(name="C", updated=BEGAN, *, stage="OPEN", kind="UPSERT", **more):
    people = [{"id": CONSUMER, "role": "CONSUMER"}]
    dialog = {
        "dialogId": name,
        "participantsDetails": people,
        "dialogType": "MAIN",
        "channelType": "MESSAGING",
        "state": stage,
        "creationTs": BEGAN,
        "metaDataLastUpdateTs": updated,
    }
    details = {
        "skillId": "-1",
        "participants": people,
        "dialogs": [dialog],
        "brandId": "12345",
        "state": stage,
        "stage": stage,
        "startTs": BEGAN,
        "metaDataLastUpdateTs": updated,
        **more,
    }
    change = {"type": kind, "result": {"convId": name, "conversationDetails": details}}
    return webhook(CONVERSATIONS, change)


def take(proxy, body):
    return proxy.process_webhooks_notification(body).get(timeout=5)


def texts(heard):
    return [event.text for event in heard.seen if event.text is not None]


def status(proxy):
    return proxy.status().get(timeout=5)


@pytest.fixture
def hears(start, events, emulator):
    """Start a connection that is not opened; give it, and what it says of messages."""

    def make(**more):
        proxy = start(emulator, **more)
        return proxy, events(proxy, ums.MessageReceived, ums.MessagesMissed)

    return make


def test_a_conversation_of_webhooks_alone_is_told_and_kept_true(hears, events):
    proxy, heard = hears()
    talks = events(proxy, ums.ConversationEvent)
    changed = events(proxy, ums.ConversationChanged)
    take(proxy, conversation())
    opened = talks.wait(lambda _: True)
    assert type(opened) is ums.ConversationOpened
    talk = proxy.get_conversation("C").get(timeout=5)
    assert talk is opened.conversation
    assert (talk.is_open, talk.consumer.user_id) == (True, CONSUMER)
    raw = changed.wait(lambda _: True)
    assert (raw.type, raw.subscription_id, raw.live) == ("UPSERT", "", talk)
    take(proxy, told(0, "hello"))
    message = heard.wait(lambda _: True)
    assert (message.conversation_id, message.dialog_id) == ("C", "C")
    assert (message.text, message.role, message.mine) == ("hello", "CONSUMER", False)
    assert [each.text for each in talk.main_dialog.messages] == ["hello"]
    take(proxy, conversation(updated=BEGAN + 5, skillId="77"))
    assert talks.wait(lambda _: True).current == "77"
    take(proxy, conversation(updated=BEGAN + 9, stage="CLOSE", skillId="77"))
    talks.wait(lambda event: isinstance(event, ums.ConversationClosed))
    assert not talk.is_open
    assert status(proxy).conversations == 1


@pytest.mark.parametrize(
    "body",
    [
        json.dumps(told(0)).encode(),
        bytearray(json.dumps(told(0)).encode()),
        memoryview(json.dumps(told(0)).encode()),
        json.dumps(told(0)),
        told(0),
        {"wsNotificationMsg": {"type": MESSAGES, "body": told(0)["body"]}},
        {"type": f"{MESSAGES}.ContentEvent", "body": told(0)["body"]},
        {"type": ".ams.ms.OnlineEventDistribution", "body": said(0)},
        json.dumps({"wsNotificationMsg": told(0)}).encode(),
    ],
)
def test_each_form_of_a_webhook_is_taken(hears, body):
    proxy, heard = hears()
    take(proxy, body)
    assert heard.wait(lambda _: True).text == "0"


def test_what_comes_twice_and_before_its_turn_is_told_once_and_in_order(hears):
    proxy, heard = hears()
    for number in (0, 2, 2, 1, 0, 4, 3, 1):
        take(proxy, told(number))
    heard.wait(lambda event: event.text == "4")
    assert texts(heard) == ["0", "1", "2", "3", "4"]
    assert status(proxy).duplicates == 3


def test_a_dialog_heard_of_in_the_midst_of_it_begins_with_the_lowest(hears):
    proxy, heard = hears()
    for number in (39, 38, 38, 37, 40):
        take(proxy, told(number))
    heard.wait(lambda event: event.text == "40")
    take(proxy, told(41))
    heard.wait(lambda event: event.text == "41")
    assert texts(heard) == ["37", "38", "39", "40", "41"]
    assert status(proxy).duplicates == 1
    assert status(proxy).gaps == 0


def test_a_dialog_that_has_just_begun_is_known_from_its_first_message(hears):
    proxy, heard = hears()
    take(proxy, conversation())
    take(proxy, told(1))
    take(proxy, told(0))
    heard.wait(lambda event: event.text == "1")
    assert texts(heard) == ["0", "1"]


def test_what_began_later_than_the_first_that_was_told_is_news(hears):
    proxy, heard = hears()
    take(proxy, told(50, conversation="old", serverTimestamp=BEGAN - 5))
    take(proxy, conversation(updated=BEGAN + 7))  # not its first state
    take(proxy, told(1))
    take(proxy, told(0))
    heard.wait(lambda event: event.text == "1")
    assert texts(heard) == ["0", "1"]


def test_all_of_a_dialog_is_fetched_where_that_is_wanted(emulator, hears):
    proxy, heard = hears(options={"get_all_messages": True})
    proxy.open(wait_for_ready=True).get(timeout=10)
    talk = emulator.open_conversation(text="0")
    emulator.write(talk.conversation_id, "1")
    emulator.write(talk.conversation_id, "2")
    take(proxy, told(2, "2", talk.conversation_id))
    heard.wait(lambda event: event.text == "2")
    assert texts(heard) == ["0", "1", "2"]


def test_a_status_of_delivery_has_its_place_and_a_chat_state_none(hears):
    proxy, heard = hears()
    take(proxy, conversation())
    accept = {"type": "AcceptStatusEvent", "status": "READ", "sequenceList": [0]}
    chat = {"type": "ChatStateEvent", "chatState": "COMPOSING"}
    state = {**said(0), "event": chat}
    del state["sequence"]
    take(proxy, told(1, event=accept))
    take(proxy, webhook(MESSAGES, state))
    take(proxy, told(0))
    heard.wait(lambda event: event.event_type == "AcceptStatusEvent")
    kinds = [event.event_type for event in heard.seen]
    assert kinds == ["ChatStateEvent", "ContentEvent", "AcceptStatusEvent"]


def test_what_comes_by_the_line_and_by_webhooks_is_told_once(emulator, hears):
    proxy, heard = hears()
    proxy.open(wait_for_ready=True).get(timeout=10)
    talk = emulator.open_conversation(assign="bot1", text="0")
    heard.wait(lambda event: event.text == "0")
    take(proxy, told(0, "0", talk.conversation_id))
    emulator.write(talk.conversation_id, "1")
    heard.wait(lambda event: event.text == "1")
    take(proxy, told(1, "1", talk.conversation_id))
    emulator.write(talk.conversation_id, "2")
    heard.wait(lambda event: event.text == "2")
    assert texts(heard) == ["0", "1", "2"]
    assert status(proxy).duplicates == 2


def test_what_a_webhook_shows_to_be_missing_is_asked_for_on_the_line(emulator, hears):
    proxy, heard = hears()
    proxy.open(wait_for_ready=True).get(timeout=10)
    talk = emulator.open_conversation(text="0")  # not the bot's
    take(proxy, told(0, "0", talk.conversation_id))
    for number in (1, 2, 3):
        emulator.write(talk.conversation_id, str(number))
    take(proxy, told(3, "3", talk.conversation_id))
    heard.wait(lambda event: event.text == "3")
    assert texts(heard) == ["0", "1", "2", "3"]


def test_a_consumer_s_connection_takes_webhooks_too(emulator, hears):
    proxy, heard = hears(kind=ums.ConsumerWebsocketConnection, auth=ums.Anonymous())
    proxy.open(wait_for_ready=True).get(timeout=10)
    talk = proxy.create_conversation().get(timeout=5)
    proxy.send_text(talk, "0").get(timeout=5)
    heard.wait(lambda event: event.text == "0")
    take(proxy, told(0, "0", talk))
    take(proxy, told(1, "1", talk))
    heard.wait(lambda event: event.text == "1")
    take(proxy, told(0, "other", "elsewhere"))
    heard.wait(lambda event: event.text == "other")
    assert texts(heard) == ["0", "1", "other"]
    assert status(proxy).failed_notifications == 0


def test_the_own_user_is_known_by_its_pid(emulator, hears):
    proxy, heard = hears()
    proxy.open(wait_for_ready=True).get(timeout=10)
    login = proxy.actor_ref.actor_inbox.keep.login
    take(proxy, told(0, originatorId=login.user_pid))
    message = heard.wait(lambda _: True)
    assert message.mine
    assert message.originator_id == status(proxy).agent_id


# -- the connection's life


@pytest.mark.parametrize("state", STATES)
def test_webhooks_are_taken_in_each_state_of_a_life(emulator, hears, state):
    proxy, heard = hears(options={"backoff_base": 30.0})
    if state is ums.State.READY:
        proxy.open().get(timeout=10)
    elif state is ums.State.BACKING_OFF:
        emulator.add_fault("handshake", count=1, value=502)
        states: queue.Queue = queue.Queue()
        proxy.subscribe(states, ums.StateChanged).get(timeout=5)
        proxy.open()
        while states.get(timeout=10).state != "BACKING_OFF":
            continue
    assert status(proxy).state == str(state)
    take(proxy, conversation())
    take(proxy, told(0, "hello"))
    assert heard.wait(lambda _: True).text == "hello"
    assert proxy.get_conversation("C").get(timeout=5).is_open


def test_a_closed_connection_refuses_webhooks_and_takes_them_again_when_opened(hears):
    proxy, heard = hears()
    proxy.open().get(timeout=10)
    proxy.close().get(timeout=10)
    with pytest.raises(ums.ConnectionLost, match=r"CLOSED.*: open\(\) it again"):
        take(proxy, told(0))
    proxy.open().get(timeout=10)
    take(proxy, told(0))
    assert heard.wait(lambda _: True).text == "0"


def test_what_waits_for_a_lower_number_is_let_go_at_the_close(hears):
    proxy, heard = hears()
    take(proxy, told(9))
    proxy.close().get(timeout=10)
    heard.wait(lambda event: event.text == "9", timeout=0.5)


def test_no_snapshot_and_no_loss_of_a_line_takes_them_away(emulator, hears, events):
    proxy, _ = hears(options={"clear_conversation_timeout": 0.05})
    removed = events(proxy, ums.ConversationRemoved)
    take(proxy, conversation())
    proxy.open(wait_for_ready=True).get(timeout=10)
    other = emulator.open_conversation(assign="bot1", text="hello")
    emulator.cut("bot1")
    proxy.wait_ready(timeout=10).get(timeout=10)
    proxy.get_clock().get(timeout=10)
    emulator.close_conversation(other.conversation_id)
    removed.wait(lambda event: event.conversation_id == other.conversation_id)
    assert proxy.get_conversation("C").get(timeout=5) is not None
    assert [event.conversation_id for event in removed.seen] == [other.conversation_id]


def test_a_conversation_that_a_subscription_shows_too_outlives_it(
    emulator, hears, events
):
    proxy, _ = hears(
        options={"clear_conversation_timeout": 0.05}, create_default_subscription=False
    )
    removed = events(proxy, ums.ConversationRemoved)
    kept = emulator.open_conversation(text="hello").conversation_id
    gone = emulator.open_conversation(text="hello").conversation_id
    proxy.open().get(timeout=10)
    subscription = proxy.create_conversation_subscription(wait_for_ready=True)
    take(proxy, conversation(kept))
    assert not take(proxy, told(0, conversation=kept))
    proxy.unsubscribe_conversations(subscription.get(timeout=5)).get(timeout=5)
    removed.wait(lambda event: event.conversation_id == gone)
    assert proxy.get_conversation(kept).get(timeout=5).is_open


def test_what_is_told_late_changes_nothing(hears, events):
    proxy, _ = hears()
    talks = events(proxy, ums.ConversationEvent)
    take(proxy, conversation(updated=BEGAN + 9, stage="CLOSE"))
    take(proxy, conversation(updated=BEGAN + 5))
    take(proxy, conversation(updated=BEGAN + 9, stage="CLOSE"))
    talk = proxy.get_conversation("C").get(timeout=5)
    assert not talk.is_open
    talks.wait(lambda event: isinstance(event, ums.ConversationOpened))
    take(proxy, conversation(updated=BEGAN + 12))  # resumed
    assert talks.wait(lambda _: True).conversation.is_open


def test_one_that_is_deleted_goes_at_once_only_if_it_has_not_ended(hears, events):
    proxy, _ = hears(options={"clear_conversation_timeout": 0.05})
    talks = events(proxy, ums.ConversationEvent)
    take(proxy, conversation(kind="DELETE"))  # nobody knows it
    assert proxy.get_conversation("C").get(timeout=5) is None
    take(proxy, conversation("ended"))
    take(proxy, conversation())
    take(proxy, conversation("ended", BEGAN + 1, kind="DELETE", stage="CLOSE"))
    take(proxy, conversation(kind="DELETE", updated=BEGAN + 1))
    removed = talks.wait(lambda event: isinstance(event, ums.ConversationRemoved))
    assert removed.conversation_id == "C"
    assert proxy.get_conversation("C").get(timeout=5) is None
    assert not proxy.get_conversation("ended").get(timeout=5).is_open


def test_changes_of_kinds_that_nobody_knows_change_nothing(hears):
    proxy, _ = hears()
    take(proxy, conversation(kind="NEWER"))
    assert status(proxy).conversations == 0


# -- what is no notification


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b"", "is empty"),
        (b"{", "is not JSON"),
        (b"\xff\xff", "is not JSON|is not UTF-8"),
        (b'{"type": "\xff"}', "is not UTF-8"),
        (b"[" * 100_000, "is nested too deep|values"),
        (b"[]", "is no JSON object"),
        ("5", "is no JSON object"),
        ({}, "type is None"),
        ({"type": ""}, "type is ''"),
        ({"type": 5, "body": {}}, "type is 5"),
        ({"type": MESSAGES}, "has no body"),
        ({"kind": "req", "type": MESSAGES, "body": {}}, "kind is 'req'"),
        ({"type": MESSAGES, "body": {}}, "no list of changes"),
        ({"type": MESSAGES, "body": {"changes": 5}}, "no list of changes"),
        ({"type": CONVERSATIONS, "body": {}}, "no list of changes"),
        ({"type": CONVERSATIONS, "body": []}, "no list of changes"),
        ({"wsNotificationMsg": 5}, "wsNotificationMsg is no JSON object"),
        ({"wsNotificationMsg": {}}, "type is None"),
        ({"type": MESSAGES, "body": {"event": 5}}, "no event"),
    ],
)
def test_what_is_no_notification_is_named_counted_and_hurts_nothing(hears, body, text):
    proxy, heard = hears()
    with pytest.raises(ums.RemoteProtocolError, match=text):
        take(proxy, body)
    counted = status(proxy)
    assert counted.bad_frames + counted.failed_notifications == 1
    assert counted.restarts == {}
    take(proxy, told(0))
    assert heard.wait(lambda _: True).text == "0"


@pytest.mark.parametrize(
    "body", [None, 5, ["x"], {"type": object()}, "\ud800", {1: 2, "a": {3j: 1}}]
)
def test_what_is_no_body_at_all_is_the_caller_s_mistake(hears, body):
    proxy, _ = hears()
    with pytest.raises(ums.LocalProtocolError, match="body must be"):
        take(proxy, body)
    assert status(proxy).bad_frames == 0


def test_a_body_that_is_too_large_is_refused(hears):
    proxy, _ = hears(options={"max_message_size": 1_000})
    with pytest.raises(ums.RemoteProtocolError, match="max_message_size"):
        take(proxy, told(0, "x" * 1_000))


def test_what_a_handler_raises_is_not_the_webhook_s_fault(hears):
    proxy, heard = hears()

    def broken(event):
        raise ZeroDivisionError

    proxy.subscribe(broken, ums.MessageReceived).get(timeout=5)
    take(proxy, told(0))
    assert heard.wait(lambda _: True).text == "0"


def test_what_fails_in_us_is_told_to_the_caller_and_reported(
    hears, events, monkeypatch
):
    proxy, heard = hears()
    errors = events(proxy, ums.ErrorOccurred)
    kernel = proxy.actor_ref.actor_inbox.keep
    monkeypatch.setattr(kernel.intake.__class__, "take", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        take(proxy, told(0))
    assert errors.wait(lambda _: True).context == "notification.failed"
    monkeypatch.undo()
    take(proxy, told(0))
    assert heard.wait(lambda _: True).text == "0"
    assert status(proxy).restarts == {}


def test_other_notifications_are_heard_as_they_are(hears, events):
    proxy, _ = hears()
    raw = events(proxy, ums.NotificationReceived)
    take(proxy, {"type": "new.Thing", "body": {"a": 1}})
    heard = raw.wait(lambda _: True)
    assert (heard.type, heard.body) == ("new.Thing", {"a": 1})


# -- bounds


def test_a_flood_of_conversations_and_dialogs_is_bounded(hears):
    limits = {"conversation_limit": 20, "dialog_limit": 20}
    proxy, heard = hears(options=limits)
    for number in range(100):
        take(proxy, conversation(f"C{number}"))
        take(proxy, told(7, f"{number}", f"D{number}"))
    kernel = proxy.actor_ref.actor_inbox.keep
    assert status(proxy).conversations == 20
    assert status(proxy).evicted_conversations == 80
    heard.wait(lambda event: event.text == "99")
    assert texts(heard) == [str(number) for number in range(100)]
    assert len(kernel.streams) <= 20


def test_a_connection_that_takes_none_makes_nothing_for_them(emulator, hears, events):
    proxy, _ = hears()
    proxy.open(wait_for_ready=True).get(timeout=10)
    heard = events(proxy, ums.MessageReceived)
    emulator.open_conversation(assign="bot1", text="hello")
    heard.wait(lambda event: event.text == "hello")
    assert not proxy.actor_ref.actor_inbox.keep.made("intake")
