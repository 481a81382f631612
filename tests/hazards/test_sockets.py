from __future__ import annotations

import pytest

import ums_actors as ums

SUBSCRIBE = ".ams.aam.SubscribeExConversations"

LINES = {400: 2, 403: 2, 429: 2, 500: 3, 503: 3}
"""The line that serves when a subscription on the second was refused so once."""

BAD_FRAMES = {
    "reserved bits": b"\xf1\x02{}",
    "unknown opcode": b"\x83\x00",
    "masked": b"\x81\x80\x00\x00\x00\x00",
    "close code 1005": b"\x88\x02\x03\xed",
    "close code 999": b"\x88\x02\x03\xe7",
    "close of one byte": b"\x88\x01\x03",
    "no UTF-8": b"\x81\x02\xc3\x28",
}


def status(proxy):
    return proxy.status().get(timeout=5)


# -- 1: a protocol error on the socket


@pytest.mark.parametrize("code", [1004, 1005, 1006, 1015, 4999])
def test_a_close_code_that_may_not_be_is_a_drop_like_any_other(
    either, opened, events, code
):
    proxy = opened(either)
    states = events(proxy, ums.StateChanged)
    assert either.close_sockets(code, "bot1") == 1
    states.ready(2)
    assert proxy.get_clock().get(timeout=5) > 0
    assert status(proxy).logins == 1
    proxy.close().get(timeout=5)
    assert status(proxy).state == "CLOSED"


@pytest.mark.parametrize("name", BAD_FRAMES)
def test_a_bad_frame_ends_its_line_and_the_next_one_serves(
    emulator, relay, opened, events, name
):
    between = relay(emulator)
    proxy = opened(emulator, domains={"facadeMsg": between.address})
    states = events(proxy, ums.StateChanged)
    between.say(BAD_FRAMES[name])
    states.ready(2)
    assert proxy.get_clock().get(timeout=5) > 0
    assert status(proxy).restarts == {}
    proxy.close().get(timeout=5)
    assert status(proxy).state == "CLOSED"
    assert emulator.state()["sockets"] == 0


# -- 5: one refused re-subscription


@pytest.mark.parametrize("code", LINES)
def test_a_refused_subscription_costs_no_socket_and_not_the_other_subscriptions(
    emulator, opened, events, requests, code
):
    proxy = opened(emulator)
    states = events(proxy, ums.StateChanged)
    changed = events(proxy, ums.ConversationChanged)
    query = {"state": ["OPEN"], "stage": ["OPEN"]}
    proxy.create_conversation_subscription(query, wait_for_ready=True).get(timeout=5)
    before = len(requests(emulator, SUBSCRIBE))
    emulator.add_fault("reject", count=1, value={"code": code, "type": SUBSCRIBE})
    emulator.cut("bot1")
    told = states.ready(2)
    assert told.generation == LINES[code]
    assert states.rest() == []  # nothing tries again behind its back
    assert emulator.state()["sockets"] == 1
    assert len(requests(emulator, SUBSCRIBE)) <= before + 3
    opened_one = emulator.open_conversation(text="hello")
    changed.wait(lambda e: e.conversation_id == opened_one.conversation_id)
    proxy.close().get(timeout=5)
    assert emulator.state()["sockets"] == 0


@pytest.mark.parametrize("value", ["refused", "unanswered"])
def test_a_line_that_cannot_be_introduced_is_closed_before_the_next_attempt(
    emulator, consumer, value
):
    emulator.add_fault("init", count=2, value=value)
    proxy = consumer(emulator, handshake="init", options={"request_timeout": 0.2})
    assert proxy.get_clock().get(timeout=5) > 0
    state = emulator.state()
    assert (state["consumer_sockets"], state["handshakes"]) == (1, 3)


@pytest.mark.parametrize("code", [1000, 1011, 4401])
def test_a_line_that_is_closed_while_it_is_restored_leaves_nothing_behind(
    emulator, start, code
):
    emulator.add_fault("close", count=2, value={"code": code, "on": SUBSCRIBE})
    proxy = start(emulator)
    proxy.open().get(timeout=10)
    assert proxy.get_clock().get(timeout=5) > 0
    state = emulator.state()
    assert (state["sockets"], state["handshakes"]) == (1, 3)


# -- 6: no time limits


@pytest.mark.parametrize("step", ["csds", "login", "handshake"])
def test_a_silent_step_ends_with_its_deadline_and_is_tried_again(emulator, start, step):
    emulator.add_fault(step, count=1, value=0)
    limits = {"connect_timeout": 0.3, "login_timeout": 0.3}
    proxy = start(emulator, options=limits)
    proxy.open(timeout=10).get(timeout=10)
    assert proxy.get_clock().get(timeout=5) > 0


@pytest.mark.parametrize("step", ["csds", "login", "handshake"])
def test_closing_does_not_wait_for_a_silent_step(emulator, start, events, step):
    emulator.add_fault(step, value=0)
    limits = {"connect_timeout": 3600, "login_timeout": 3600, "close_timeout": 0.5}
    proxy = start(emulator, options=limits)
    states = events(proxy, ums.StateChanged)
    opening = proxy.open()
    wanted = "CONNECTING" if step == "handshake" else "AUTHENTICATING"
    states.wait(lambda event: event.state == wanted)
    proxy.close().get(timeout=5)
    assert status(proxy).state == "CLOSED"
    with pytest.raises(ums.ConnectionLost):
        opening.get(timeout=5)


def test_open_ends_when_its_caller_wants_it_to_and_the_attempts_go_on(emulator, start):
    emulator.add_fault("handshake", value=0)
    proxy = start(emulator, options={"connect_timeout": 0.2})
    with pytest.raises(TimeoutError):
        proxy.open(timeout=0.1).get(timeout=5)
    emulator.clear_faults()
    proxy.wait_ready().get(timeout=10)
    assert status(proxy).state == "READY"


def test_many_silent_logins_do_not_hold_up_the_end_of_the_program(emulator, start):
    emulator.add_fault("login", value=0)
    for _ in range(9):  # more than there are workers for logins
        start(emulator, options={"login_timeout": 3600}).open()
    # that all threads end soon is what the runtime's fixture sees to
