from __future__ import annotations

import pytest

import ums_actors as ums

CHANGE = ".ams.aam.ExConversationChangeNotification"
EVENT = ".ams.ms.OnlineEventDistribution"
QUERY = ".ams.ms.QueryMessages"
UPDATE = ".ams.cm.UpdateConversationField"
FULL = 1_000
"""Conversations that a snapshot holds at most."""


@pytest.fixture
def bot(emulator, opened):
    return opened(emulator)


@pytest.fixture
def shown(events):
    """Wait until a connection shows a conversation; give the object."""

    def find(proxy, opened):
        talk = opened.conversation_id
        opening = events(proxy, ums.ConversationOpened)
        known = proxy.get_conversation(talk).get(timeout=5)
        if known is None:
            return opening.wait(
                lambda event: event.conversation_id == talk
            ).conversation
        return known

    return find


SOON = {"clear_conversation_timeout": 0.5}


@pytest.fixture
def hasty(emulator, opened):
    """Open a connection that lets go of conversations soon."""
    return opened(emulator, options=SOON)


@pytest.fixture
def let_go(emulator, events):
    """Wait until what has left by now would be removed: something else, left later."""

    def wait(proxy, told, leave):
        opening = events(proxy, ums.ConversationOpened)
        other = emulator.open_conversation(assign="bot1", text="x").conversation_id
        opening.wait(lambda event: event.conversation_id == other)
        leave(other)
        told.wait(
            lambda event: (
                isinstance(event, ums.ConversationRemoved)
                and event.conversation_id == other
            )
        )
        return other

    return wait


def kinds(heard):
    return [type(event) for event in heard.seen]


# -- 13: what the first snapshot after a reconnect does not show


def test_a_conversation_that_a_full_snapshot_does_not_show_is_still_known(
    emulator, hasty, events, shown, let_go
):
    bot = hasty
    states = events(bot, ums.StateChanged)
    told = events(bot, ums.ConversationRemoved)
    talk = emulator.open_conversation(assign="bot1", text="hello")
    conversation = shown(bot, talk)
    consumers = [{"action": "open"}] * FULL
    emulator._caller.call("POST", "/consumer", body=consumers)
    emulator.cut("bot1")
    states.ready(2)
    bot.create_conversation_subscription(wait_for_ready=True).get(timeout=10)
    let_go(bot, told, lambda other: bot.close_conversation(other).get(timeout=5))
    assert bot.get_conversation(talk.conversation_id).get(timeout=5) is conversation
    assert not conversation.is_removed
    gone = {event.conversation_id for event in told.seen}
    assert talk.conversation_id not in gone


# -- 14: what is told of a conversation that one closes oneself


def test_closing_it_oneself_is_told_once_with_its_time_and_reason(
    emulator, bot, events, shown
):
    conversation = shown(bot, emulator.open_conversation(assign="bot1", text="hello"))
    closed = events(bot, ums.ConversationClosed)
    conversation.close().get(timeout=5)
    told = closed.wait(lambda event: True)
    assert told.conversation is conversation
    assert (conversation.stage, conversation.is_open) == ("CLOSE", False)
    assert conversation.close_time > 0
    assert conversation.close_reason == "AGENT"
    assert closed.rest() == []


def test_a_closing_that_is_refused_leaves_it_open(emulator, bot, events, shown):
    conversation = shown(bot, emulator.open_conversation(assign="bot1", text="hello"))
    closed = events(bot, ums.ConversationClosed)
    emulator.add_fault("reject", count=1, value={"code": 409, "type": UPDATE})
    with pytest.raises(ums.RequestRejected):
        conversation.close().get(timeout=5)
    assert (conversation.stage, conversation.is_open) == ("OPEN", True)
    conversation.close().get(timeout=5)
    closed.wait(lambda event: event.conversation is conversation)


# -- 15: which skill was the previous one


def test_a_change_of_skill_says_which_was_before_and_which_is_now(
    emulator, bot, events, shown
):
    conversation = shown(bot, emulator.open_conversation(assign="bot1", skill="1"))
    conversation.join("MANAGER").get(timeout=5)
    changes = events(bot, ums.SkillChanged)
    for previous, current in (("1", "2"), ("2", "3")):
        conversation.transfer(skill_id=current).get(timeout=5)
        told = changes.wait(lambda event: True)
        assert (told.previous, told.current) == (previous, current)
        assert told.conversation.skill_id == current


def test_an_answer_is_not_told_as_a_request(bot, events):
    traffic = events(bot, ums.RequestSent, ums.ResponseReceived)
    bot.get_clock().get(timeout=5)
    sent = traffic.wait(lambda event: event.type == ".GetClock")
    answered = traffic.wait(lambda event: event.type == ".GetClock")
    assert (type(sent), type(answered)) == (ums.RequestSent, ums.ResponseReceived)
    assert answered.request_id == sent.request_id
    assert answered.seconds >= 0


# -- 17: a conversation that leaves and comes back


@pytest.fixture
def narrow(emulator, opened):
    """Open a connection that sees its own conversations alone."""

    def begin(**options):
        proxy = opened(emulator, create_default_subscription=False, options=options)
        me = proxy.status().get(timeout=5).agent_id
        mine = {"stage": ["OPEN"], "agent_id": me}
        proxy.create_conversation_subscription(mine, wait_for_ready=True).get(timeout=5)
        return proxy

    return begin


@pytest.fixture
def own(narrow):
    """Open one that lets go of conversations at once."""
    return narrow(clear_conversation_timeout=0.1)


def test_who_comes_back_at_once_keeps_the_conversation(
    emulator, narrow, events, let_go
):
    proxy = narrow(**SOON)
    told = events(proxy, ums.ConversationOpened, ums.ConversationRemoved)
    changed = events(proxy, ums.ConversationChanged)
    talk = emulator.open_conversation(assign="bot1", text="hello").conversation_id
    conversation = told.wait(lambda event: True).conversation
    proxy.leave_dialog(talk, talk, "ASSIGNED_AGENT").get(timeout=5)
    changed.wait(lambda event: event.type == "DELETE")
    proxy.join_dialog(talk, talk, "ASSIGNED_AGENT").get(timeout=5)
    changed.wait(lambda event: event.type == "UPSERT")

    def leave(other):
        proxy.leave_dialog(other, other, "ASSIGNED_AGENT").get(timeout=5)

    other = let_go(proxy, told, leave)
    here = [type(each) for each in told.seen if each.conversation_id != other]
    assert here == [ums.ConversationOpened]
    assert proxy.get_conversation(talk).get(timeout=5) is conversation
    assert conversation.assigned_agent.is_self


def test_who_comes_back_later_is_told_of_the_conversation_anew(emulator, own, events):
    told = events(own, ums.ConversationOpened, ums.ConversationRemoved)
    states = events(own, ums.StateChanged)
    talk = emulator.open_conversation(assign="bot1", text="hello").conversation_id
    for line in (2, 3):
        own.leave_dialog(talk, talk, "ASSIGNED_AGENT").get(timeout=5)
        told.wait(lambda event: isinstance(event, ums.ConversationRemoved))
        assert own.get_conversation(talk).get(timeout=5) is None
        emulator.cut("bot1")
        states.ready(line)
        own.join_dialog(talk, talk, "ASSIGNED_AGENT").get(timeout=5)
        anew = told.wait(lambda event: isinstance(event, ums.ConversationOpened))
        assert own.get_conversation(talk).get(timeout=5) is anew.conversation


def test_a_drop_does_not_keep_for_ever_what_was_about_to_go(emulator, own, events):
    told = events(own, ums.ConversationOpened, ums.ConversationRemoved)
    changed = events(own, ums.ConversationChanged)
    talk = emulator.open_conversation(assign="bot1", text="hello").conversation_id
    told.wait(lambda event: isinstance(event, ums.ConversationOpened))
    own.leave_dialog(talk, talk, "ASSIGNED_AGENT").get(timeout=5)
    changed.wait(lambda event: event.type == "DELETE")
    emulator.cut("bot1")
    told.wait(lambda event: isinstance(event, ums.ConversationRemoved))
    assert own.get_all_known_conversations().get(timeout=5) == ()


# -- 18: a second dialog that closes while the main one is open


def test_the_open_dialog_is_the_main_one_while_that_is_open(
    emulator, bot, events, shown
):
    conversation = shown(bot, emulator.open_conversation(assign="bot1", text="hello"))
    talk = conversation.conversation_id
    told = events(bot, ums.DialogOpened, ums.DialogClosed)
    dialog = {"dialogType": "OTHER", "channelType": "COBROWSE", "state": "OPEN"}
    create = {"field": "DialogChange", "type": "CREATE", "dialog": dialog}
    body = {"conversationId": talk, "conversationField": create}
    bot.send({"type": UPDATE, "body": body}).get(timeout=5)
    other = told.wait(lambda event: isinstance(event, ums.DialogOpened)).dialog_id
    assert conversation.open_dialog.dialog_id == talk
    bot.close_dialog(talk, other).get(timeout=5)
    gone = told.wait(lambda event: isinstance(event, ums.DialogClosed))
    assert gone.dialog_id == other
    assert conversation.open_dialog.dialog_id == talk
    assert conversation.send_text("on we go").get(timeout=5) == 1


# -- 19: an agent who is suggested


def test_an_agent_who_accepts_is_the_same_before_and_after(
    emulator, bot, opened, events, shown
):
    other = opened(emulator, "bot2")
    other.create_routing_task_subscription(wait_for_ready=True).get(timeout=5)
    other.set_agent_state(ums.AgentState.ONLINE).get(timeout=5)
    theirs = other.status().get(timeout=5).agent_id
    rings = events(other, ums.RingOffered)
    conversation = shown(bot, emulator.open_conversation(assign="bot1", text="hello"))
    told = events(bot, ums.ParticipantEvent)
    conversation.transfer(agent_id=theirs).get(timeout=5)
    asked = told.wait(lambda event: isinstance(event, ums.ParticipantSuggested))
    assert (asked.participant.agent_id, asked.participant.state) == (
        theirs,
        "SUGGESTED",
    )
    assigned = conversation.assigned_agent
    assert assigned is None or assigned.agent_id != theirs
    rings.wait(lambda event: True).ring.accept().get(timeout=5)
    came = told.wait(lambda event: isinstance(event, ums.ParticipantAdded))
    assert came.previously_suggested
    assert came.participant.agent_id == theirs
    told.rest()
    gone = [e.participant for e in told.seen if isinstance(e, ums.ParticipantRemoved)]
    assert theirs not in [each.agent_id for each in gone]
    assert conversation.assigned_agent.agent_id == theirs


# -- 20: a message that is first seen as the last one of a conversation


def test_a_message_seen_first_in_its_conversation_has_an_author_and_an_audience(
    emulator, relay, opened, events
):
    between = relay(emulator)
    proxy = opened(emulator, domains={"facadeMsg": between.address})
    heard = events(proxy, ums.MessageReceived)
    changed = events(proxy, ums.ConversationChanged)
    held = []

    def edit(frame):
        if frame.get("type") == EVENT:
            held.append(frame)
            return []
        return [frame]

    between.edit = edit
    emulator.add_fault("drop", value=QUERY)  # only the change tells of it
    talk = emulator.open_conversation(assign="bot1", text="hello")
    told = changed.wait(lambda event: event.conversation.last_content_event is not None)
    shown = told.live.last_message
    assert (shown.text, shown.message_audience) == ("hello", "ALL")
    author = shown.participant
    assert (author.user_id, author.state) == (talk.consumer_id, "ACTIVE")
    between.say(held[0])
    heard_as = heard.wait(lambda event: event.text == "hello").message
    assert heard_as == shown
    assert (heard_as.participant.role, heard_as.message_audience) == ("CONSUMER", "ALL")
    assert [each.text for each in told.live.messages] == ["hello"]
