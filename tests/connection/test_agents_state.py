from __future__ import annotations

import itertools

import pytest

import ums_actors as ums

SUBSCRIBE = ".ams.routing.SubscribeAgentsState"


def own_id(proxy):
    return proxy.status().get(timeout=5).agent_id


def state_is(agent_id, state):
    return lambda event: (
        isinstance(event, ums.AgentStateChanged)
        and (event.agent_id, event.state) == (agent_id, state)
    )


def count(emulator, kind, user="bot1"):
    return sum(
        entry["dir"] == "in" and entry["frame"]["type"] == kind
        for entry in emulator.log(user)
    )


def test_an_agents_states_are_heard_once_each_also_across_lines(
    emulator, start, events
):
    proxy = start(emulator)
    heard = events(proxy, ums.AgentStateChanged, ums.StateChanged)
    proxy.open().get(timeout=10)
    subscription = proxy.subscribe_agents_state(wait_for_ready=True).get(timeout=5)
    first = heard.wait(state_is(own_id(proxy), "OFFLINE"))
    assert (first.previous, first.subscription_id) == (None, subscription)
    proxy.set_agent_state("ONLINE").get(timeout=5)
    assert heard.wait(state_is(own_id(proxy), "ONLINE")).previous == "OFFLINE"
    emulator.cut("bot1")
    heard.wait(
        lambda event: (
            isinstance(event, ums.StateChanged)
            and event.state == "READY"
            and event.generation == 2
        )
    )
    assert count(emulator, SUBSCRIBE) == 2
    proxy.set_agent_state("AWAY").get(timeout=5)
    heard.wait(state_is(own_id(proxy), "AWAY"))
    told = [each for each in heard.seen if isinstance(each, ums.AgentStateChanged)]
    for earlier, later in itertools.pairwise(told):
        assert later.previous == earlier.state != later.state


def test_another_agents_state_is_heard_by_either_id(emulator, start, events):
    other = start(emulator, "bot2")
    other.open().get(timeout=10)
    kernel = other.actor_ref.actor_inbox.keep
    agent_id, pid = kernel.own_id, kernel.ids.pid_of(kernel.own_id)
    proxy = start(emulator)
    heard = events(proxy, ums.AgentStateChanged)
    proxy.open().get(timeout=10)
    with pytest.raises(ums.LocalProtocolError, match="is the PID of nobody"):
        proxy.subscribe_agents_state(pid).get(timeout=5)
    emulator.open_conversation(assign="bot2")  # shows both ids of the other
    mine = proxy.actor_ref.actor_inbox.keep
    changes = events(proxy, ums.ConversationChanged)
    emulator.open_conversation(assign="bot2")
    changes.wait(lambda _: mine.ids.agent_of(pid) == agent_id)
    subscription = proxy.subscribe_agents_state(pid).get(timeout=5)
    heard.wait(state_is(agent_id, "OFFLINE"))
    other.set_agent_state("BACK_SOON").get(timeout=5)
    heard.wait(state_is(agent_id, "BACK_SOON"))
    proxy.unsubscribe_agents_state(subscription).get(timeout=5)
    assert list(mine.subscriptions) == ["default"]
    assert emulator.log("bot1")[-1]["frame"]["body"]  # it was answered


def test_a_pid_does_wherever_an_agent_is_named(emulator, start, events):
    proxy = start(emulator)
    changes = events(proxy, ums.ConversationChanged)
    proxy.open().get(timeout=10)
    opened = emulator.open_conversation(assign="bot2")
    shown = changes.wait(
        lambda event: event.conversation.conversation_details.pids()
    ).conversation.conversation_details
    ((agent_id, pid),) = shown.pids().items()
    conversation = opened.conversation_id
    proxy.join_dialog(conversation, conversation, "MANAGER").get(timeout=5)
    proxy.transfer_conversation(conversation, skill_id="4", remove_agent_id=pid).get(
        timeout=5
    )
    proxy.join_dialog(conversation, conversation, "READER", pid).get(timeout=5)
    proxy.leave_dialog(conversation, conversation, "READER", pid).get(timeout=5)
    proxy.set_agent_state("AWAY", pid).get(timeout=5)
    named = [
        field["userId"]
        for entry in emulator.log("bot1")
        if entry["dir"] == "in" and "UpdateConversationField" in entry["frame"]["type"]
        for field in entry["frame"]["body"]["conversationField"]
        if "userId" in field
    ]
    assert named == [own_id(proxy), agent_id, agent_id, agent_id]
    assert emulator.state()["agent_states"]["bot2"] == "AWAY"
    assert proxy.status().get(timeout=5).agent_state is None


@pytest.mark.parametrize(
    ("act", "text"),
    [
        (lambda proxy: proxy.set_agent_state("online"), "must be one of ONLINE"),
        (lambda proxy: proxy.join_dialog("C", "C", "BOSS"), "must be one of CONSUMER"),
        (lambda proxy: proxy.leave_dialog("C", "C", ""), "must be one of CONSUMER"),
        (lambda proxy: proxy.transfer_conversation("C", agent_id=""), "agent_id"),
        (lambda proxy: proxy.set_agent_state("AWAY", ""), "agent_id"),
    ],
)
def test_an_argument_of_no_use_says_what_there_is(emulator, start, act, text):
    proxy = start(emulator)
    proxy.open().get(timeout=10)
    with pytest.raises(ums.LocalProtocolError, match=text):
        act(proxy).get(timeout=5)


def test_rings_come_no_more_after_unsubscribing(emulator, start, events):
    proxy = start(emulator)
    proxy.open().get(timeout=10)
    subscription = proxy.create_routing_task_subscription(wait_for_ready=True).get(
        timeout=5
    )
    proxy.unsubscribe_routing_tasks(subscription).get(timeout=5)
    kernel = proxy.actor_ref.actor_inbox.keep
    assert list(kernel.subscriptions) == ["default"]
    proxy.set_agent_state("ONLINE").get(timeout=5)
    emulator.open_conversation(text="hello")
    assert emulator.state()["routing"]["waiting"] == 0
