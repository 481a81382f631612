"""The own user, named or not, before and after the first login."""

from __future__ import annotations

import pytest

import ums_actors as ums


@pytest.mark.parametrize("named", [None, ums.ME])
def test_its_state_can_be_set_before_it_is_known(emulator, start, events, named):
    proxy = start(emulator)
    done = proxy.set_agent_state("ONLINE", named)
    heard = events(proxy, ums.AgentStateChanged)
    proxy.open().get(timeout=10)
    done.get(timeout=10)
    status = proxy.status().get(timeout=5)
    assert status.agent_state == "ONLINE"
    proxy.subscribe_agents_state(ums.ME).get(timeout=5)
    told = heard.wait(lambda event: event.state == "ONLINE")
    assert told.agent_id == status.agent_id


def test_who_waits_for_a_login_in_vain_is_told(emulator, start):
    proxy = start(emulator, options={"queue_timeout": 0.2})
    with pytest.raises(ums.RequestTimedOut) as caught:
        proxy.set_agent_state("ONLINE").get(timeout=10)
    assert caught.value.delivery == "NOT_SENT"
    proxy.close().get(timeout=5)
    with pytest.raises(ums.ConnectionLost) as lost:
        proxy.set_agent_state("ONLINE").get(timeout=10)
    assert lost.value.delivery == "NOT_SENT"


def test_what_is_wrong_is_told_before_the_login(emulator, start):
    proxy = start(emulator)
    with pytest.raises(ums.LocalProtocolError, match="agent_state"):
        proxy.set_agent_state("ASLEEP").get(timeout=5)
    with pytest.raises(ums.LocalProtocolError, match="participant_role"):
        proxy.join_dialog("c", "c").get(timeout=5)


def test_a_main_dialog_needs_no_second_id(emulator, start):
    proxy = start(emulator)
    opened = emulator.open_conversation()
    joined = proxy.join_dialog(opened.conversation_id, participant_role="MANAGER")
    proxy.open(wait_for_ready=True).get(timeout=10)
    assert joined.get(timeout=10) == "OK Agent added successfully"
    left = proxy.leave_dialog(opened.conversation_id, participant_role="MANAGER")
    assert left.get(timeout=5) == "OK Agent removed successfully"


def test_a_query_may_name_it(emulator, start, events):
    query = {"stage": ["OPEN"], "agent_id": ums.ME}
    proxy = start(emulator, default_subscription_query=query)
    heard = events(proxy, ums.ConversationOpened)
    mine = emulator.open_conversation(assign="bot1").conversation_id
    emulator.open_conversation(assign="bot2")
    proxy.open(wait_for_ready=True).get(timeout=10)
    heard.wait(lambda event: event.conversation.conversation_id == mine)
    known = proxy.get_all_known_conversations().get(timeout=5)
    assert [each.conversation_id for each in known] == [mine]


def test_a_subscription_made_before_the_login_may_name_it(emulator, start):
    proxy = start(emulator, create_default_subscription=False)
    mine = emulator.open_conversation(assign="bot1").conversation_id
    emulator.open_conversation(assign="bot2")
    made = proxy.create_conversation_subscription({"agent_id": ums.ME}, True)
    proxy.open().get(timeout=10)
    made.get(timeout=10)
    known = proxy.get_all_known_conversations().get(timeout=5)
    assert [each.conversation_id for each in known] == [mine]


def test_somebody_elses_rings_can_be_heard_instead(emulator, start, events):
    """The change holds on this line, and on the next one."""
    proxy = start(emulator)
    proxy.open(wait_for_ready=True).get(timeout=10)
    heard = events(proxy, ums.RingOffered)
    first = proxy.create_routing_task_subscription(ums.ME).get(timeout=5)
    other = start(emulator, "bot2")
    other.open().get(timeout=10)
    other.create_routing_task_subscription().get(timeout=5)
    other.set_agent_state("ONLINE").get(timeout=5)
    bot2 = other.status().get(timeout=5).agent_id
    proxy.update_routing_task_subscription(first, bot2).get(timeout=5)
    here = emulator.open_conversation(text="hello").conversation_id
    heard.wait(lambda event: event.conversation_id == here)
    emulator.cut()
    proxy.wait_ready(timeout=10).get(timeout=10)
    other.wait_ready(timeout=10).get(timeout=10)
    there = emulator.open_conversation(text="hello").conversation_id
    heard.wait(lambda event: event.conversation_id == there, timeout=20.0)


def test_a_subscription_that_is_not_there_cannot_be_changed(emulator, start):
    proxy = start(emulator)
    proxy.open().get(timeout=10)
    with pytest.raises(ums.RequestRejected):
        proxy.update_routing_task_subscription("nothing").get(timeout=5)


def test_who_listens_from_the_start_misses_nothing(emulator, start):
    heard = []
    states, conversations = [], []
    emulator.open_conversation(assign="bot1")
    proxy = start(
        emulator,
        subscribe=[
            (states.append, ums.StateChanged),
            (conversations.append, ums.ConversationOpened),
            (heard.append,),
        ],
    )
    proxy.open(wait_for_ready=True).get(timeout=10)
    proxy.close().get(timeout=10)
    proxy.actor_ref.stop(timeout=10)
    assert states[0].previous == "NEW"
    assert len(conversations) == 1
    assert len(heard) > len(states) + len(conversations)


@pytest.mark.parametrize("wrong", [[print], [()], [(print, int)], [(5, ums.Event)]])
def test_who_cannot_listen_is_refused_at_the_start(emulator, start, wrong):
    with pytest.raises(ums.LocalProtocolError):
        start(emulator, subscribe=wrong)
