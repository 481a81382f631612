"""A shared screen or call beside a conversation, which goes on."""

from __future__ import annotations

import json

import pytest

import ums_actors as ums

UPDATE = ".ams.cm.UpdateConversationField"


def a(kind):
    return lambda event: isinstance(event, kind)


@pytest.fixture
def bot(emulator, start):
    proxy = start(emulator)
    proxy.open(wait_for_ready=True).get(timeout=10)
    return proxy


@pytest.fixture
def talk(emulator, bot, events):
    """Give a conversation that both sides have, and what is heard of it."""
    heard = events(bot, ums.ConversationEvent, ums.MessageReceived, ums.ErrorOccurred)
    talk = emulator.open_conversation(assign="bot1", text="hello").conversation_id
    heard.wait(lambda event: getattr(event, "text", "") == "hello")
    told = bot.get_conversation(talk).get(timeout=5)
    return told, heard


def test_a_screen_is_shared_and_the_conversation_goes_on(emulator, bot, talk):
    told, heard = talk
    dialog_id = emulator.cobrowse(told.conversation_id, mode="VOICE_CALL")
    opened = heard.wait(a(ums.DialogOpened)).dialog
    assert (opened.dialog_id, opened.channel_type) == (dialog_id, "COBROWSE")
    assert (opened.is_cobrowse, opened.is_main) == (True, False)
    assert opened.meta_data["sessionState"] == "INVITED"
    assert told.cobrowse_dialog == opened
    # whoever speaks, joins or hands over does so in the main dialog
    assert told.main_dialog.dialog_id == told.open_dialog.dialog_id
    assert told.send_text("do you see it?").get(timeout=5) == 1
    heard.wait(lambda event: getattr(event, "text", "") == "do you see it?")
    assert told.last_message.dialog_id == told.conversation_id
    assert told.self_participant.role == "ASSIGNED_AGENT"
    emulator.cobrowse(told.conversation_id, "ACCEPTED")
    emulator.cobrowse(told.conversation_id, "CLOSED")
    closed = heard.wait(a(ums.DialogClosed)).dialog
    assert (closed.dialog_id, closed.closed_by) == (dialog_id, "CONSUMER")
    assert closed.meta_data["sessionState"] == "CLOSED"
    assert (told.is_open, told.open_dialog) == (True, told.main_dialog)
    assert told.send_text("good").get(timeout=5) == 2
    told.transfer(skill_id="9").get(timeout=5)
    heard.wait(a(ums.TransferredToSkill))
    assert told.assigned_agent is None
    assert not any(isinstance(each, ums.ConversationClosed) for each in heard.seen)


def test_its_messages_are_not_asked_for(emulator, bot, talk):
    told, heard = talk
    dialog_id = emulator.cobrowse(told.conversation_id)
    heard.wait(a(ums.DialogOpened))
    emulator.cobrowse(told.conversation_id, "ACCEPTED")
    emulator.add_fault("handshake", count=1, value=502)
    emulator.cut("bot1")  # after which a dialog in doubt is asked for
    emulator.write(told.conversation_id, "still there?")
    heard.wait(lambda event: getattr(event, "text", "") == "still there?")
    bot.catch_up(told.conversation_id).get(timeout=5)
    asked = [
        entry["frame"]["body"].get("dialogId")
        for entry in emulator.log("bot1")
        if entry["dir"] == "in" and "QueryMessages" in entry["frame"].get("type", "")
    ]
    assert dialog_id not in asked
    assert told.conversation_id in asked
    assert not any(isinstance(each, ums.ErrorOccurred) for each in heard.seen)


def test_what_is_said_in_it_waits_for_nothing(emulator, bot, talk):
    told, heard = talk
    dialog_id = emulator.cobrowse(told.conversation_id)
    heard.wait(a(ums.DialogOpened))
    record = {
        "originatorId": told.consumer.user_id,
        "conversationId": told.conversation_id,
        "dialogId": dialog_id,
        "sequence": 5,  # what was before cannot be had
        "event": {
            "type": "ContentEvent",
            "contentType": "text/plain",
            "message": "over here",
        },
    }
    kind = ".ams.ms.OnlineEventDistribution"
    frame = {"kind": "notification", "type": kind, "body": record}
    bot._on_ums_message(json.dumps(frame)).get(timeout=5)
    said = heard.wait(lambda event: getattr(event, "text", "") == "over here")
    assert (said.dialog_id, said.message.dialog.is_cobrowse) == (dialog_id, True)
    told.send_text("here").get(timeout=5)
    heard.wait(lambda event: getattr(event, "text", "") == "here")
    assert not any(isinstance(each, ums.ErrorOccurred) for each in heard.seen)
    asked = [
        entry["frame"]["body"].get("dialogId")
        for entry in emulator.log("bot1")
        if entry["dir"] == "in" and "QueryMessages" in entry["frame"].get("type", "")
    ]
    assert dialog_id not in asked


def test_a_consumer_sees_it_and_does_not_listen_to_it(emulator, bot, start, events):
    consumer = start(
        emulator, kind=ums.ConsumerWebsocketConnection, auth=ums.Anonymous()
    )
    consumer.open(wait_for_ready=True).get(timeout=10)
    heard = events(consumer, ums.ConversationEvent, ums.ErrorOccurred)
    conversation_id = consumer.create_conversation().get(timeout=5)
    bot.join_dialog(conversation_id, None, "ASSIGNED_AGENT").get(timeout=5)
    dialog_id = emulator.cobrowse(conversation_id)
    opened = heard.wait(a(ums.DialogOpened))
    assert opened.dialog.is_cobrowse
    consumer.send_text(conversation_id, "what is this?").get(timeout=5)
    own = consumer.status().get(timeout=5).agent_id
    followed = [
        entry["frame"]["body"]["dialogId"]
        for entry in emulator.log(own)
        if entry["dir"] == "in"
        and "SubscribeMessagingEvents" in entry["frame"].get("type", "")
    ]
    assert followed
    assert dialog_id not in followed
    opened.dialog.close("CONSUMER").get(timeout=5)
    heard.wait(a(ums.DialogClosed))
    assert opened.conversation.is_open
    assert not any(isinstance(each, ums.ErrorOccurred) for each in heard.seen)


def test_an_agent_opens_one_under_an_id_of_its_own(emulator, bot, talk):
    told, heard = talk
    meta_data = {"mode": "COBROWSE", "sessionState": "INVITED"}
    dialog = {
        "dialogId": "screen-1",
        "dialogType": "OTHER",
        "channelType": "COBROWSE",
        "state": "OPEN",
        "metaData": meta_data,
    }
    create = {"field": "DialogChange", "type": "CREATE", "dialog": dialog}
    body = {"conversationId": told.conversation_id, "conversationField": [create]}
    bot.send({"type": UPDATE, "body": body}).get(timeout=5)
    opened = heard.wait(a(ums.DialogOpened)).dialog
    assert (opened.dialog_id, opened.meta_data) == ("screen-1", meta_data)
    with pytest.raises(ums.RequestRejected, match="409"):
        bot.send({"type": UPDATE, "body": body}).get(timeout=5)
    told.main_dialog.close("AGENT").get(timeout=5)
    heard.wait(a(ums.ConversationClosed))  # which takes the screen along
