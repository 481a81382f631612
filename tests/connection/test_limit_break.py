"""Snapshots of 900 conversations and more: UMS.md 12.5, "Limit break"."""

from __future__ import annotations

from collections import Counter

import pytest

import ums_actors as ums
from ums_actors.actors.feed import Feed
from ums_actors.emulator import running_emulator
from ums_actors.emulator.control.actions import Close

MANY = 2_600
SUBSCRIBE = ".ams.aam.SubscribeExConversations"
UNSUBSCRIBE = ".ams.aam.UnsubscribeExConversations"
OFF, FAILED = "Options.limit_break is off", "a child subscription failed"


@pytest.fixture
def slow():
    """An emulator whose snapshots come so late that much happens before the next."""
    with running_emulator(users=2, gap=0.2) as emulator:
        yield emulator


@pytest.fixture
def crowd(emulator):
    """The ids of many open conversations, the one that changed first first."""
    return emulator.open_conversations(MANY, apart=1_000)


@pytest.fixture
def hear(events):
    """Hear of a connection from before its first snapshot."""

    def make(proxy):
        kinds = ums.ConversationOpened, ums.ConversationRemoved, ums.SnapshotCut
        more = ums.ErrorOccurred, ums.StateChanged, ums.ConversationChanged
        return events(proxy, *kinds, ums.MessageReceived, *more)

    return make


def asked(emulator, user="bot1", types=(SUBSCRIBE, UNSUBSCRIBE)):
    return [
        (entry["frame"]["type"], entry["frame"]["body"])
        for entry in emulator.log(user)
        if entry["dir"] == "in" and entry["frame"].get("type") in types
    ]


def known(proxy):
    all_there_is = proxy.get_all_known_conversations().get(timeout=5)
    return {each.conversation_id for each in all_there_is}


def drained(heard, kind):
    while not heard.queue.empty():
        heard.seen.append(heard.queue.get())
    return [each for each in heard.seen if isinstance(each, kind)]


def is_cut(event):
    return isinstance(event, ums.SnapshotCut)


def is_ready(generation):
    return lambda event: (
        isinstance(event, ums.StateChanged)
        and event.state == "READY"
        and event.generation >= generation
    )


def test_all_are_known_once_one_has_waited_and_each_was_opened_once(
    emulator, crowd, start, hear
):
    proxy = start(emulator)
    heard = hear(proxy)
    proxy.open(wait_for_ready=True, timeout=30).get(timeout=30)
    assert known(proxy) == set(crowd)
    opened = Counter(
        each.conversation_id for each in drained(heard, ums.ConversationOpened)
    )
    assert opened == Counter(crowd)
    changed = drained(heard, ums.ConversationChanged)
    assert len(changed) == MANY  # what overlaps is told once
    assert len({each.subscription_id for each in changed}) == 1
    cuts = drained(heard, ums.SnapshotCut)
    assert [(each.changes, each.child, each.why) for each in cuts] == [
        (1000, True, "")
    ] * 2
    assert cuts[0].threshold == 900
    assert cuts[0].oldest_update > cuts[1].oldest_update
    assert cuts[0].subscription_id == changed[0].subscription_id
    assert drained(heard, ums.ErrorOccurred) == []
    assert proxy.status().get(timeout=5).cut_snapshots == 0


def test_children_have_the_query_and_a_bound_and_are_ended(emulator, crowd, start):
    del crowd
    query = {"stage": ["OPEN"], "last_update_after": 5}
    proxy = start(emulator, default_subscription_query=query)
    proxy.open(wait_for_ready=True, timeout=30).get(timeout=30)
    types = [kind for kind, _ in asked(emulator)]
    assert types == [SUBSCRIBE, *[SUBSCRIBE, UNSUBSCRIBE] * 2]
    wire = {"stage": ["OPEN"], "minLastUpdatedTime": 5}
    bodies = [body for kind, body in asked(emulator) if kind == SUBSCRIBE]
    bounds = [body.pop("maxLastUpdatedTime", None) for body in bodies]
    assert bodies == [wire] * 3
    assert bounds[0] is None
    assert bounds[1] > bounds[2]


@pytest.mark.parametrize("either", [True], ids=["tls"], indirect=True)
def test_over_tls_as_well(either, start):
    crowd = either.open_conversations(1_200, apart=1_000)
    proxy = start(either)
    proxy.open(wait_for_ready=True, timeout=30).get(timeout=30)
    assert known(proxy) == set(crowd)


def test_a_small_snapshot_is_left_alone(emulator, start, hear):
    emulator.open_conversations(899)
    proxy = start(emulator)
    heard = hear(proxy)
    proxy.open(wait_for_ready=True, timeout=30).get(timeout=30)
    assert drained(heard, ums.SnapshotCut) == []
    assert asked(emulator) == [(SUBSCRIBE, {"stage": ["OPEN"]})]


def test_one_of_900_may_be_cut_already(emulator, start, hear):
    crowd = emulator.open_conversations(900, apart=1_000)
    proxy = start(emulator)
    heard = hear(proxy)
    proxy.open(wait_for_ready=True, timeout=30).get(timeout=30)
    assert known(proxy) == set(crowd)
    (cut,) = drained(heard, ums.SnapshotCut)
    assert (cut.changes, cut.child) == (900, True)
    assert len(asked(emulator)) == 3


def test_it_can_be_switched_off(emulator, crowd, start, hear):
    proxy = start(emulator, options={"limit_break": False})
    heard = hear(proxy)
    proxy.open(wait_for_ready=True, timeout=30).get(timeout=30)
    assert known(proxy) == set(crowd[-1000:])
    (cut,) = drained(heard, ums.SnapshotCut)
    assert (cut.changes, cut.child, cut.why) == (1000, False, OFF)
    assert len(asked(emulator)) == 1
    assert proxy.status().get(timeout=5).cut_snapshots == 1
    emulator.write(crowd[0], "hello")  # one that was left out
    heard.wait(lambda event: getattr(event, "conversation_id", "") == crowd[0])


def test_a_subscription_made_by_hand_is_completed_too(emulator, crowd, start):
    proxy = start(emulator, create_default_subscription=False)
    proxy.open().get(timeout=10)
    made = proxy.create_conversation_subscription(wait_for_ready=True).get(timeout=30)
    assert known(proxy) == set(crowd)
    proxy.unsubscribe_conversations(made).get(timeout=5)


def test_one_that_is_of_something_else_now_is_completed_too(
    emulator, crowd, start, eventually
):
    query = {"stage": ["CLOSE"]}
    proxy = start(emulator, create_default_subscription=False)
    proxy.open().get(timeout=10)
    made = proxy.create_conversation_subscription(query, wait_for_ready=True)
    proxy.update_conversation_subscription(made.get(timeout=10), {}).get(timeout=10)
    eventually(lambda: known(proxy) == set(crowd), 20)


def test_it_is_completed_on_each_line_and_what_has_gone_meanwhile_goes(
    emulator, crowd, start, hear, eventually
):
    proxy = start(emulator, options={"clear_conversation_timeout": 0.1})
    heard = hear(proxy)
    proxy.open(wait_for_ready=True, timeout=30).get(timeout=30)
    emulator.add_fault("handshake", count=1, value=502)
    emulator.cut("bot1")
    heard.wait(lambda event: getattr(event, "state", "") == "BACKING_OFF")
    gone = {crowd[3], crowd[1500], crowd[-3]}
    for each in gone:
        emulator.close_conversation(each)
    new = emulator.open_conversation().conversation_id
    heard.wait(is_ready(3))
    proxy.open(wait_for_ready=True, timeout=30).get(timeout=30)
    eventually(lambda: known(proxy) == {*crowd, new} - gone)
    removed = drained(heard, ums.ConversationRemoved)
    assert {each.conversation_id for each in removed} == gone
    opened = [each.conversation_id for each in drained(heard, ums.ConversationOpened)]
    assert sorted(opened) == sorted([*crowd, new])


def test_a_line_that_is_lost_ends_it_and_the_next_one_begins_anew(slow, start, hear):
    crowd = slow.open_conversations(MANY, apart=1_000)
    proxy = start(slow)
    heard = hear(proxy)
    opening = proxy.open(wait_for_ready=True, timeout=30)
    heard.wait(is_cut)
    slow.cut("bot1")
    opening.get(timeout=30)
    assert heard.wait(is_ready(2))
    assert known(proxy) == set(crowd)
    opened = [each.conversation_id for each in drained(heard, ums.ConversationOpened)]
    assert sorted(opened) == sorted(crowd)
    assert drained(heard, ums.ConversationRemoved) == []
    assert drained(heard, ums.ErrorOccurred) == []


def test_what_closes_and_opens_meanwhile_is_taken_as_it_comes(slow, start, hear):
    crowd = slow.open_conversations(MANY, apart=1_000)
    proxy = start(slow, options={"clear_conversation_timeout": 0.1})
    heard = hear(proxy)
    opening = proxy.open(wait_for_ready=True, timeout=30)
    heard.wait(is_cut)
    gone = {crowd[0], crowd[1550], crowd[-1]}
    for each in gone:
        slow.close_conversation(each)
    new = slow.open_conversation().conversation_id
    slow.write(crowd[1], "hello")
    opening.get(timeout=30)
    wanted = {*crowd, new} - gone
    while known(proxy) != wanted:
        heard.wait(lambda event: isinstance(event, ums.ConversationRemoved))
    opened = Counter(
        each.conversation_id for each in drained(heard, ums.ConversationOpened)
    )
    assert set(opened.values()) == {1}


def test_a_refusal_of_a_child_ends_it_and_what_is_known_stays(slow, start, hear):
    crowd = slow.open_conversations(MANY, apart=1_000)
    proxy = start(slow, options={"clear_conversation_timeout": 0.1})
    heard = hear(proxy)
    proxy.open(wait_for_ready=True, timeout=30).get(timeout=30)
    drained(heard, ums.Event)
    slow.add_fault("handshake", count=1, value=502)
    slow.cut("bot1")
    heard.wait(lambda event: getattr(event, "state", "") == "BACKING_OFF")
    slow.close_conversation(crowd[0])
    heard.wait(is_cut)  # the first child has been asked for
    slow.add_fault("reject", count=1, value={"code": 400, "type": SUBSCRIBE})
    error = heard.wait(lambda event: isinstance(event, ums.ErrorOccurred))
    assert error.context == "snapshot.child_failed"
    assert isinstance(error.error, ums.RequestRejected)
    cut = heard.wait(lambda event: is_cut(event) and event.why)
    assert (cut.child, cut.why) == (False, FAILED)
    assert error.subscription_id == cut.subscription_id
    proxy.open(wait_for_ready=True).get(timeout=10)
    assert proxy.status().get(timeout=5).cut_snapshots == 1
    assert not slow.faults()
    assert known(proxy) == set(crowd)  # also the one that has closed: nobody said so


def test_one_that_waits_for_it_all_is_not_kept_waiting_by_a_refusal(
    emulator, crowd, start, hear
):
    proxy = start(emulator, create_default_subscription=False)
    proxy.open().get(timeout=10)
    heard = hear(proxy)
    begun = proxy.create_conversation_subscription(wait_for_ready=True)
    heard.wait(lambda event: isinstance(event, ums.ConversationChanged))
    emulator.add_fault("reject", value={"code": 400, "type": UNSUBSCRIBE})
    begun.get(timeout=30)
    assert known(proxy) == set(crowd)  # a child that does not end does no harm
    contexts = {each.context for each in drained(heard, ums.ErrorOccurred)}
    assert contexts <= {"snapshot.child_stays"}
    emulator.write(crowd[0], "hello")
    proxy.get_clock().get(timeout=5)
    told = [
        each
        for each in drained(heard, ums.ConversationChanged)
        if each.conversation_id == crowd[0]
    ]
    assert len(told) <= 2


def test_what_cannot_be_read_of_a_child_ends_it(
    emulator, crowd, start, hear, monkeypatch
):
    del crowd

    def fails(*_):
        raise ValueError("a bug")

    monkeypatch.setattr(Feed, "_take_from_child", fails)
    proxy = start(emulator)
    heard = hear(proxy)
    proxy.open(wait_for_ready=True, timeout=30).get(timeout=30)
    contexts = [each.context for each in drained(heard, ums.ErrorOccurred)]
    assert contexts == ["snapshot.child_failed", "notification.failed"]


def test_equal_times_end_it_with_a_word(emulator, start, hear):
    crowd = emulator.open_conversations(1_001)
    proxy = start(emulator)
    heard = hear(proxy)
    proxy.open(wait_for_ready=True, timeout=30).get(timeout=30)
    *_, cut = drained(heard, ums.SnapshotCut)
    assert (cut.child, cut.why) == (
        False,
        "too many conversations have changed in the same millisecond",
    )
    assert known(proxy) < set(crowd)


def test_there_are_no_more_than_there_is_room_for(emulator, crowd, start, hear):
    proxy = start(emulator, options={"conversation_limit": 1_500})
    heard = hear(proxy)
    proxy.open(wait_for_ready=True, timeout=30).get(timeout=30)
    assert known(proxy) == set(crowd[-1_500:])
    *_, cut = drained(heard, ums.SnapshotCut)
    assert (cut.child, "Options.conversation_limit" in cut.why) == (False, True)
    status = proxy.status().get(timeout=5)
    assert (status.evicted_conversations, status.cut_snapshots) == (0, 1)


def test_a_subscription_that_is_ended_meanwhile_is_completed_no_further(
    slow, start, hear, eventually
):
    slow.open_conversations(MANY, apart=1_000)
    proxy = start(slow, create_default_subscription=False)
    heard = hear(proxy)
    proxy.open().get(timeout=10)
    made = proxy.create_conversation_subscription().get(timeout=10)
    heard.wait(is_cut)
    proxy.unsubscribe_conversations(made).get(timeout=5)
    eventually(lambda: [kind for kind, _ in asked(slow)].count(UNSUBSCRIBE) == 2)
    proxy.get_clock().get(timeout=5)
    assert len(drained(heard, ums.SnapshotCut)) == 1
    assert [kind for kind, _ in asked(slow)].count(SUBSCRIBE) == 2


def test_one_that_becomes_one_of_something_else_meanwhile_is_completed_no_further(
    slow, start, hear, eventually
):
    crowd = slow.open_conversations(MANY, apart=1_000)
    proxy = start(
        slow,
        create_default_subscription=False,
        options={"clear_conversation_timeout": 0.1},
    )
    heard = hear(proxy)
    proxy.open().get(timeout=10)
    made = proxy.create_conversation_subscription().get(timeout=10)
    heard.wait(is_cut)
    query = {"conversation_id": crowd[0]}
    proxy.update_conversation_subscription(made, query).get(timeout=10)
    cut = heard.wait(lambda event: is_cut(event) and not event.child)
    assert cut.why == "the subscription is of something else now"
    eventually(lambda: known(proxy) == {crowd[0]}, 20)


# -- messages


def test_what_was_said_before_is_not_handed_out_as_new(emulator, start, hear):
    crowd = emulator.open_conversations(1_300, apart=1_000, assign="bot1", text="old")
    proxy = start(emulator)
    heard = hear(proxy)
    proxy.open(wait_for_ready=True, timeout=30).get(timeout=30)
    for each in (crowd[0], crowd[-1]):
        emulator.write(each, "new")
    for _ in range(2):
        heard.wait(lambda event: getattr(event, "text", "") == "new")
    proxy.get_clock().get(timeout=5)
    said = [each.text for each in drained(heard, ums.MessageReceived)]
    assert said == ["new"] * 2


def test_what_is_said_meanwhile_is_heard_and_nothing_before_it(slow, start, hear):
    crowd = slow.open_conversations(2_000, apart=1_000, assign="bot1", text="old")
    proxy = start(slow)
    heard = hear(proxy)
    opening = proxy.open(wait_for_ready=True, timeout=30)
    heard.wait(is_cut)
    talked = crowd[0], crowd[950], crowd[-1]
    for each in talked:
        slow.write(each, "one")
        slow.write(each, "two")
    new = slow.open_conversation(assign="bot1", text="first").conversation_id
    opening.get(timeout=30)
    slow.write(new, "last")
    heard.wait(lambda event: getattr(event, "text", "") == "last")
    said = Counter(
        (each.conversation_id, each.text)
        for each in drained(heard, ums.MessageReceived)
    )
    wanted = [(each, text) for each in talked for text in ("one", "two")]
    assert said == Counter([*wanted, (new, "first"), (new, "last")])


def test_all_that_was_said_is_heard_by_who_wants_it(emulator, start, hear):
    crowd = emulator.open_conversations(1_100, apart=1_000, assign="bot1", text="old")
    proxy = start(emulator, options={"get_all_messages": True})
    heard = hear(proxy)
    proxy.open(wait_for_ready=True, timeout=30).get(timeout=30)
    while len(drained(heard, ums.MessageReceived)) < len(crowd):
        heard.wait(lambda event: isinstance(event, ums.MessageReceived))
    assert {each.conversation_id for each in drained(heard, ums.MessageReceived)} == (
        set(crowd)
    )


# -- consumers


def test_a_consumers_own_are_completed_under_the_short_names(
    emulator, start, hear, eventually
):
    proxy = start(emulator, kind=ums.ConsumerWebsocketConnection, auth=ums.Anonymous())
    proxy.open().get(timeout=10)
    me = proxy.status().get(timeout=5).agent_id
    proxy.close().get(timeout=10)
    crowd = emulator.open_conversations(2_100, apart=10, consumer=me, text="old")
    emulator._act([Close(each) for each in crowd[:-5]])
    heard = hear(proxy)
    proxy.open(wait_for_ready=True, timeout=30).get(timeout=30)
    assert known(proxy) == set(crowd)
    names = "cqm.SubscribeExConversations", "cqm.UnsubscribeExConversations"
    types = [kind for kind, _ in asked(emulator, me, names)]
    assert types[1:] == [names[0], *[*names] * (len(types[2:]) // 2)]
    assert len(types) >= 6
    for each in (crowd[-1], crowd[-5]):
        emulator.write(each, "new")
    eventually(
        lambda: (
            [each.text for each in drained(heard, ums.MessageReceived)] == ["new"] * 2
        )
    )
