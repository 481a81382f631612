from __future__ import annotations

import socket
import time

import pytest

import ums_actors as ums


def is_ready(generation: int):
    return lambda event: event.state == "READY" and event.generation >= generation


def test_it_opens_and_asks_the_time(either, start):
    proxy = start(either)
    proxy.open().get(timeout=10)
    assert abs(proxy.get_clock().get(timeout=5) / 1000 - time.time()) < 60
    status = proxy.status().get(timeout=5)
    assert (status.state, status.generation, status.logins) == ("READY", 1, 1)
    assert status.agent_id.startswith(f"{either.account}.")


def test_what_is_sent_before_open_waits_for_the_line(emulator, start):
    proxy = start(emulator)
    clock = proxy.get_clock()
    assert not clock.done()
    proxy.open()
    assert clock.get(timeout=10) > 0


def test_a_wrong_password_rejects_at_once_and_names_no_secret(emulator, start):
    proxy = start(emulator, auth=ums.PasswordLogin("bot1", "tell-nobody"))
    with pytest.raises(ums.AuthenticationRejected) as caught:
        proxy.open().get(timeout=10)
    assert "tell-nobody" not in str(caught.value) + repr(caught.value)
    assert proxy.status().get(timeout=5).state == "FAILED"
    with pytest.raises(ums.ConnectionLost) as refused:
        proxy.get_clock().get(timeout=5)
    assert refused.value.delivery is ums.Delivery.NOT_SENT


def test_an_unknown_account_says_so(emulator, start):
    proxy = start(emulator, account_id="999")
    with pytest.raises(ums.AuthenticationRejected, match="999"):
        proxy.open().get(timeout=10)


def test_a_network_that_is_down_keeps_trying_unless_told_to_fail_fast(start, emulator):
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))  # taken, but nobody listens
        proxy = start(emulator, csds=f"http://127.0.0.1:{deaf.getsockname()[1]}")
        with pytest.raises(ums.LoginError):
            proxy.open(fail_fast=True).get(timeout=10)
        with pytest.raises(TimeoutError):
            proxy.open(timeout=0.3).get(timeout=10)
        assert proxy.status().get(timeout=5).state not in ("CLOSED", "FAILED")


def test_a_url_without_tls_to_another_host_is_refused(emulator, start):
    with pytest.raises(ums.LocalProtocolError, match=r"http is for 127\.0\.0\.1"):
        start(emulator, csds="http://192.0.2.1")


@pytest.mark.parametrize(
    ("request_", "text"),
    [
        ({"body": {}}, "type"),
        ({"type": ".x", "bodies": {}}, "bodies"),
        ({"type": ".x", "body": {"a": object()}}, "JSON"),
        ("x", "mapping"),
    ],
)
def test_a_bad_request_is_the_callers_error(emulator, start, request_, text):
    proxy = start(emulator)
    proxy.open().get(timeout=10)
    with pytest.raises(ums.LocalProtocolError, match=text):
        proxy.send(request_).get(timeout=5)
    assert proxy.get_clock().get(timeout=5) > 0
    assert proxy.status().get(timeout=5).restarts == {}


def test_a_refusal_of_the_server_carries_code_and_sentence(emulator, start):
    proxy = start(emulator)
    proxy.open().get(timeout=10)
    with pytest.raises(ums.RequestRejected) as caught:
        proxy.send({"type": ".no.such.Request", "body": {}}).get(timeout=5)
    assert caught.value.code == 400
    assert isinstance(caught.value.body, str)
    assert caught.value.delivery is ums.Delivery.ANSWERED


def test_no_answer_in_time_is_unknown_delivery(emulator, start):
    proxy = start(emulator)
    proxy.open().get(timeout=10)
    emulator.add_fault("drop", count=1, value=".GetClock")
    with pytest.raises(ums.RequestTimedOut) as caught:
        proxy.send({"type": ".GetClock"}, timeout=0.2).get(timeout=5)
    assert caught.value.delivery is ums.Delivery.UNKNOWN
    assert isinstance(caught.value, TimeoutError)


def test_nobody_waits_for_ever_for_a_line(emulator, start):
    proxy = start(emulator, options={"queue_timeout": 0.2})
    with pytest.raises(ums.RequestTimedOut) as caught:
        proxy.get_clock().get(timeout=5)
    assert caught.value.delivery is ums.Delivery.NOT_SENT


def test_the_queue_is_bounded(emulator, start):
    proxy = start(emulator, options={"queue_limit": 2})
    futures = [proxy.get_clock() for _ in range(3)]
    with pytest.raises(ums.Overloaded):
        futures[2].get(timeout=5)
    proxy.open().get(timeout=10)
    assert all(future.get(timeout=5) > 0 for future in futures[:2])


@pytest.mark.parametrize("fault", ["cut", "close", "expire"])
def test_a_dropped_line_comes_back(either, start, events, fault):
    proxy = start(either)
    states = events(proxy, ums.StateChanged)
    proxy.open().get(timeout=10)
    logins = proxy.status().get(timeout=5).logins
    if fault == "cut":
        assert either.cut("bot1") == 1
    elif fault == "close":
        assert either.close_sockets(4401, "bot1") == 1
    else:
        either.expire_tokens("bot1")
        either.cut("bot1")
    states.wait(is_ready(2))
    assert proxy.get_clock().get(timeout=5) > 0
    status = proxy.status().get(timeout=5)
    assert status.logins == (logins if fault == "cut" else logins + 1)
    assert either.state()["sockets"] == 1


def test_requests_in_flight_fail_at_the_drop_not_at_their_timeout(emulator, start):
    proxy = start(emulator)
    proxy.open().get(timeout=10)
    emulator.add_fault("drop", count=1, value=".ams.userprofile.GetUserProfile")
    doomed = proxy.send(
        {"type": ".ams.userprofile.GetUserProfile", "body": {}}, timeout=3600
    )
    proxy.get_clock().get(timeout=5)  # behind it on the wire: it has been written
    emulator.cut("bot1")
    with pytest.raises(ums.ConnectionLost) as caught:
        doomed.get(timeout=10)
    assert caught.value.delivery is ums.Delivery.UNKNOWN


def test_a_request_that_may_be_done_twice_is_sent_again(emulator, start):
    proxy = start(emulator)
    proxy.open().get(timeout=10)
    emulator.add_fault("drop", count=1, value=".GetClock")
    clock = proxy.get_clock()
    proxy.send({"type": ".ams.userprofile.GetUserProfile", "body": {}}).get(timeout=5)
    emulator.cut("bot1")
    assert clock.get(timeout=10) > 0


@pytest.mark.parametrize("child", ["socket", "correlator", "token"])
def test_a_crash_of_a_child_is_survived(either, start, events, child):
    proxy = start(either)
    states = events(proxy, ums.StateChanged)
    proxy.open().get(timeout=10)
    proxy.child(child).get(timeout=5).tell(object())
    if child == "token":
        assert proxy.get_token().get(timeout=10)
        assert proxy.status().get(timeout=5).generation == 1  # the line is healthy
    else:
        states.wait(is_ready(2))
    assert proxy.get_clock().get(timeout=5) > 0
    assert proxy.status().get(timeout=5).restarts == {child: 1}


@pytest.mark.parametrize("child", ["socket", "correlator", "token"])
def test_a_child_that_crashes_on_and_on_fails_the_connection(emulator, start, child):
    proxy = start(emulator, options={"restart_intensity": 2})
    proxy.open().get(timeout=10)
    ref = proxy.child(child).get(timeout=5)
    for _ in range(3):
        ref.tell(object())
    history = proxy.wait_closed().get(timeout=10)
    assert any(child in line for line in history)
    with pytest.raises(ums.ConnectionLost) as caught:
        proxy.get_clock().get(timeout=5)
    assert isinstance(caught.value.__cause__, ums.RestartBudgetExhausted)
    assert caught.value.__cause__.child == child
    proxy.open().get(timeout=10)  # a user may try again, with a fresh budget
    assert proxy.get_clock().get(timeout=5) > 0


def test_one_crash_of_the_supervisor_is_survived_and_a_second_fails(
    emulator, start, events
):
    proxy = start(emulator)
    proxy.open().get(timeout=10)
    supervisor = proxy.child("supervisor").get(timeout=5)
    supervisor.tell(object())
    assert proxy.get_clock().get(timeout=5) > 0
    emulator.cut("bot1")
    states = events(proxy, ums.StateChanged)
    states.wait(is_ready(2))
    supervisor.tell(object())
    proxy.wait_closed().get(timeout=10)
    assert proxy.status().get(timeout=5).state == "FAILED"


def test_a_crash_of_the_root_keeps_the_address_and_the_line(emulator, start):
    proxy = start(emulator)
    proxy.open().get(timeout=10)
    proxy.subscribe.defer(object())  # a bad target, told: a crash
    assert proxy.get_clock().get(timeout=5) > 0
    assert proxy.status().get(timeout=5).generation == 1


def test_a_half_open_peer_is_found_by_the_pong_deadline(emulator, start, events):
    proxy = start(emulator, options={"ping_interval": 0.1, "pong_timeout": 0.3})
    states = events(proxy, ums.StateChanged)
    proxy.open().get(timeout=10)
    assert emulator.freeze("bot1") == 1
    lost = states.wait(lambda event: event.state == "BACKING_OFF")
    assert "silent" in lost.reason
    states.wait(is_ready(2))


def test_close_is_idempotent_and_open_works_again(either, start):
    proxy = start(either)
    proxy.open().get(timeout=10)
    proxy.close().get(timeout=10)
    proxy.close().get(timeout=10)
    assert proxy.status().get(timeout=5).state == "CLOSED"
    with pytest.raises(ums.ConnectionLost):
        proxy.get_clock().get(timeout=5)
    opened = proxy.open()
    assert proxy.get_clock().get(timeout=10) > 0
    opened.get(timeout=10)


@pytest.mark.parametrize("when", ["new", "authenticating", "backing off"])
def test_close_works_from_any_state(emulator, start, when):
    proxy = start(emulator)
    if when == "authenticating":
        emulator.add_fault("login", count=1, value={"delay": 1.0})
        proxy.open()
    elif when == "backing off":
        emulator.add_fault("handshake", count=50, value=502)
        proxy.open()
    proxy.close().get(timeout=5)
    assert proxy.status().get(timeout=5).state == "CLOSED"


def test_an_unmaintained_connection_stays_down(emulator, start):
    proxy = start(emulator, options={"maintain_connection": False})
    proxy.open().get(timeout=10)
    emulator.cut("bot1")
    proxy.wait_closed().get(timeout=10)
    assert proxy.status().get(timeout=5).state == "CLOSED"


def test_a_server_error_at_login_is_tried_again(emulator, start):
    emulator.add_fault("handshake", count=2, value=502)
    proxy = start(emulator)
    proxy.open().get(timeout=15)
    assert proxy.status().get(timeout=5).logins == 1


def test_a_401_answer_is_rejected_to_its_caller_and_the_token_is_looked_at_once(
    emulator, start
):
    proxy = start(emulator)
    proxy.open().get(timeout=10)
    emulator.add_fault("reject", count=2, value={"code": 401, "type": ".GetClock"})
    for _ in range(2):
        with pytest.raises(ums.RequestRejected):
            proxy.get_clock().get(timeout=5)
    proxy.get_clock().get(timeout=5)
    proxy.get_token().get(timeout=5)
    status = proxy.status().get(timeout=5)
    assert (status.state, status.generation) == ("READY", 1)
    assert emulator.state()["refreshes"] <= 1


def test_the_agent_state_is_set_again_on_the_next_line(emulator, start, events):
    proxy = start(emulator)
    states = events(proxy, ums.StateChanged)
    proxy.open().get(timeout=10)
    proxy.set_agent_state(ums.AgentState.ONLINE).get(timeout=5)
    assert emulator.state()["agent_states"]["bot1"] == "ONLINE"
    emulator.cut("bot1")
    states.wait(is_ready(2))
    sent = [
        entry["frame"]["body"]["availability"]
        for entry in emulator.log("bot1")
        if entry["dir"] == "in"
        and entry["frame"].get("type") == ".ams.routing.SetAgentState"
    ]
    assert sent == ["ONLINE", "ONLINE"]


def test_no_token_in_any_log_or_error(emulator, start, caplog):
    caplog.set_level("DEBUG")
    proxy = start(emulator)
    proxy.open().get(timeout=10)
    token = proxy.get_token().get(timeout=5)
    emulator.add_fault("handshake", count=2, value=502)
    emulator.cut("bot1")
    proxy.wait_ready().get(timeout=10)
    status = proxy.status().get(timeout=5)
    assert token not in caplog.text + repr(status)


def test_protected_methods_are_admitted_and_hidden_ones_are_not(emulator, start):
    proxy = start(emulator)
    proxy.open().get(timeout=10)
    assert proxy._request_conversation_subscription().get(timeout=5)
    first = proxy.get_token().get(timeout=5)
    proxy._on_auth_invalid_error().get(timeout=5)
    assert proxy.get_token().get(timeout=5) != first
    with pytest.raises(AttributeError):
        proxy._make_kernel  # noqa: B018


def test_a_subclass_may_tap_the_receive_path(emulator, start):
    class Tapped(ums.BrandWebsocketConnection):
        def _on_ums_message(self, data):
            taps.append(bytes(data))
            super()._on_ums_message(data)

    taps: list[bytes] = []
    proxy = start(emulator, kind=Tapped)
    proxy.open().get(timeout=10)
    assert proxy.get_clock().get(timeout=5) > 0
    assert any(b"currentTime" in frame for frame in taps)


def test_two_connections_share_a_runtime(emulator, start):
    one, two = start(emulator), start(emulator, "bot2")
    one.open().get(timeout=10)
    two.open().get(timeout=10)
    emulator.cut("bot1")
    assert two.get_clock().get(timeout=5) > 0
    assert two.status().get(timeout=5).generation == 1


def test_stopping_closes_first_and_answers_all(emulator, start, runtime):
    proxy = start(emulator)
    proxy.open().get(timeout=10)
    emulator.add_fault("drop", count=1, value=".GetClock")
    doomed = proxy.send({"type": ".GetClock"}, timeout=3600)
    assert proxy.actor_ref.stop(timeout=10)
    with pytest.raises(ums.ConnectionLost):
        doomed.get(timeout=5)
    assert emulator.state()["sockets"] == 0
