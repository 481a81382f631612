from __future__ import annotations

import pytest

import ums_actors as ums
from ums_actors.actors.feed import Feed
from ums_actors.emulator import running_emulator

SUBSCRIBE = ".ams.aam.SubscribeExConversations"
UPDATE = ".ams.aam.UpdateExConversationSubscription"


def requests(emulator, *types, user="bot1"):
    return [
        (entry["frame"]["type"].rpartition(".")[2], entry["frame"]["body"])
        for entry in emulator.log(user)
        if entry["dir"] == "in" and entry["frame"]["type"] in types
    ]


def is_ready(generation):
    return lambda event: (
        isinstance(event, ums.StateChanged)
        and event.state == "READY"
        and event.generation >= generation
    )


def changed(kind, conversation_id, subscription=None):
    return lambda event: (
        isinstance(event, ums.ConversationChanged)
        and (event.type, event.conversation_id) == (kind, conversation_id)
        and subscription in (None, event.subscription_id)
    )


def test_open_waits_for_the_first_snapshot_if_asked_to(emulator, start):
    opened = emulator.open_conversation()
    proxy = start(emulator)
    heard = proxy.events(ums.ConversationChanged)
    proxy.open(wait_for_ready=True, timeout=10).get(timeout=10)
    assert next(heard).conversation_id == opened.conversation_id
    proxy.open(wait_for_ready=True).get(timeout=10)  # it has been seen already


@pytest.mark.parametrize("at", ["open", "subscription"])
def test_what_there_is_is_known_once_one_has_waited(start, at):
    with running_emulator(gap=0.3) as emulator:  # the snapshot comes so much later
        conversation = emulator.open_conversation().conversation_id
        proxy = start(emulator, create_default_subscription=at == "open")
        proxy.open(wait_for_ready=True).get(timeout=10)
        if at == "subscription":
            proxy.create_conversation_subscription(wait_for_ready=True).get(timeout=5)
        (known,) = proxy.get_all_known_conversations().get(timeout=5)
        assert known.conversation_id == conversation
        proxy.actor_ref.stop(timeout=10)


def test_nothing_comes_of_a_subscription_that_has_ended(emulator, start, events):
    proxy = start(emulator, create_default_subscription=False)
    proxy.open().get(timeout=10)
    heard = events(proxy, ums.ConversationChanged)
    query = {"stage": ["OPEN"]}
    first, second = (
        proxy.create_conversation_subscription(query).get(timeout=5) for _ in range(2)
    )
    proxy.unsubscribe_conversations(first).get(timeout=5)
    conversation = emulator.open_conversation().conversation_id
    heard.wait(changed("UPSERT", conversation, second))
    proxy.get_clock().get(timeout=5)  # behind all that was told of it
    emulator.cut("bot1")
    heard.wait(lambda event: event.subscription_id not in (first, second))
    told = [event.subscription_id for event in heard.seen]
    assert first not in told
    assert len(requests(emulator, SUBSCRIBE)) == 3  # it is not made again


def test_open_waits_for_no_snapshot_where_there_is_no_subscription(emulator, start):
    proxy = start(emulator, create_default_subscription=False)
    proxy.open(wait_for_ready=True).get(timeout=10)
    assert requests(emulator, SUBSCRIBE) == []


def test_open_does_not_wait_for_a_snapshot_for_ever(emulator, start, monkeypatch):
    monkeypatch.setattr(Feed, "_conversations", lambda *_: None)  # none comes
    proxy = start(emulator)
    proxy.open().get(timeout=10)
    with pytest.raises(ums.RequestTimedOut, match="no snapshot in time"):
        proxy.open(timeout=0.5, wait_for_ready=True).get(timeout=10)
    assert proxy.status().get(timeout=5).state == "READY"


@pytest.mark.parametrize("first_id", [True, False])
def test_an_updated_subscription_keeps_its_query_on_later_lines(
    emulator, start, events, first_id
):
    proxy = start(emulator, create_default_subscription=False)
    heard = events(proxy, ums.ConversationChanged, ums.StateChanged)
    proxy.open().get(timeout=10)
    known = proxy.create_conversation_subscription({"stage": "OPEN"}).get(timeout=5)
    opened = emulator.open_conversation()
    heard.wait(changed("UPSERT", opened.conversation_id))
    emulator.cut("bot1")
    heard.wait(is_ready(2))
    kernel = proxy.actor_ref.actor_inbox.keep
    (subscription,) = kernel.subscriptions.values()
    asked = known if first_id else subscription.subscription_id
    query = {"stage": ["CLOSE"], "last_update_after": 1}
    assert proxy.update_conversation_subscription(asked, query).get(timeout=5) is None
    heard.wait(changed("DELETE", opened.conversation_id))
    wire = {"stage": ["CLOSE"], "minLastUpdatedTime": 1}
    expected = ("UpdateExConversationSubscription", wire)
    ((name, body),) = requests(emulator, UPDATE)
    assert (name, {k: v for k, v in body.items() if k != "subscriptionId"}) == expected
    assert body["subscriptionId"] == subscription.subscription_id
    emulator.cut("bot1")
    heard.wait(is_ready(3))
    assert requests(emulator, SUBSCRIBE)[-1][1] == wire


def test_an_update_that_is_refused_changes_nothing(emulator, start, events):
    proxy = start(emulator, create_default_subscription=False)
    heard = events(proxy, ums.StateChanged)
    proxy.open().get(timeout=10)
    known = proxy.create_conversation_subscription({"stage": "OPEN"}).get(timeout=5)
    emulator.add_fault("reject", count=1, value={"code": 400, "type": UPDATE})
    with pytest.raises(ums.RequestRejected):
        proxy.update_conversation_subscription(known, {}).get(timeout=5)
    emulator.cut("bot1")
    heard.wait(is_ready(2))
    assert requests(emulator, SUBSCRIBE)[-1][1] == {"stage": ["OPEN"]}


def test_an_update_while_the_line_is_away_is_made_with_the_next_one(
    emulator, start, events
):
    proxy = start(emulator, create_default_subscription=False)
    heard = events(proxy, ums.StateChanged)
    proxy.open().get(timeout=10)
    known = proxy.create_conversation_subscription({"stage": "OPEN"}).get(timeout=5)
    emulator.add_fault("handshake", count=1, value=503)
    emulator.cut("bot1")
    heard.wait(lambda event: event.state == "BACKING_OFF")
    proxy.update_conversation_subscription(known, {}).get(timeout=10)
    assert requests(emulator, UPDATE) == []
    assert requests(emulator, SUBSCRIBE)[-1][1] == {}


def test_an_update_whose_line_is_lost_is_made_with_the_next_one(
    emulator, start, eventually
):
    proxy = start(emulator, create_default_subscription=False)
    proxy.open().get(timeout=10)
    known = proxy.create_conversation_subscription({"stage": "OPEN"}).get(timeout=5)
    emulator.add_fault("drop", count=1, value=UPDATE)
    updated = proxy.update_conversation_subscription(known, {})
    eventually(lambda: requests(emulator, UPDATE))
    emulator.cut("bot1")
    assert updated.get(timeout=10) is None
    assert len(requests(emulator, UPDATE)) == 1
    assert requests(emulator, SUBSCRIBE)[-1][1] == {}


def test_a_subscription_made_without_the_library_can_be_updated(emulator, start):
    proxy = start(emulator, create_default_subscription=False)
    proxy.open().get(timeout=10)
    raw = proxy._request_conversation_subscription().get(timeout=5)
    proxy.update_conversation_subscription(raw, {}).get(timeout=5)
    with pytest.raises(ums.RequestRejected):
        proxy.update_conversation_subscription("nobody's", {}).get(timeout=5)


def test_an_update_at_rest_or_with_a_bad_query_is_refused(emulator, start):
    proxy = start(emulator)
    proxy.open().get(timeout=10)
    known = proxy.create_conversation_subscription().get(timeout=5)
    with pytest.raises(ums.LocalProtocolError, match="ignores skills"):
        proxy.update_conversation_subscription(known, {"skill_id": "4"}).get(timeout=5)
    proxy.close().get(timeout=10)
    with pytest.raises(ums.ConnectionLost):
        proxy.update_conversation_subscription(known, {}).get(timeout=5)


def test_a_consumers_subscription_is_updated_under_the_short_name(emulator, start):
    proxy = start(emulator, kind=ums.ConsumerWebsocketConnection, auth=ums.Anonymous())
    proxy.open().get(timeout=10)
    known = proxy.create_conversation_subscription().get(timeout=5)
    proxy.update_conversation_subscription(known, {"stage": "OPEN"}).get(timeout=5)
    name = proxy.status().get(timeout=5).agent_id
    short = "cqm.UpdateExConversationSubscription"
    assert len(requests(emulator, short, user=name)) == 1


def test_no_query_means_the_consumers_own_default_wherever_it_is_given(emulator, start):
    proxy = start(emulator, kind=ums.ConsumerWebsocketConnection, auth=ums.Anonymous())
    proxy.open(wait_for_ready=True).get(timeout=10)
    user = proxy.status().get(timeout=5).agent_id
    made = proxy.create_conversation_subscription({"stage": ["OPEN"]}).get(timeout=5)
    proxy.update_conversation_subscription(made, None).get(timeout=5)
    proxy._request_conversation_subscription().get(timeout=5)
    names = "cqm.UpdateExConversationSubscription", "cqm.SubscribeExConversations"
    asked = [body["stage"] for _, body in requests(emulator, *names, user=user)]
    both = ["OPEN", "CLOSE"]
    assert asked == [both, ["OPEN"], both, both]


def test_every_property_of_a_query_reaches_the_wire(emulator, start):
    proxy = start(emulator)
    proxy.open().get(timeout=10)
    own = proxy.status().get(timeout=5).agent_id
    proxy.create_conversation_subscription(
        {
            "account_id": emulator.account,
            "agent_id": own.partition(".")[2],
            "consumer_id": "c",
            "conversation_id": "C",
            "state": "OPEN",
            "stage": ["OPEN", "CLOSE"],
            "dialog_type": "MAIN",
            "last_update_after": 1,
            "last_update_before": 2,
            "max_ettr": 3,
        }
    ).get(timeout=5)
    assert requests(emulator, SUBSCRIBE)[-1][1] == {
        "brandId": emulator.account,
        "agentIds": [own],
        "consumerId": "c",
        "conversationId": "C",
        "convState": ["OPEN"],
        "stage": ["OPEN", "CLOSE"],
        "dialogTypes": ["MAIN"],
        "minLastUpdatedTime": 1,
        "maxLastUpdatedTime": 2,
        "maxETTR": 3,
    }


def test_the_own_pid_in_the_default_query_is_resolved_after_the_login(emulator, start):
    proxy = start(emulator, create_default_subscription=False)
    proxy.open().get(timeout=10)
    kernel = proxy.actor_ref.actor_inbox.keep
    pid = kernel.ids.pid_of(kernel.own_id)
    assert pid
    again = start(
        emulator, "bot2", default_subscription_query={"agent_ids": [kernel.own_id]}
    )
    again.open().get(timeout=10)
    other = again.actor_ref.actor_inbox.keep
    own = other.ids.pid_of(other.own_id)
    third = start(emulator, "bot2", default_subscription_query={"agent_id": own})
    third.open().get(timeout=10)
    asked = requests(emulator, SUBSCRIBE, user="bot2")
    assert asked[-1][1] == {"agentIds": [other.own_id]}


def test_an_unknown_pid_in_the_default_query_is_told_of(emulator, start, events):
    nobody = "00000000-0000-5000-8000-000000000000"
    proxy = start(emulator, default_subscription_query={"agent_id": nobody})
    errors = events(proxy, ums.ErrorOccurred)
    proxy.open().get(timeout=10)
    error = errors.wait(lambda _: True)
    assert error.context == "subscription.refused"
    assert "is the PID of nobody" in str(error.error)
