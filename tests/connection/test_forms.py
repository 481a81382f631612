"""A secure form: the invitation, the keys, the submission, and its reading."""

from __future__ import annotations

import pytest

import ums_actors as ums


@pytest.fixture
def sides(either, start, events):
    """Give a conversation as both sides have it, and what each hears."""
    bot = start(either)
    bot.open(wait_for_ready=True).get(timeout=10)
    consumer = start(either, kind=ums.ConsumerWebsocketConnection, auth=ums.Anonymous())
    consumer.open(wait_for_ready=True).get(timeout=10)
    opened, announced = (
        events(each, ums.ConversationOpened) for each in (bot, consumer)
    )
    talk = consumer.create_conversation().get(timeout=5)
    told = opened.wait(lambda event: event.conversation_id == talk).conversation
    own = announced.wait(lambda event: event.conversation_id == talk).conversation
    told.join("ASSIGNED_AGENT").get(timeout=5)
    kinds = (ums.MessageReceived, ums.MessageStatusChanged)
    return told, events(bot, *kinds), own, events(consumer, *kinds)


def held(wanted):
    def found(event):
        message = getattr(event, "message", None)
        return message is not None and getattr(message, wanted)

    return found


def test_a_form_is_asked_for_filled_in_and_read(sides):
    told, heard, own, answered = sides
    told.send_form_invitation(1550964770, "Card").get(timeout=5)
    invitation = answered.wait(held("is_form_invitation")).message
    assert (invitation.form_id, invitation.form_title) == ("1550964770", "Card")
    keys = invitation.get_form_keys().get(timeout=5)
    assert keys.write.reveal() != keys.read.reveal()
    # the form itself goes to the tokenizer, beside UMS
    own.send_form_submission("s-1", invitation.invitation_id).get(timeout=5)
    submission = heard.wait(held("is_form_submission")).message
    assert submission.submission_id == "s-1"
    assert submission.invitation_id == invitation.invitation_id
    assert submission.get_form_token().get(timeout=5).reveal()
    submission.mark("VIEWED").get(timeout=5)
    seen = answered.wait(lambda event: isinstance(event, ums.MessageStatusChanged))
    assert (seen.status, seen.messages[0].submission_id) == ("VIEWED", "s-1")


def test_each_side_does_its_own_part_alone(sides):
    told, _, own, _ = sides
    with pytest.raises(ums.NotSupported, match="a consumer cannot invite to forms"):
        own.send_form_invitation("f", "t")
    with pytest.raises(ums.NotSupported, match="a brand cannot fill forms in"):
        told.send_form_submission("s", "i")
    with pytest.raises(ums.LocalProtocolError, match="title"):
        told.send_form_invitation("f", "")


def test_a_scripted_consumer_fills_a_form_in(emulator, start, events):
    bot = start(emulator)
    bot.open(wait_for_ready=True).get(timeout=10)
    heard = events(bot, ums.MessageReceived)
    talk = emulator.open_conversation(assign="bot1", text="hi").conversation_id
    heard.wait(lambda event: event.text == "hi").message.dialog.send_form_invitation(
        "f", "Card", "i-7"
    ).get(timeout=5)
    emulator.submit_form(talk, "i-7", "s-7")
    message = heard.wait(held("is_form_submission")).message
    assert (message.submission_id, message.invitation_id) == ("s-7", "i-7")
    assert message.get_form_token().get(timeout=5).reveal()
