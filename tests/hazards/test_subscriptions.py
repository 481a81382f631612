from __future__ import annotations

import pytest

import ums_actors as ums

SUBSCRIBE = ".ams.aam.SubscribeExConversations"
UNSUBSCRIBE = ".ams.aam.UnsubscribeExConversations"
RINGS = ".ams.routing.SubscribeRoutingTasks"
FULL = 1_000
"""Conversations that a snapshot holds at most."""


def status(proxy):
    return proxy.status().get(timeout=5)


def upserts(conversation_id):
    return lambda event: (
        (event.conversation_id, event.type)
        == (
            conversation_id,
            "UPSERT",
        )
    )


# -- 3: an answer and its first notification in one read


@pytest.fixture
def joined(either, relay, opened):
    """Open a connection whose next two units from the server come as one."""

    def begin(service="facadeMsg", make=opened, **more):
        between = relay(either)
        proxy = make(either, domains={service: between.address}, **more)
        return between, proxy

    return begin


def test_a_snapshot_in_the_same_read_as_its_answer_is_taken(either, joined, events):
    talk = either.open_conversation(text="hello")
    between, proxy = joined(create_default_subscription=False)
    changed = events(proxy, ums.ConversationChanged)
    between.join(2)
    number = proxy.create_conversation_subscription(wait_for_ready=True).get(timeout=5)
    assert between.joined == 2
    told = changed.wait(upserts(talk.conversation_id))
    assert told.subscription_id == number


def test_rings_in_the_same_read_as_their_answer_are_offered(either, joined, events):
    between, proxy = joined(create_default_subscription=False)
    rings = events(proxy, ums.RingOffered)
    proxy.set_agent_state(ums.AgentState.ONLINE).get(timeout=5)
    talk = either.open_conversation(text="hello")
    if not either.tls:  # what comes first is empty, and would be no loss
        between.edit = lambda frame: [frame] if frame["body"].get("changes", 1) else []
    units = 3 if either.tls else 2
    between.join(units)
    proxy.create_routing_task_subscription(wait_for_ready=True).get(timeout=5)
    assert between.joined == units
    told = rings.wait(lambda event: True)
    assert told.ring.conversation_id == talk.conversation_id


def test_a_conversation_in_the_same_read_as_its_creation_is_one_and_is_heard_once(
    either, joined, consumer, opened, events
):
    between, proxy = joined("asyncMessagingEnt", consumer)
    # the default subscription's first snapshot is over before
    proxy.create_conversation_subscription(wait_for_ready=True).get(timeout=5)
    changed = events(proxy, ums.ConversationChanged)
    heard = events(proxy, ums.MessageReceived)
    seen = events(proxy, ums.ConversationOpened)
    between.join(2)
    talk = proxy.create_conversation().get(timeout=5)
    assert between.joined == 2
    changed.wait(upserts(talk))
    proxy.send_text(talk, "hello").get(timeout=5)
    brand = opened(either)
    brand.join_dialog(talk, talk, "MANAGER").get(timeout=5)
    brand.send_text(talk, "hi").get(timeout=5)
    heard.wait(lambda event: event.text == "hi")
    assert [event.text for event in heard.seen if event.text] == ["hello", "hi"]
    known = proxy.get_all_known_conversations().get(timeout=5)
    assert [event.conversation for event in seen.rest()] == list(known)
    assert [each.conversation_id for each in known] == [talk]


# -- 7: rings after a reconnect


def test_it_is_rung_on_the_next_line_as_well(either, opened, events, requests):
    proxy = opened(either)
    states = events(proxy, ums.StateChanged)
    rings = events(proxy, ums.RingOffered)
    proxy.create_routing_task_subscription(wait_for_ready=True).get(timeout=5)
    proxy.set_agent_state(ums.AgentState.ONLINE).get(timeout=5)
    for line in (2, 3):
        either.cut("bot1")
        states.ready(line)
        talk = either.open_conversation(text="hello")
        told = rings.wait(lambda event: True)
        assert told.ring.conversation_id == talk.conversation_id
        told.ring.accept().get(timeout=5)
    assert len(requests(either, RINGS)) == 3
    assert status(proxy).rings == 0


# -- 12: limit break


def test_where_it_is_switched_off_a_full_snapshot_makes_no_further_subscription(
    emulator, opened, events, requests
):
    emulator.open_conversations(FULL + 5)
    options = {"limit_break": False}
    proxy = opened(emulator, create_default_subscription=False, options=options)
    changed = events(proxy, ums.ConversationChanged)
    proxy.create_conversation_subscription(wait_for_ready=True).get(timeout=10)
    changed.rest()
    assert len({event.conversation_id for event in changed.seen}) == FULL
    assert len(requests(emulator, SUBSCRIBE)) == 1


def test_it_ends_though_too_many_have_changed_at_once(
    emulator, opened, events, requests
):
    emulator.open_conversations(FULL + 5)  # all in the same millisecond
    proxy = opened(emulator, create_default_subscription=False)
    cuts = events(proxy, ums.SnapshotCut)
    proxy.create_conversation_subscription(wait_for_ready=True).get(timeout=20)
    cuts.rest()
    assert [cut.child for cut in cuts.seen] == [True, True, False]
    assert len(requests(emulator, SUBSCRIBE)) == 3
    assert len(requests(emulator, UNSUBSCRIBE)) == 2


# -- 13: what the first snapshot after a reconnect does not show


def test_a_conversation_that_a_later_snapshot_does_not_show_is_still_heard(
    emulator, opened, events
):
    proxy = opened(emulator, default_subscription_query={"stage": ["OPEN"]})
    heard = events(proxy, ums.MessageReceived)
    states = events(proxy, ums.StateChanged)
    talk = emulator.open_conversation(assign="bot1", text="0")
    heard.wait(lambda event: event.text == "0")
    consumers = [{"action": "open"}] * FULL
    emulator._caller.call("POST", "/consumer", body=consumers)
    emulator.cut("bot1")
    states.ready(2)
    # the snapshot holds the thousand that were touched last
    proxy.create_conversation_subscription(wait_for_ready=True).get(timeout=10)
    emulator.write(talk.conversation_id, "1")
    heard.wait(lambda event: event.text == "1")
    assert [event.text for event in heard.seen if event.text] == ["0", "1"]
