from __future__ import annotations

import pytest

import ums_actors as ums


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
