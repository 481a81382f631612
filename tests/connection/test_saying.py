"""What one side publishes, and what the other hears of it."""

from __future__ import annotations

import json

import pytest

import ums_actors as ums

CARD = {"type": "vertical", "elements": [{"type": "text", "text": "card"}]}
CHOICE = {"type": "button", "title": "yes", "click": {"actions": []}}


@pytest.fixture
def both(emulator, start, events):
    """Start a bot and a consumer in one conversation.

    Gives the conversation as each of them has it, and the events that each hears.
    """
    bot = start(emulator)
    bot.open(wait_for_ready=True).get(timeout=10)
    consumer = start(
        emulator, kind=ums.ConsumerWebsocketConnection, auth=ums.Anonymous()
    )
    consumer.open(wait_for_ready=True).get(timeout=10)
    opened = events(bot, ums.ConversationOpened)
    announced = events(consumer, ums.ConversationOpened)
    conversation = consumer.create_conversation().get(timeout=5)
    told = opened.wait(lambda event: event.conversation_id == conversation).conversation
    own = announced.wait(lambda event: True).conversation
    told.join("ASSIGNED_AGENT").get(timeout=5)
    heard = events(bot, ums.MessageReceived)
    answered = events(consumer, ums.MessageReceived)
    own.send_text("hello").get(timeout=5)
    heard.wait(lambda event: event.text == "hello")
    return told, heard, own, answered


def test_text_with_quick_replies_and_metadata(both):
    told, _, _, answered = both
    replies = {"type": "quickReplies", "itemsPerRow": 2, "replies": [CHOICE]}
    metadata = ums.ExternalId(id="question-1")
    told.send_text("shall I?", metadata, replies).get(timeout=5)
    message = answered.wait(lambda event: event.text == "shall I?").message
    assert message.quick_replies["replies"] == [CHOICE]
    assert message.metadata == [{"type": "ExternalId", "id": "question-1"}]


def test_structured_content_with_quick_replies_and_metadata(both):
    told, _, _, answered = both
    replies = {"replies": [CHOICE]}
    told.send_rich(CARD, ums.ExternalId(id="card-1"), replies).get(timeout=5)
    rich = answered.wait(lambda event: event.event_type == "RichContentEvent").message
    assert rich.body == CARD
    assert rich.quick_replies["replies"] == [CHOICE]
    assert rich.metadata == [{"type": "ExternalId", "id": "card-1"}]


def test_a_file_that_is_on_the_file_service_already(both):
    told, _, _, answered = both
    told.send_file("/v1/a/b.png", "PNG", caption="look").get(timeout=5)
    message = answered.wait(lambda event: event.message.is_downloadable).message
    assert (message.relative_path, message.file_type) == ("/v1/a/b.png", "PNG")
    assert message.caption == "look"


def test_private_words_are_not_for_consumers(both):
    told, heard, _, answered = both
    told.send_private("between us").get(timeout=5)
    assert heard.wait(lambda event: event.text == "between us").message.is_private
    told.send_text("for all").get(timeout=5)
    answered.wait(lambda event: event.text == "for all")
    assert "between us" not in [event.text for event in answered.seen]


@pytest.mark.parametrize("state", ["COMPOSING", "PAUSE"])
def test_that_one_is_typing(both, state):
    told, heard, own, answered = both

    def typing(event):
        return event.event_type == "ChatStateEvent" and event.event.chat_state == state

    told.main_dialog.set_chat_state(state).get(timeout=5)
    assert answered.wait(lambda event: typing(event) and not event.mine)
    own.main_dialog.set_chat_state(state).get(timeout=5)
    assert heard.wait(lambda event: typing(event) and event.role == "CONSUMER")
    assert told.consumer.chat_state == state


def test_who_is_typing_is_told_once(both, events):
    told, _, own, _ = both
    chats = events(told._office._kernel.root.proxy(), ums.ChatStateChanged)
    for state in ("COMPOSING", "COMPOSING", "PAUSE"):
        own.main_dialog.set_chat_state(state).get(timeout=5)
    first = chats.wait(lambda _: True)
    assert (first.state, first.previous, first.mine) == ("COMPOSING", None, False)
    assert first.participant == told.consumer
    second = chats.wait(lambda _: True)
    assert (second.state, second.previous) == ("PAUSE", "COMPOSING")
    assert chats.queue.empty()
    told.main_dialog.set_chat_state("GONE").get(timeout=5)
    assert chats.wait(lambda event: event.state == "GONE").mine


@pytest.mark.parametrize(
    "status", ["ENRICH", "ACTION", "ACCESS", "NACK", "VIEWED", "ABORTED", "ERROR"]
)
def test_any_status_goes_both_ways_and_is_told_once(both, events, status):
    told, heard, own, answered = both
    mine = events(told._office._kernel.root.proxy(), ums.MessageStatusChanged)
    theirs = events(own._office._kernel.root.proxy(), ums.MessageStatusChanged)
    said = heard.seen[-1].message
    said.mark(status).get(timeout=5)
    event = theirs.wait(lambda event: event.status == status)
    assert (event.sequences, event.mine) == ((said.sequence,), False)
    assert [each.sequence for each in event.messages] == [said.sequence]
    assert event.messages[0].has_status(status, event.user_id)
    assert mine.wait(lambda event: event.status == status).mine
    number = told.send_text("and you?").get(timeout=5)
    card = answered.wait(lambda event: event.text == "and you?").message
    for _ in range(2):
        card.dialog.send_accept_status([number, said.sequence], status).get(timeout=5)
    event = mine.wait(lambda event: event.role == "CONSUMER")
    assert (event.status, event.sequences) == (status, (number, said.sequence))
    told.send_text("last").get(timeout=5)
    heard.wait(lambda event: event.text == "last")
    assert mine.queue.empty()  # the second time it was no news


def test_a_status_that_is_unknown_is_told_as_it_came(both, events):
    told, heard, _, _ = both
    proxy = told._office._kernel.root.proxy()
    changes = events(proxy, ums.MessageStatusChanged)
    said = heard.seen[-1].message
    record = {
        "originatorId": told.consumer.user_id,
        "conversationId": told.conversation_id,
        "dialogId": told.conversation_id,
        "sequence": said.sequence + 1,
        "event": {
            "type": "AcceptStatusEvent",
            "status": "FRAMED",
            "sequenceList": [said.sequence, 77],
        },
    }
    kind = ".ams.ms.OnlineEventDistribution"
    frame = {"kind": "notification", "type": kind, "body": record}
    proxy._on_ums_message(json.dumps(frame)).get(timeout=5)
    event = changes.wait(lambda _: True)
    assert (event.status, event.role) == ("FRAMED", "CONSUMER")
    assert event.sequences == (said.sequence, 77)  # of one that is not kept, too
    assert said.has_status("FRAMED")


@pytest.mark.parametrize("status", ["ACCEPT", "READ"])
def test_that_a_message_was_taken_or_read(both, status):
    told, heard, _, answered = both

    def becomes(event):
        it = event.event
        return event.event_type == "AcceptStatusEvent" and it.status == status

    said = heard.seen[-1].message
    act = said.accept if status == "ACCEPT" else said.read
    act().get(timeout=5)
    event = answered.wait(lambda event: becomes(event) and not event.mine)
    assert event.event.sequence_list == [said.sequence]
    number = told.send_text("and you?").get(timeout=5)
    theirs = answered.wait(lambda event: event.text == "and you?").message
    theirs.dialog.send_accept_status([number], status).get(timeout=5)
    told_of = heard.wait(lambda event: becomes(event) and event.role == "CONSUMER")
    assert told_of.event.sequence_list == [number]
