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


def test_what_waits_for_the_login_keeps_its_place_among_the_others(emulator, start):
    """A message of somebody who has not joined yet would be refused."""
    proxy = start(emulator)
    conversation = emulator.open_conversation().conversation_id
    joined = proxy.join_dialog(conversation, participant_role="MANAGER")
    said = proxy.send_text(conversation, "hello")
    left = proxy.leave_dialog(conversation, participant_role="MANAGER")
    proxy.open().get(timeout=10)
    assert joined.get(timeout=5) == "OK Agent added successfully"
    assert said.get(timeout=5) == 0
    assert left.get(timeout=5) == "OK Agent removed successfully"


def asked(emulator, kind):
    """Give the bodies of bot1's requests of a type, and which of all they were."""
    frames = [each["frame"] for each in emulator.log("bot1") if each["dir"] == "in"]
    return [
        (number, frame["body"])
        for number, frame in enumerate(frames)
        if frame["type"].endswith(kind)
    ]


@pytest.mark.parametrize("named", [None, ums.ME])
def test_a_foreign_subscription_to_rings_may_be_given_it_before_it_is_known(
    emulator, start, named
):
    """The library did not make it: what becomes of it is the service's to say."""
    proxy = start(emulator)
    first = proxy.get_clock()
    done = proxy.update_routing_task_subscription("elsewhere-1", named)
    last = proxy.get_brand_profile()
    proxy.open().get(timeout=10)
    with pytest.raises(ums.RequestRejected):
        done.get(timeout=10)
    assert first.get(timeout=5)
    last.get(timeout=5)
    ((place, body),) = asked(emulator, "UpdateRoutingTaskSubscription")
    own = proxy.status().get(timeout=5).agent_id
    assert (body["subscriptionId"], body["agentId"]) == ("elsewhere-1", own)
    assert asked(emulator, "GetClock")[0][0] < place
    assert place < asked(emulator, "GetBrandProfile")[0][0]


def test_a_foreign_subscription_to_conversations_may_be_given_it_too(emulator, start):
    proxy = start(emulator)
    done = proxy.update_conversation_subscription("elsewhere-1", {"agent_id": ums.ME})
    proxy.open().get(timeout=10)
    with pytest.raises(ums.RequestRejected):
        done.get(timeout=10)
    ((_, body),) = asked(emulator, "UpdateExConversationSubscription")
    own = proxy.status().get(timeout=5).agent_id
    assert (body["subscriptionId"], body["agentIds"]) == ("elsewhere-1", [own])


def test_what_is_wrong_with_an_update_is_told_before_the_login(emulator, start):
    proxy = start(emulator)
    stranger = "0" * 8 + "-0000" * 3 + "-" + "0" * 12
    for wrong in ("", 5, stranger):
        with pytest.raises(ums.LocalProtocolError, match="agent_id"):
            proxy.update_routing_task_subscription("s", wrong).get(timeout=5)
    with pytest.raises(ums.LocalProtocolError, match="agent_id"):
        proxy.update_conversation_subscription("s", {"agent_id": stranger}).get(
            timeout=5
        )


def test_what_waits_for_the_login_is_bounded_as_other_requests_are(emulator, start):
    proxy = start(emulator, options={"queue_limit": 1})
    kept = proxy.set_agent_state("AWAY")
    with pytest.raises(ums.Overloaded):
        proxy.set_agent_state("ONLINE").get(timeout=5)
    proxy.open().get(timeout=10)
    kept.get(timeout=5)
    assert proxy.status().get(timeout=5).agent_state == "AWAY"


def test_what_waits_for_the_login_outlives_attempts_that_fail(emulator, start):
    emulator.add_fault("handshake", count=2, value=503)
    proxy = start(emulator)
    done = proxy.set_agent_state("ONLINE")
    proxy.open().get(timeout=10)
    done.get(timeout=5)
    assert emulator.state()["agent_states"]["bot1"] == "ONLINE"


def test_a_transfer_may_name_it_before_it_is_known(emulator, start):
    proxy = start(emulator)
    mine = emulator.open_conversation(assign="bot1").conversation_id
    given_up = proxy.transfer_conversation(mine, skill_id="4", remove_agent_id=ums.ME)
    with pytest.raises(ums.LocalProtocolError, match="same agent"):
        proxy.transfer_conversation(mine, agent_id=ums.ME, remove_agent_id=ums.ME).get(
            timeout=5
        )
    proxy.open().get(timeout=10)
    assert given_up.get(timeout=5) == "OK Agent removed successfully"


def test_what_proves_wrong_after_the_login_costs_nobody_else(emulator, start):
    proxy = start(emulator)
    mine = emulator.open_conversation(assign="bot1").conversation_id
    own = f"{emulator.account}.1001"
    wrong = proxy.transfer_conversation(mine, agent_id=ums.ME, remove_agent_id=own)
    clock = proxy.get_clock()
    proxy.open().get(timeout=10)
    with pytest.raises(ums.LocalProtocolError, match="same agent"):
        wrong.get(timeout=5)
    assert clock.get(timeout=5) > 0
    status = proxy.status().get(timeout=5)
    assert (status.in_flight, status.queued, status.restarts) == (0, 0, {})


def test_the_object_of_a_conversation_takes_its_name_too(emulator, start):
    proxy = start(emulator)
    opened = emulator.open_conversation(assign="bot2").conversation_id
    proxy.open(wait_for_ready=True).get(timeout=10)
    proxy.join_dialog(opened, participant_role="MANAGER").get(timeout=5)
    conversation = proxy.get_conversation(opened).get(timeout=5)
    conversation.transfer(agent_id=ums.ME).get(timeout=5)
    (asked,) = [
        field["userId"]
        for entry in emulator.log("bot1")
        if entry["dir"] == "in" and "UpdateConversationField" in entry["frame"]["type"]
        for field in entry["frame"]["body"]["conversationField"]
        if field["type"] == "SUGGEST"
    ]
    assert asked == proxy.status().get(timeout=5).agent_id


def test_a_consumers_query_may_name_its_own_user(emulator, start):
    proxy = start(emulator, kind=ums.ConsumerWebsocketConnection, auth=ums.Anonymous())
    made = proxy.create_conversation_subscription({"agent_id": ums.ME})
    proxy.open().get(timeout=10)
    made.get(timeout=5)
    own = proxy.status().get(timeout=5).agent_id
    asked = [
        entry["frame"]["body"].get("agentIds")
        for entry in emulator.log(own)
        if entry["dir"] == "in"
        and entry["frame"]["type"] == "cqm.SubscribeExConversations"
    ]
    assert [own] in asked


def test_rings_of_the_agent_before_are_withdrawn(emulator, start, events):
    other = start(emulator, "bot2")
    other.open().get(timeout=10)
    other.create_routing_task_subscription(wait_for_ready=True).get(timeout=5)
    other.set_agent_state("ONLINE").get(timeout=5)
    bot2 = other.status().get(timeout=5).agent_id
    proxy = start(emulator)
    heard = events(proxy, ums.RingOffered, ums.RingUpdated)
    proxy.open().get(timeout=10)
    known = proxy.create_routing_task_subscription(bot2).get(timeout=5)
    emulator.open_conversation(text="hello")
    ring = heard.wait(lambda event: isinstance(event, ums.RingOffered)).ring
    proxy.update_routing_task_subscription(known).get(timeout=5)
    gone = heard.wait(lambda event: isinstance(event, ums.RingUpdated))
    assert (gone.ring.ring_id, gone.state) == (ring.ring_id, "CANCELLED")


def test_an_update_that_is_refused_leaves_the_rings_as_they_were(
    emulator, start, events
):
    proxy = start(emulator)
    heard = events(proxy, ums.StateChanged)
    proxy.open().get(timeout=10)
    known = proxy.create_routing_task_subscription().get(timeout=5)
    with pytest.raises(ums.RequestRejected):
        proxy.update_routing_task_subscription(known, "nobody").get(timeout=5)
    emulator.cut("bot1")
    heard.wait(lambda event: event.state == "READY" and event.generation == 2)
    own = proxy.status().get(timeout=5).agent_id
    asked = [
        entry["frame"]["body"]["agentId"]
        for entry in emulator.log("bot1")
        if entry["dir"] == "in"
        and entry["frame"]["type"] == ".ams.routing.SubscribeRoutingTasks"
    ]
    assert asked == [own, own]
