from __future__ import annotations

import pytest

import ums_actors as ums

CHANGE = ".ams.aam.ExConversationChangeNotification"
UPDATE = ".ams.cm.UpdateConversationField"


def status(proxy):
    return proxy.status().get(timeout=5)


@pytest.fixture
def bot(emulator, opened):
    """Open a connection whose first snapshot is over."""
    proxy = opened(emulator)
    proxy.create_conversation_subscription(
        {"stage": ["OPEN", "CLOSE"]}, wait_for_ready=True
    ).get(timeout=5)
    return proxy


def update(conversation_id, *fields):
    return {
        "type": UPDATE,
        "body": {"conversationId": conversation_id, "conversationField": list(fields)},
    }


def texts(heard):
    return [event.text for event in heard.seen if event.text is not None]


# -- 14: what is told of a conversation that one closes oneself


def test_one_hears_of_ones_own_closing_as_of_any_other(emulator, bot, events):
    talk = emulator.open_conversation(assign="bot1", text="hello")
    changed = events(bot, ums.ConversationChanged)
    bot.close_conversation(talk.conversation_id).get(timeout=5)

    def closed(event):
        return event.conversation.conversation_details.stage == "CLOSE"

    details = changed.wait(closed).conversation.conversation_details
    assert details.close_reason == "AGENT"
    assert details.end_ts > 0


def test_a_closing_that_is_refused_changes_nothing(emulator, bot, events):
    talk = emulator.open_conversation(assign="bot1", text="hello")
    changed = events(bot, ums.ConversationChanged)
    changed.rest()
    emulator.add_fault("reject", count=1, value={"code": 409, "type": UPDATE})
    with pytest.raises(ums.RequestRejected):
        bot.close_conversation(talk.conversation_id).get(timeout=5)
    assert changed.rest() == []
    bot.send_text(talk.conversation_id, "still here").get(timeout=5)
    changed.wait(lambda event: event.conversation.last_content_event is not None)
    details = changed.seen[-1].conversation.conversation_details
    assert (details.stage, details.state) == ("OPEN", "OPEN")


# -- 17: a conversation that leaves and comes back


def test_who_comes_back_to_a_conversation_is_told_of_it_and_misses_nothing(
    emulator, bot, events
):
    query = {"stage": ["OPEN"], "agent_id": status(bot).agent_id}
    number = bot.create_conversation_subscription(query, True).get(timeout=5)
    changed = events(bot, ums.ConversationChanged)
    heard = events(bot, ums.MessageReceived)
    talk = emulator.open_conversation(assign="bot1", text="0")
    told = []
    for said in ("1", "2"):
        bot.leave_dialog(talk.conversation_id, talk.dialog_id, "ASSIGNED_AGENT").get(
            timeout=5
        )
        changed.wait(lambda e: e.subscription_id == number and e.type == "DELETE")
        emulator.write(talk.conversation_id, said)
        bot.join_dialog(talk.conversation_id, talk.dialog_id, "ASSIGNED_AGENT").get(
            timeout=5
        )
        changed.wait(lambda e: e.subscription_id == number and e.type == "UPSERT")
        heard.wait(lambda event, said=said: event.text == said)
        told.append(said)
    assert texts(heard) == ["0", *told]


# -- 18: a second dialog that closes while the main one is open


def test_a_second_dialog_that_closes_leaves_the_main_one_in_use(emulator, bot, events):
    talk = emulator.open_conversation(assign="bot1", text="hello")
    changed = events(bot, ums.ConversationChanged)
    dialog = {"dialogType": "OTHER", "channelType": "COBROWSE", "state": "OPEN"}
    create = {"field": "DialogChange", "type": "CREATE", "dialog": dialog}
    bot.send(update(talk.conversation_id, create)).get(timeout=5)

    def dialogs(event):
        return {
            dialog.dialog_id: dialog.state
            for dialog in event.conversation.conversation_details.dialogs
        }

    seen = dialogs(changed.wait(lambda event: len(dialogs(event)) == 2))
    (other,) = set(seen) - {talk.dialog_id}
    bot.close_dialog(talk.conversation_id, other).get(timeout=5)
    wanted = {talk.dialog_id: "OPEN", other: "CLOSE"}
    changed.wait(lambda event: dialogs(event) == wanted)
    assert bot.send_text(talk.conversation_id, "on we go").get(timeout=5) == 1


# -- 19: an agent who is suggested


def test_an_agent_who_is_suggested_is_not_taken_for_assigned(
    emulator, bot, opened, events
):
    other = opened(emulator, "bot2")
    other.create_routing_task_subscription(wait_for_ready=True).get(timeout=5)
    other.set_agent_state(ums.AgentState.ONLINE).get(timeout=5)
    rings = events(other, ums.RingOffered)
    changed = events(bot, ums.ConversationChanged)
    theirs = status(other).agent_id
    talk = emulator.open_conversation(assign="bot1", text="hello")
    bot.transfer_conversation(talk.conversation_id, agent_id=theirs).get(timeout=5)

    def state(event):
        for dialog in event.conversation.conversation_details.dialogs:
            found = dialog.participant(theirs)
            if found is not None:
                return found.state
        return None

    told = changed.wait(lambda event: state(event) == "SUGGESTED")
    members = told.conversation.conversation_details.members()
    assert theirs not in [member for _, member in members]
    ring = rings.wait(lambda event: True).ring
    ring.accept(wait_for_conversation=True).get(timeout=5)
    told = changed.wait(lambda event: state(event) == "ACTIVE")
    members = told.conversation.conversation_details.members()
    assert ("ASSIGNED_AGENT", theirs) in members


def test_being_suggested_is_no_arrival_of_the_conversation(
    emulator, relay, opened, events
):
    between = relay(emulator)
    asked = opened(emulator, "bot2", domains={"facadeMsg": between.address})
    asked.create_routing_task_subscription(wait_for_ready=True).get(timeout=5)
    asked.set_agent_state(ums.AgentState.ONLINE).get(timeout=5)
    told = events(asked, ums.RingOffered, ums.ConversationChanged)
    theirs = status(asked).agent_id

    def only_suggested(frame):
        is_other = frame.get("type") == CHANGE and "SUGGESTED" not in str(frame)
        return [] if is_other else [frame]

    between.edit = only_suggested
    talk = emulator.open_conversation(assign="bot1", text="hello")
    asking = opened(emulator)
    asking.transfer_conversation(talk.conversation_id, agent_id=theirs).get(timeout=5)
    ring = told.wait(lambda event: isinstance(event, ums.RingOffered)).ring
    emulator.write(talk.conversation_id, "I am still waiting")
    told.wait(lambda event: isinstance(event, ums.ConversationChanged))
    with pytest.raises(ums.RequestTimedOut) as caught:
        ring.accept(wait_for_conversation=True, timeout=0.2).get(timeout=5)
    assert caught.value.delivery is ums.Delivery.ANSWERED
