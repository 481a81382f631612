"""What a connection tells: one test an event, named after it."""

from __future__ import annotations

import json
import logging
import os
import queue

import pytest

import ums_actors as ums
from ums_actors.actors import child_subscriptions
from ums_actors.actors.announce import adopt
from ums_actors.actors.delivery import deliver
from ums_actors.actors.departure import Departure
from ums_actors.core.tracked import Missed

MESSAGES = ".ams.ms.OnlineEventDistribution"


@pytest.fixture
def opened(emulator, start, heard):
    def make(**more):
        proxy = start(emulator, **more)
        proxy.open(wait_for_ready=True).get(timeout=10)
        return proxy

    return make


class Source:
    """A source whose token is not one of the emulator's."""

    def login(self, timeout):
        return ums.Session(token=ums.Secret("t"), user_id="1")

    def refresh(self, session, timeout):
        return None

    def logout(self, session, timeout):
        raise ums.LoginError("no answer", step="login")

    def close(self):
        pass


def frame(kind, body):
    return json.dumps({"kind": "notification", "type": kind, "body": body})


def reject(emulator, code, kind, count=1):
    emulator.add_fault("reject", count=count, value={"code": code, "type": kind})


def test_connection_state(opened, heard):
    opened()
    told = heard.wait("connection.state")
    assert (told["state"], told["previous"]) == ("READY", "RESTORING")


def test_connection_exit(opened, emulator, heard):
    opened()
    emulator.cut("bot1")
    told = heard.wait("connection.exit")
    assert (told["who"], told["verdict"]) == ("line", "RETRY")


def test_snapshot_cut(emulator, opened, heard):
    emulator.open_conversations(1_200, apart=1_000)
    opened()
    told = heard.wait("snapshot.cut")
    assert (told["changes"], told["child"], told["why"]) == (1000, True, "")
    assert told["threshold"] == 900
    opened(user="bot2", options={"limit_break": False})
    (level,) = {
        level
        for name, level, fields in heard.all
        if name == "snapshot.cut" and not fields["child"]
    }
    assert level == logging.WARNING


def test_snapshot_child_failed(emulator, opened, heard, monkeypatch):
    emulator.open_conversations(1_200, apart=1_000)
    monkeypatch.setattr(child_subscriptions, "read_subscription_id", _no_id)
    opened()
    told = heard.wait("snapshot.child_failed")
    assert told["reason"] == "there is no id"
    assert told["subscription_id"]


def test_snapshot_child_stays(emulator, opened, heard):
    emulator.open_conversations(1_200, apart=1_000)
    unsubscribe = ".ams.aam.UnsubscribeExConversations"
    emulator.add_fault("reject", value={"code": 400, "type": unsubscribe})
    opened()
    told = heard.wait("snapshot.child_stays")
    assert told["subscription_id"]


def _no_id(_):
    raise ums.RemoteProtocolError("there is no id")


def test_what_a_connection_tells_says_of_which_connection_and_line(
    opened, emulator, heard, events
):
    def broken(_):
        raise ValueError("broken")

    proxy = opened()
    connection = proxy.status().get(timeout=5).connection_id
    states = events(proxy, ums.StateChanged)
    emulator.cut("bot1")
    states.wait(lambda event: event.state == "READY")
    proxy.subscribe(broken, ums.ErrorOccurred).get(timeout=5)
    proxy.child("token").get(timeout=5).tell("what a token actor does not know")
    emulator.add_fault("malformed", count=1, value="text")
    emulator.open_conversation()
    for event, line in (
        ("connection.state", 2),
        ("actor.crashed", 2),
        ("connection.exit", 2),
        ("frame.undecodable", 2),
        ("subscriber.failed", 2),
    ):
        told = heard.wait(event)
        assert (told["connection"], told["generation"]) == (connection, line), event


def test_an_exit_names_the_kind_of_its_reason(opened, emulator, heard):
    proxy = opened()
    emulator.close_sockets(1012, "bot1")
    assert heard.wait("connection.exit")["kind"] == "LineClosed"
    proxy.child("token").get(timeout=5).tell("what a token actor does not know")
    heard.wait("actor.crashed")
    told = heard.wait("connection.exit")
    assert (told["who"], told["kind"]) == ("token", "LocalProtocolError")


def test_of_many_failures_some_are_told_and_say_how_many_were_held_back(
    opened, heard, eventually
):
    proxy = opened()

    def held():
        proxy._on_ums_message(frame(MESSAGES, 5)).get(timeout=5)
        return any("held_back" in told for _, _, told in heard.all)

    for _ in range(40):
        held()
    eventually(held)
    heard.wait("notification.failed")


def test_connection_close_failed(runtime, eventually, caplog):
    def broken():
        raise ValueError("broken")

    source = Source()
    source.logout = lambda session, timeout: None
    departure = Departure(runtime, runtime.next_loop(), source)
    departure.closers.append(broken)
    with caplog.at_level(logging.ERROR, "ums_actors"):
        departure.close()
    [record] = caplog.records
    assert record.getMessage() == "connection.close_failed"
    assert record.exc_info[0] is ValueError


def test_connection_tls_not_verified(emulator, start, heard):
    start(emulator, ca_file=None, options={"verify_tls": False})
    told = heard.wait("connection.tls_not_verified")
    assert (told["account"], told["generation"]) == (emulator.account, 0)


def test_connection_plain_allowed(emulator, start, heard):
    start(emulator, options={"allow_plain": True})
    assert heard.wait("connection.plain_allowed")["account"] == emulator.account


def test_identity_changed(opened, heard):
    proxy = opened()
    cell = proxy.actor_ref.actor_inbox
    other = ums.Session(token=ums.Secret("t"), user_id="somebody-else")
    cell.loop.call_soon(lambda: adopt(cell.keep, other))
    told = heard.wait("identity.changed")
    assert told["current"].endswith("somebody-else")
    assert told["previous"] != told["current"]


def test_token_invalidated(opened, emulator, heard):
    opened()
    emulator.close_sockets(4401, "bot1")
    assert "4401" in heard.wait("token.invalidated")["source"]


def test_token_refresh_failed(opened, emulator, heard):
    proxy = opened()
    emulator.add_fault("refresh", count=1, value=500)
    with pytest.raises(ums.LoginError):
        proxy.refresh_token().get(timeout=10)
    assert "500" in heard.wait("token.refresh_failed")["reason"]


def test_token_logout_failed(emulator, start, heard):
    proxy = start(emulator, auth=Source())
    proxy.get_token().get(timeout=5)
    proxy.actor_ref.stop(timeout=10)
    assert heard.wait("token.logout_failed")["reason"] == "no answer"


def test_request_too_many(opened, emulator, heard):
    proxy = opened()
    reject(emulator, 429, ".GetClock")
    proxy.get_clock().get(timeout=10)
    assert heard.wait("request.too_many")["window"] >= 1


def test_shift_status_failed(opened, emulator, heard):
    emulator.add_fault("shift-status", count=1, value=503)
    opened(poll_shift_status=True)
    assert "503" in heard.wait("shift_status.failed")["reason"]


def test_subscription_refused(emulator, start, heard):
    reject(emulator, 403, ".ams.aam.SubscribeExConversations")
    start(emulator).open().get(timeout=10)
    told = heard.wait("subscription.refused")
    assert (told["code"], "403" in told["reason"]) == (403, True)


def test_agent_state_refused(opened, emulator, heard, events):
    proxy = opened()
    states = events(proxy, ums.StateChanged)
    proxy.set_agent_state("ONLINE").get(timeout=5)
    reject(emulator, 403, ".ams.routing.SetAgentState")
    emulator.cut("bot1")
    states.wait(lambda event: event.state == "READY")
    assert heard.wait("agent_state.refused")["code"] == 403


def test_catch_up_failed(opened, emulator, heard):
    proxy = opened()
    dialog = emulator.open_conversation(assign="bot1").conversation_id
    reject(emulator, 403, ".ams.ms.QueryMessages", 9)
    with pytest.raises(ums.RequestRejected):
        proxy.catch_up(dialog).get(timeout=10)
    assert heard.wait("catch_up.failed")["dialog_id"] == dialog


def test_messages_refused(opened, emulator, heard):
    consumer = opened(kind=ums.ConsumerWebsocketConnection, auth=ums.Anonymous())
    reject(emulator, 403, "ms.SubscribeMessagingEvents")
    consumer.create_conversation().get(timeout=5)
    assert heard.wait("messages.refused")["code"] == 403


def test_messages_missed(opened, heard):
    proxy = opened()
    cell = proxy.actor_ref.actor_inbox
    missed = Missed("C", "D", 3, 5, ums.LoginError("no answer"))
    cell.loop.call_soon(lambda: deliver(cell.keep, [missed]))
    told = heard.wait("messages.missed")
    assert (told["dialog_id"], told["first"], told["last"]) == ("D", 3, 5)
    history = proxy.status().get(timeout=5).history
    assert any("messages.missed" in line for line in history)


def test_frame_undecodable(opened, emulator, heard):
    opened()
    emulator.add_fault("malformed", count=1, value="text")
    emulator.open_conversation()
    assert heard.wait("frame.undecodable")["reason"]


def test_frame_tap_failed(emulator, start, heard):
    class Tapped(ums.BrandWebsocketConnection):
        def _on_ums_message(self, data):
            super()._on_ums_message(data)
            raise KeyError("a user's bug")

    start(emulator, kind=Tapped).open().get(timeout=10)
    assert isinstance(heard.wait("frame.tap_failed")["error"], KeyError)


def test_notification_failed(opened, heard):
    opened()._on_ums_message(frame(MESSAGES, 5)).get(timeout=5)
    assert heard.wait("notification.failed")["notification_type"] == MESSAGES


def test_outbox_failed(emulator, start, heard, tmp_path):
    outbox = ums.Outbox(tmp_path / "no" / "where.db")
    start(emulator, outbox=outbox).open().get(timeout=10)
    assert "cannot be opened" in heard.wait("outbox.failed")["reason"]


def test_subscriber_overflow(opened, heard):
    proxy = opened(options={"subscriber_limit": 1})
    proxy.subscribe(queue.Queue(), ums.StateChanged).get(timeout=5)
    proxy.close().get(timeout=10)
    proxy.open().get(timeout=10)
    assert heard.wait("subscriber.overflow")["limit"] == 1


def test_subscriber_filter_failed(opened, heard):
    def broken(event):
        raise ValueError("broken")

    proxy = opened()
    proxy.subscribe(queue.Queue(), ums.StateChanged, where=broken).get(timeout=5)
    proxy.close().get(timeout=10)
    assert str(heard.wait("subscriber.filter_failed")["error"]) == "broken"


def test_status_command(opened, heard, eventually):
    proxy = opened()
    kernel = proxy.actor_ref.actor_inbox.keep
    kernel.loop.call_soon(kernel.inspection.reconnect)
    assert heard.wait("status.command")["command"] == "reconnect"


def test_loop_handler_failed(runtime, caplog, eventually):
    def broken(*_):
        os.read(reading, 1)
        raise ValueError("broken")

    reading, writing = os.pipe()
    loop = runtime.next_loop()
    loop.call_soon(lambda: loop.watch(reading, 1, broken))
    with caplog.at_level(logging.ERROR, "ums_actors"):
        os.write(writing, b"x")
        eventually(lambda: caplog.records)
    assert caplog.records[0].getMessage() == "loop.handler_failed"
    loop.call_soon(lambda: loop.unwatch(reading))
    loop.call_soon(lambda: [os.close(each) for each in (reading, writing)])
