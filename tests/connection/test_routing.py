from __future__ import annotations

import pytest

import ums_actors as ums

UPDATE = ".ams.routing.UpdateRingState"


def assigned(emulator, conversation_id):
    (found,) = (
        each
        for each in emulator.conversations()
        if each["conversation"] == conversation_id
    )
    return found["assigned"]


def own_id(proxy):
    return proxy.status().get(timeout=5).agent_id


@pytest.fixture
def online(start, events):
    def begin(emulator, user="bot1"):
        """Start a bot that can be rung; give it and the queue of its rings."""
        proxy = start(emulator, user)
        heard = events(proxy, ums.RingOffered, ums.RingUpdated)
        proxy.open().get(timeout=10)
        proxy.create_routing_task_subscription(wait_for_ready=True).get(timeout=5)
        proxy.set_agent_state(ums.AgentState.ONLINE).get(timeout=5)
        return proxy, heard

    return begin


def offered(heard):
    return heard.wait(lambda event: isinstance(event, ums.RingOffered)).ring


def ids_offered(heard):
    return [
        event.ring.ring_id for event in heard.seen if isinstance(event, ums.RingOffered)
    ]


def test_a_consumers_first_message_rings_and_accepting_assigns(either, online, events):
    proxy, heard = online(either)
    messages = events(proxy, ums.MessageReceived)
    opened = either.open_conversation()
    either.write(opened.conversation_id, "hello")
    ring = offered(heard)
    assert (ring.state, ring.conversation_id) == ("WAITING", opened.conversation_id)
    assert (ring.consumer_id, ring.brand_id) == (opened.consumer_id, either.account)
    assert ring.expiration == 72_000
    assert ring.accept(wait_for_conversation=True).get(timeout=10) is None
    assert ring.state == "ACCEPTED"
    assert assigned(either, opened.conversation_id) == own_id(proxy)
    assert messages.wait(lambda event: event.text == "hello")
    with pytest.raises(ums.RingNotWaiting):
        ring.reject().get(timeout=5)


def test_a_rejected_ring_goes_to_the_next_agent(emulator, online):
    _, first = online(emulator, "bot1")
    opened = emulator.open_conversation(text="hello")
    ring = offered(first)
    proxy, second = online(emulator, "bot2")
    ring.reject().get(timeout=5)
    assert ring.state == "REJECTED"
    other = offered(second)
    assert other.ring_id != ring.ring_id
    other.accept(wait_for_conversation=True).get(timeout=10)
    assert assigned(emulator, opened.conversation_id) == own_id(proxy)


def test_after_a_cut_rings_come_again_and_none_is_offered_twice(
    emulator, online, events
):
    proxy, heard = online(emulator)
    states = events(proxy, ums.StateChanged)
    opened = emulator.open_conversation(text="hello")
    ring = offered(heard)
    emulator.cut("bot1")
    states.wait(lambda event: event.state == "READY" and event.generation == 2)
    subscribed = [
        entry["frame"]["type"]
        for entry in emulator.log("bot1")
        if entry["dir"] == "in" and "SubscribeRoutingTasks" in entry["frame"]["type"]
    ]
    assert len(subscribed) == 2
    # an agent without a line is not rung any longer, but is rung anew when back
    heard.wait(lambda event: event.ring is ring and event.ring.state == "CANCELLED")
    again = offered(heard)
    again.accept(wait_for_conversation=True).get(timeout=10)
    assert assigned(emulator, opened.conversation_id) == own_id(proxy)
    found = ids_offered(heard)
    assert len(found) == len(set(found))


def test_an_acceptance_whose_answer_was_lost_is_known_by_its_conversation(
    emulator, online
):
    proxy, heard = online(emulator)
    emulator.add_fault("drop", count=1, value=UPDATE)
    opened = emulator.open_conversation(text="hello")
    ring = offered(heard)
    lost = ring.accept()
    heard.wait(lambda event: event.ring is ring and ring.state == "ACCEPTED")
    emulator.cut("bot1")
    with pytest.raises(ums.ConnectionLost) as caught:
        lost.get(timeout=10)
    assert caught.value.delivery is ums.Delivery.UNKNOWN
    ring.accept(wait_for_conversation=True).get(timeout=10)
    assert assigned(emulator, opened.conversation_id) == own_id(proxy)
    assert proxy.status().get(timeout=5).rings == 0


def test_who_is_away_is_not_rung(emulator, online):
    proxy, heard = online(emulator)
    proxy.set_agent_state(ums.AgentState.AWAY).get(timeout=5)
    emulator.open_conversation(text="hello")
    assert proxy.status().get(timeout=5).rings == 0
    proxy.set_agent_state(ums.AgentState.ONLINE).get(timeout=5)
    assert offered(heard).state == "WAITING"
