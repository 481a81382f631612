from __future__ import annotations

import pytest

import ums_actors as ums

ALL = {"get_all_messages": True}


@pytest.mark.parametrize("way", ["ring", "join"])
def test_what_a_consumer_said_before_the_process_began_is_heard_on_coming_to_it(
    emulator, start, events, way
):
    waiting = emulator.open_conversation(text="is anybody there?")
    emulator.write(waiting.conversation_id, "hello?")
    bot = start(emulator)
    heard = events(bot, ums.MessageReceived)
    rings = events(bot, ums.RingOffered)
    bot.open(wait_for_ready=True).get(timeout=10)
    if way == "ring":
        bot.create_routing_task_subscription().get(timeout=5)
        bot.set_agent_state("ONLINE").get(timeout=5)
        rings.wait(lambda event: True).ring.accept().get(timeout=5)
    else:
        talk = waiting.conversation_id
        bot.join_dialog(talk, talk, "MANAGER").get(timeout=5)
    heard.wait(lambda event: event.text == "hello?")
    assert [event.text for event in heard.seen if event.text] == [
        "is anybody there?",
        "hello?",
    ]


def test_what_was_said_in_ones_own_conversation_before_the_process_began_is_not(
    emulator, start, events
):
    own = emulator.open_conversation(assign="bot1", text="long ago")
    bot = start(emulator)
    heard = events(bot, ums.MessageReceived)
    bot.open(wait_for_ready=True).get(timeout=10)
    emulator.write(own.conversation_id, "now")
    heard.wait(lambda event: event.text == "now")
    assert [event.text for event in heard.seen if event.text] == ["now"]


def test_all_that_was_said_in_ones_own_conversation_is_heard_by_who_wants_it(
    emulator, start, events
):
    own = emulator.open_conversation(assign="bot1", text="long ago")
    emulator.write(own.conversation_id, "and again")
    bot = start(emulator, options=ALL)
    heard = events(bot, ums.MessageReceived)
    states = events(bot, ums.StateChanged)
    bot.open(wait_for_ready=True).get(timeout=10)
    emulator.write(own.conversation_id, "now")
    heard.wait(lambda event: event.text == "now")
    emulator.cut("bot1")
    states.wait(lambda event: event.state == "READY" and event.generation == 2)
    emulator.write(own.conversation_id, "later")
    heard.wait(lambda event: event.text == "later")
    said = ["long ago", "and again", "now", "later"]
    assert [event.text for event in heard.seen if event.text] == said
    told = bot.get_conversation(own.conversation_id).get(timeout=5)
    assert [message.text for message in told.messages] == said


def test_a_consumer_who_comes_back_hears_all_that_was_said_if_wanted(
    emulator, start, events
):
    kind = {"kind": ums.ConsumerWebsocketConnection}
    before = start(emulator, auth=ums.Anonymous(), **kind)
    before.open().get(timeout=10)
    conversation = before.create_conversation().get(timeout=5)
    for text in ("long ago", "and again"):
        before.send_text(conversation, text).get(timeout=5)
    jwt = before.get_token().get(timeout=5)
    after = start(emulator, auth=ums.ReadyJwt(jwt), options=ALL, **kind)
    heard = events(after, ums.MessageReceived)
    after.open(wait_for_ready=True).get(timeout=10)
    after.send_text(conversation, "now").get(timeout=5)
    heard.wait(lambda event: event.text == "now")
    said = ["long ago", "and again", "now"]
    assert [event.text for event in heard.seen if event.text] == said
    told = after.get_conversation(conversation).get(timeout=5)
    assert [message.text for message in told.messages] == said


def test_a_brand_may_ask_for_earlier_messages_of_what_it_does_not_take_part_in(
    emulator, start, events
):
    talk = emulator.open_conversation(text="is anybody there?")
    emulator.write(talk.conversation_id, "hello?")
    bot = start(emulator)
    opened = events(bot, ums.ConversationOpened)
    bot.open().get(timeout=10)
    told = opened.wait(lambda event: True).conversation
    found = told.query_messages().get(timeout=5)
    assert [message.text for message in found] == ["is anybody there?", "hello?"]
    assert told.messages == tuple(found)
