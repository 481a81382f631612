from __future__ import annotations

import logging
import pickle
import re

import pytest

import ums_actors as ums
from ums_actors.core.recorder import LIMIT
from ums_actors.emulator import password_of

LINE = re.compile(r"\d+\.\d{3} s: \S.*")


def texts(history):
    assert all(LINE.fullmatch(line) for line in history)
    return [line.partition(" s: ")[2] for line in history]


def ready(generation):
    return lambda event: event.state == "READY" and event.generation >= generation


def test_it_keeps_calls_logins_transitions_subscriptions_and_exits(
    emulator, start, events, eventually
):
    proxy = start(emulator)
    states = events(proxy, ums.StateChanged)
    proxy.open(wait_for_ready=True).get(timeout=10)
    proxy.refresh_token().get(timeout=10)
    emulator.close_sockets(4401, "bot1")
    states.wait(ready(2))
    proxy.reconnect_now().get(timeout=5)
    eventually(lambda: "login succeeded" in texts(history(proxy))[8:])
    proxy.close().get(timeout=10)
    told = texts(history(proxy))
    found = [
        next(at for at, text in enumerate(told) if text.startswith(beginning))
        for beginning in (
            "open(fail_fast=False) was called",
            "NEW → AUTHENTICATING (line 1)",
            "login succeeded",
            "AUTHENTICATING → CONNECTING (line 1)",
            "CONNECTING → RESTORING (line 1)",
            "subscription was made: conversations, ",
            "RESTORING → READY (line 1)",
            "refresh succeeded",
            "exit of line: RENEW_TOKEN, again in ",
            "READY → BACKING_OFF (line 1)",
            "token.invalidated source=the peer closed the line with code 4401",
            "BACKING_OFF → AUTHENTICATING (line 2)",
            "reconnect_now() was called",
            "close() was called",
            "exit of line: STOP, nothing follows: ",
            "CLOSING → CLOSED (line 2)",
        )
    ]
    assert found == sorted(found)


def history(proxy):
    return proxy.status().get(timeout=5).history


def test_it_is_given_to_who_waits_for_the_end_and_to_who_asks_afterwards(
    emulator, start
):
    proxy = start(emulator)
    proxy.open().get(timeout=10)
    waiting = proxy.wait_closed()
    proxy.close().get(timeout=10)
    for told in (waiting.get(timeout=10), proxy.wait_closed().get(timeout=5)):
        assert isinstance(told, tuple)
        assert any("was called" in text for text in texts(told))
        assert any("CLOSING → CLOSED" in text for text in texts(told))


def test_the_error_of_a_connection_that_failed_carries_it(emulator, start):
    emulator.add_fault("login", value=401)
    proxy = start(emulator)
    with pytest.raises(ums.AuthenticationRejected) as caught:
        proxy.open().get(timeout=10)
    told = texts(caught.value.history)
    assert told[0] == "open(fail_fast=False) was called"
    assert told[-2].startswith("exit of attempt: GIVE_UP, nothing follows: ")
    assert told[-1] == "AUTHENTICATING → FAILED (line 1)"
    assert pickle.loads(pickle.dumps(caught.value)).history == caught.value.history
    with pytest.raises(ums.ConnectionLost) as refused:
        proxy.get_clock().get(timeout=5)
    assert refused.value.__cause__.history == caught.value.history


def test_an_outage_that_lasts_too_long_says_what_happened(emulator, start):
    emulator.add_fault("handshake", value=502)
    proxy = start(emulator, options={"max_outage": 0.2})
    with pytest.raises(ums.UMSError) as caught:
        proxy.open().get(timeout=10)
    assert any("HTTP status 502" in text for text in texts(caught.value.history))


def test_an_error_of_an_open_connection_has_no_history(emulator, start):
    proxy = start(emulator)
    proxy.open().get(timeout=10)
    with pytest.raises(ums.RequestRejected) as caught:
        proxy.send({"type": ".NoSuchRequest", "body": {}}).get(timeout=10)
    assert caught.value.history == ()


@pytest.mark.parametrize("child", ["token", "correlator", "socket", "supervisor"])
def test_the_log_of_a_crash_carries_it(emulator, start, caplog, eventually, child):
    proxy = start(emulator)
    proxy.open().get(timeout=10)
    with caplog.at_level(logging.ERROR, "ums_actors"):
        proxy.child(child).get(timeout=5).tell(object())
        eventually(lambda: any(r.msg == "actor.crashed" for r in caplog.records))
    [record] = [r for r in caplog.records if r.msg == "actor.crashed"]
    told = texts(record.ums_history)
    assert any("RESTORING → READY" in text for text in told)
    assert told[-1].startswith("actor.crashed: ")
    assert "crashed by LocalProtocolError" in told[-1]


def test_the_log_of_a_crash_of_the_root_carries_it_too(
    emulator, start, caplog, eventually
):
    proxy = start(emulator)
    proxy.open().get(timeout=10)
    with caplog.at_level(logging.ERROR, "ums_actors"):
        proxy.subscribe.defer(object())  # a bad target, told: a crash
        eventually(lambda: any(r.msg == "actor.crashed" for r in caplog.records))
    [record] = [r for r in caplog.records if r.msg == "actor.crashed"]
    assert any("READY" in text for text in texts(record.ums_history))


def test_it_stays_bounded_and_holds_neither_secrets_nor_what_was_said(
    emulator, start, events
):
    proxy = start(emulator)
    messages = events(proxy, ums.MessageReceived)
    proxy.open(wait_for_ready=True).get(timeout=10)
    token = proxy.get_token().get(timeout=5)
    opened = emulator.open_conversation(text="a-secret-sentence", assign="bot1")
    messages.wait(lambda event: event.text == "a-secret-sentence")
    proxy.send_text(opened.conversation_id, "another-sentence").get(timeout=5)
    for _ in range(LIMIT):
        proxy.reconnect_now().get(timeout=5)
        proxy.refresh_token().get(timeout=10)
    told = history(proxy)
    assert len(told) == LIMIT
    shown = repr(told)
    for secret in (str(token), password_of("bot1"), "sentence"):
        assert secret not in shown
