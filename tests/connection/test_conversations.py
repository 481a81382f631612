from __future__ import annotations

import queue
import threading

import pykka
import pytest

import ums_actors as ums


def texts(events) -> list[str | None]:
    return [event.text for event in events if event.event_type == "ContentEvent"]


@pytest.fixture
def bot(emulator, start):
    proxy = start(emulator)
    proxy.open().get(timeout=10)
    # what the first snapshot shows is history: let it be over
    proxy.create_conversation_subscription(wait_for_ready=True).get(timeout=5)
    return proxy


def test_a_message_reaches_the_bot_and_its_answer_the_consumer(emulator, bot, events):
    heard = events(bot, ums.MessageReceived)
    opened = emulator.open_conversation(assign="bot1", text="hello")
    event = heard.wait(lambda e: e.text == "hello")
    assert (event.conversation_id, event.sequence) == (opened.conversation_id, 0)
    assert (event.role, event.mine) == ("CONSUMER", False)
    number = bot.send_text(opened.conversation_id, "hi").get(timeout=5)
    mine = heard.wait(lambda e: e.text == "hi")
    assert (mine.mine, mine.sequence) == (True, number)
    said = [
        e["event"].get("message") for e in emulator.transcript(opened.conversation_id)
    ]
    assert said == ["hello", "hi"]


def test_joining_brings_what_was_said_before(emulator, bot, events):
    heard = events(bot, ums.MessageReceived)
    changed = events(bot, ums.ConversationChanged)
    opened = emulator.open_conversation(text="one")
    emulator.write(opened.conversation_id, "two")
    changed.wait(lambda e: e.conversation_id == opened.conversation_id)
    bot.join_dialog(opened.conversation_id, opened.dialog_id, "MANAGER").get(timeout=5)
    heard.wait(lambda e: e.text == "two")
    emulator.write(opened.conversation_id, "three")
    heard.wait(lambda e: e.text == "three")
    assert texts(heard.seen) == ["one", "two", "three"]
    bot.leave_dialog(opened.conversation_id, opened.dialog_id, "MANAGER").get(timeout=5)


def test_what_was_said_while_the_line_was_down_comes_in_order_and_once(
    emulator, bot, events
):
    heard = events(bot, ums.MessageReceived)
    opened = emulator.open_conversation(assign="bot1", text="0")
    heard.wait(lambda e: e.text == "0")
    said = ["0"]
    for round_ in range(1, 4):
        emulator.add_fault("handshake", count=1, value=502)
        emulator.cut("bot1")
        for part in "ab":
            emulator.write(opened.conversation_id, f"{round_}{part}")
            said.append(f"{round_}{part}")
        heard.wait(lambda e: e.text == said[-1])
        emulator.write(opened.conversation_id, f"{round_}c")
        said.append(f"{round_}c")
        heard.wait(lambda e: e.text == said[-1])
    assert texts(heard.seen) == said


def test_a_conversation_opened_while_the_line_was_down_is_heard(emulator, bot, events):
    heard = events(bot, ums.MessageReceived)
    emulator.add_fault("handshake", count=1, value=502)
    emulator.cut("bot1")
    emulator.open_conversation(assign="bot1", text="are you there")
    heard.wait(lambda e: e.text == "are you there")


@pytest.mark.parametrize("subscribed", [True, False])
def test_the_tail_of_a_conversation_that_closed_while_the_line_was_down_is_heard(
    emulator, start, events, subscribed
):
    bot = start(emulator, create_default_subscription=subscribed)
    bot.open().get(timeout=10)
    heard = events(bot, ums.MessageReceived)
    opened = emulator.open_conversation(assign="bot1", text="0")
    heard.wait(lambda e: e.text == "0")
    emulator.add_fault("handshake", count=1, value=502)
    emulator.cut("bot1")
    emulator.write(opened.conversation_id, "1")
    emulator.close_conversation(opened.conversation_id)
    heard.wait(lambda e: e.text == "1")


def test_what_was_said_before_one_was_removed_with_the_line_down_is_heard(
    emulator, bot, start, events
):
    heard = events(bot, ums.MessageReceived)
    opened = emulator.open_conversation(assign="bot1", text="0")
    heard.wait(lambda e: e.text == "0")
    manager = start(emulator, "bot2")
    manager.open().get(timeout=10)
    manager.join_dialog(opened.conversation_id, opened.dialog_id, "MANAGER").get(
        timeout=5
    )
    emulator.add_fault("handshake", count=1, value=502, user="bot1")
    emulator.cut("bot1")
    emulator.write(opened.conversation_id, "1")
    own = bot.status().get(timeout=5).agent_id
    manager.transfer_conversation(opened.conversation_id, remove_agent_id=own).get(
        timeout=5
    )
    heard.wait(lambda e: e.text == "1")


def test_closing_says_so_and_ends_the_subscriptions_interest(emulator, bot, events):
    changed = events(bot, ums.ConversationChanged)
    opened = emulator.open_conversation(assign="bot1", text="x")
    sentence = bot.close_conversation(opened.conversation_id).get(timeout=5)
    assert sentence == "OK Conversation resolved successfully"
    gone = changed.wait(lambda e: e.type == "DELETE")
    assert gone.conversation_id == opened.conversation_id


def test_closing_a_dialog_and_handing_over(emulator, bot):
    opened = emulator.open_conversation(assign="bot1", text="x")
    own = bot.status().get(timeout=5).agent_id
    bot.transfer_conversation(opened.conversation_id, skill_id="42").get(timeout=5)
    bot.transfer_conversation(opened.conversation_id, remove_agent_id=own).get(
        timeout=5
    )
    with pytest.raises(ums.LocalProtocolError):
        bot.transfer_conversation(opened.conversation_id).get(timeout=5)
    other = emulator.open_conversation(assign="bot1", text="y")
    bot._close_dialog(
        other.conversation_id, other.dialog_id, ums.DialogCloseReason.AGENT, "done"
    ).get(timeout=5)


def test_query_messages_gives_records(emulator, bot):
    opened = emulator.open_conversation(assign="bot1", text="a")
    emulator.write(opened.conversation_id, "b")
    found = bot.query_messages(opened.dialog_id).get(timeout=5)
    assert [record.event.text for record in found] == ["a", "b"]


def test_a_manual_subscription_waits_for_its_snapshot_and_is_made_again(
    emulator, bot, events
):
    opened = emulator.open_conversation(assign="bot1", text="x")
    changed = events(bot, ums.ConversationChanged)
    first = bot.create_conversation_subscription(
        {"state": ["OPEN"], "stage": ["OPEN"]}, wait_for_ready=True
    ).get(timeout=5)
    changed.wait(lambda e: e.subscription_id == first)
    states = events(bot, ums.StateChanged)
    emulator.cut("bot1")
    states.wait(lambda e: e.state == "READY" and e.generation == 2)
    emulator.write(opened.conversation_id, "y")
    changed.wait(lambda e: e.subscription_id != first)
    with pytest.raises(ums.LocalProtocolError, match="stages"):
        bot.create_conversation_subscription({"stages": []}).get(timeout=5)


def test_a_refused_resubscription_does_not_keep_the_line_down(emulator, bot, events):
    states = events(bot, ums.StateChanged)
    emulator.add_fault(
        "reject",
        count=1,
        value={"code": 400, "type": ".ams.aam.SubscribeExConversations"},
    )
    emulator.cut("bot1")
    states.wait(lambda e: e.state == "READY" and e.generation == 2)
    assert bot.get_clock().get(timeout=5) > 0


def test_an_actor_hears_what_it_is_told(emulator, bot, runtime):
    told: queue.Queue[object] = queue.Queue()

    class Listener(ums.LoopActor):
        def on_receive(self, message):
            told.put(message.text)

    listener = Listener.start(runtime=runtime)
    bot.subscribe(listener, ums.MessageReceived).get(timeout=5)
    opened = emulator.open_conversation(assign="bot1", text="0")
    emulator.write(opened.conversation_id, "1")
    assert [told.get(timeout=5) for _ in range(2)] == ["0", "1"]
    listener.stop()


def test_a_dead_or_full_actor_costs_its_own_events_only(emulator, start, eventually):
    class Stuck(pykka.ThreadingActor):
        def on_receive(self, message):
            gate.wait(10)

    gate = threading.Event()
    bot = start(emulator, options={"subscriber_limit": 2})
    stuck, dead = Stuck.start(), Stuck.start()
    dead.stop()
    try:
        bot.subscribe(stuck, ums.MessageReceived).get(timeout=5)
        bot.subscribe(dead, ums.MessageReceived).get(timeout=5)
        bot.open().get(timeout=10)
        # what the first snapshot shows is history: let it be over
        bot.create_conversation_subscription(wait_for_ready=True).get(timeout=5)
        opened = emulator.open_conversation(assign="bot1", text="0")
        for number in range(1, 6):
            emulator.write(opened.conversation_id, str(number))
        # all six by the dead one; all but one at work and two waiting by the other
        eventually(lambda: bot.status().get(timeout=5).dropped >= 6 + 3)
    finally:
        gate.set()
        stuck.stop()


def test_a_full_queue_loses_its_oldest_and_says_how_many(emulator, start):
    bot = start(emulator, options={"subscriber_limit": 2})
    full: queue.Queue[ums.MessageReceived] = queue.Queue()
    bot.subscribe(full, ums.MessageReceived).get(timeout=5)
    bot.open().get(timeout=10)
    # what the first snapshot shows is history: let it be over
    bot.create_conversation_subscription(wait_for_ready=True).get(timeout=5)
    opened = emulator.open_conversation(assign="bot1", text="0")
    for number in range(1, 4):
        emulator.write(opened.conversation_id, str(number))
    while bot.status().get(timeout=5).dropped < 2:
        assert bot.get_clock().get(timeout=5)
    assert [full.get(timeout=5).text for _ in range(2)] == ["2", "3"]


def test_who_cannot_hear_is_told_so(bot):
    with pytest.raises(ums.LocalProtocolError, match="callable"):
        bot.subscribe(3).get(timeout=5)
    with pytest.raises(ums.LocalProtocolError, match="event class"):
        bot.subscribe(print, int).get(timeout=5)


def test_a_callback_that_raises_hears_the_next_event(emulator, bot):
    heard: queue.Queue[object] = queue.Queue()

    def listen(event):
        heard.put(event.text)
        raise ValueError(event.text)

    handle = bot.subscribe(listen, ums.MessageReceived).get(timeout=5)
    opened = emulator.open_conversation(assign="bot1", text="0")
    emulator.write(opened.conversation_id, "1")
    assert [heard.get(timeout=5) for _ in range(2)] == ["0", "1"]
    assert bot.unsubscribe(handle).get(timeout=5) is True
    assert bot.unsubscribe(handle).get(timeout=5) is False


def test_a_hostile_notification_concerns_itself_alone(emulator, bot, events):
    heard = events(bot, ums.MessageReceived)
    bot._on_ums_message(
        '{"kind":"notification","type":".ams.aam.ExConversationChangeNotification",'
        '"body":{"changes":3}}'
    ).get(timeout=5)
    with pytest.raises(ums.RemoteProtocolError):
        bot._on_ums_message("null").get(timeout=5)
    emulator.open_conversation(assign="bot1", text="still here")
    heard.wait(lambda e: e.text == "still here")
    assert bot.status().get(timeout=5).restarts == {}
