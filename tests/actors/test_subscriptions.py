from __future__ import annotations

import pytest

import ums_actors as ums

SUBSCRIBE = ".ams.aam.SubscribeExConversations"


def test_a_subscription_that_is_refused_for_now_fails_at_once_and_is_forgotten(
    emulator, start
):
    proxy = start(emulator)
    proxy.open().get(timeout=10)
    emulator.add_fault("reject", count=1, value={"code": 503, "type": SUBSCRIBE})
    with pytest.raises(ums.RequestRejected):
        proxy.create_conversation_subscription().get(timeout=5)
    kernel = proxy.actor_ref.actor_inbox.keep
    assert list(kernel.subscriptions) == ["default"]


def test_a_subscription_asked_for_while_restoring_is_made_on_this_line(
    emulator, start, eventually
):
    proxy = start(emulator)
    emulator.add_fault("delay", value={"seconds": 0.3, "types": SUBSCRIBE})
    opened = proxy.open()
    kernel = proxy.actor_ref.actor_inbox.keep
    eventually(lambda: kernel.session.state == "RESTORING")
    assert proxy.create_conversation_subscription().get(timeout=5)
    opened.get(timeout=5)
    assert proxy.status().get(timeout=5).generation == 1


def test_a_subscription_ends_by_its_first_id_also_on_a_later_line(
    emulator, start, events
):
    proxy = start(emulator)
    states = events(proxy, ums.StateChanged)
    proxy.open().get(timeout=10)
    first = proxy.create_conversation_subscription().get(timeout=5)
    emulator.cut("bot1")
    states.wait(lambda event: event.state == "READY" and event.generation == 2)
    proxy.unsubscribe_conversations(first).get(timeout=5)
    kernel = proxy.actor_ref.actor_inbox.keep
    assert list(kernel.subscriptions) == ["default"]


def test_a_subscription_that_was_late_is_not_made_behind_its_makers_back(
    emulator, start
):
    proxy = start(emulator, options={"queue_timeout": 0.1, "request_timeout": 0.1})
    with pytest.raises(ums.RequestTimedOut):
        proxy.create_conversation_subscription().get(timeout=5)
    kernel = proxy.actor_ref.actor_inbox.keep
    assert list(kernel.subscriptions) == ["default"]
