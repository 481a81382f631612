"""What becomes of REST calls when something goes wrong."""

from __future__ import annotations

import contextlib
import socket

import pytest

import ums_actors as ums
from ums_actors import requests
from ums_actors.actors.correlator import CorrelatorActor
from ums_actors.actors.rest import carrier
from ums_actors.cluster.permit import Permit
from ums_actors.emulator.http.rest.service import LOOK, PUBLISH, QUERY, UPDATE
from ums_actors.testing.clock import VirtualClock

NOT_SENT, UNKNOWN, ANSWERED = (
    ums.Delivery.NOT_SENT,
    ums.Delivery.UNKNOWN,
    ums.Delivery.ANSWERED,
)


def texts(emulator, conversation):
    return [each["event"]["message"] for each in emulator.transcript(conversation)]


def statuses(emulator, method):
    """The statuses that calls of a method were answered with, in order."""
    return [
        line["frame"]["status"]
        for line in emulator.log("bot1")
        if not line["conn"]
        and line["dir"] == "out"
        and line["frame"]["method"] == method
    ]


def failed(future, kind, delivery, timeout=10):
    with pytest.raises(kind) as caught:
        future.get(timeout=timeout)
    assert caught.value.delivery is delivery
    return caught.value


def status(proxy):
    return proxy.status().get(timeout=5)


# -- somebody was quicker


def test_what_has_changed_meanwhile_is_looked_at_again(talk, eventually):
    emulator, proxy, conversation = talk
    value = {"seconds": 0.3, "types": LOOK}
    emulator.add_fault("delay", count=1, value=value)
    closing = proxy.close_conversation(conversation)
    eventually(lambda: emulator.state()["rest_calls"] == 1)
    emulator.write(conversation, "meanwhile")
    assert closing.get(timeout=10) == "OK Conversation resolved successfully"
    assert statuses(emulator, "PATCH") == [412, 200]
    assert statuses(emulator, "GET") == [200, 200]


def test_who_is_late_for_the_second_time_is_told(emulator, rest, eventually):
    proxy = rest(emulator)
    conversation = emulator.open_conversation(assign="bot1").conversation_id
    emulator.add_fault("delay", value={"seconds": 0.3, "types": LOOK})
    closing = proxy.close_conversation(conversation)
    for calls in (1, 3):
        eventually(lambda calls=calls: emulator.state()["rest_calls"] == calls)
        emulator.write(conversation, "meanwhile")
    error = failed(closing, ums.RequestRejected, ANSWERED)
    assert (error.code, statuses(emulator, "PATCH")) == (412, [412, 412])


def test_what_is_not_there_is_said_before_it_is_changed(talk):
    emulator, proxy, _ = talk
    error = failed(proxy.close_conversation("c1"), ums.RequestRejected, ANSWERED)
    assert (error.code, error.body) == (404, "Conversation not found")
    assert statuses(emulator, "PATCH") == []


# -- the token


def test_calls_whose_token_has_died_share_one_login_and_are_made_again(either, rest):
    proxy = rest(either)
    talks = [either.open_conversation(assign="bot1").conversation_id for _ in range(8)]
    for each in talks:
        proxy.send_text(each, "before").get(timeout=10)
    assert either.expire_tokens("bot1") == 1
    said = [proxy.send_text(each, "after") for each in talks]
    assert [each.get(timeout=10) for each in said] == [1] * 8
    closed = proxy.close_conversation(talks[0])
    assert closed.get(timeout=10)
    assert (status(proxy).logins, status(proxy).generation) == (2, 1)
    assert either.state()["logins"] == 2


def test_a_change_whose_token_has_died_is_made_again(talk):
    emulator, proxy, conversation = talk
    emulator.expire_tokens("bot1")
    assert proxy.close_conversation(conversation).get(timeout=10)
    assert emulator.state()["logins"] == 2


def test_who_is_refused_with_a_new_token_too_is_told(talk):
    emulator, proxy, conversation = talk
    emulator.add_fault("reject", value={"code": 401, "type": PUBLISH})
    error = failed(proxy.send_text(conversation, "x"), ums.RequestRejected, ANSWERED)
    assert (error.code, emulator.state()["logins"]) == (401, 2)
    error = failed(proxy.send_text(conversation, "x"), ums.RequestRejected, ANSWERED)
    assert (error.code, emulator.state()["logins"]) == (401, 2)
    assert (status(proxy).state, status(proxy).generation) == ("READY", 1)


def test_a_token_that_is_refused_again_and_again_is_renewed_after_pauses(talk):
    emulator, proxy, conversation = talk
    for number in range(3):
        emulator.expire_tokens("bot1")
        assert proxy.send_text(conversation, "x").get(timeout=20) == number
    now = status(proxy)
    assert (now.logins, now.generation) == (4, 3)
    assert "token was refused" in str(now.history)


def test_a_login_that_fails_for_now_is_waited_for(talk):
    emulator, proxy, conversation = talk
    emulator.add_fault("login", count=1, value=500)
    emulator.expire_tokens("bot1")
    said = proxy.send_text(conversation, "x")
    assert said.get(timeout=20) == 0
    assert texts(emulator, conversation) == ["x"]
    assert status(proxy).reconnects == 1


def test_a_bearer_that_nobody_can_renew_ends_the_connection(emulator, rest, start):
    other = start(emulator)
    other.open().get(timeout=10)
    bearer = other.get_token().get(timeout=5)
    proxy = rest(emulator, auth=ums.ReadyBearer(bearer, "1001"))
    conversation = emulator.open_conversation(assign="bot1").conversation_id
    emulator.expire_tokens("bot1")
    error = failed(proxy.send_text(conversation, "x"), ums.ConnectionLost, NOT_SENT)
    proxy.wait_closed().get(timeout=10)
    assert status(proxy).state == "FAILED"
    assert "FAILED" in str(error)
    refused = failed(proxy.send_text(conversation, "x"), ums.ConnectionLost, NOT_SENT)
    assert isinstance(refused.__cause__, ums.AuthenticationRejected)


# -- the service is busy


def test_what_was_too_many_is_sent_again_after_the_pause_that_was_told(emulator, rest):
    proxy = rest(emulator)
    conversation = emulator.open_conversation(assign="bot1").conversation_id
    value = {"code": 429, "type": PUBLISH, "retry_after": 2.5}
    emulator.add_fault("reject", count=1, value=value)
    assert proxy.send_text(conversation, "x").get(timeout=10) == 0
    first, second = (
        line["t"]
        for line in emulator.log("bot1")
        if not line["conn"] and line["dir"] == "in"
    )
    assert second - first >= 2.5
    assert texts(emulator, conversation) == ["x"]


def test_a_429_narrows_the_window(emulator, rest):
    proxy = rest(emulator)
    talks = [emulator.open_conversation(assign="bot1").conversation_id for _ in "abcd"]
    emulator.add_fault("reject", count=1, value={"code": 429, "type": PUBLISH})
    for each in [proxy.send_text(each, "x") for each in talks]:
        assert each.get(timeout=10) == 0
    assert status(proxy).window < 10_000


def test_a_pause_beyond_the_deadline_is_told(emulator, rest):
    proxy = rest(emulator)
    conversation = emulator.open_conversation(assign="bot1").conversation_id
    value = {"code": 429, "type": QUERY, "retry_after": 60}
    emulator.add_fault("reject", count=1, value=value)
    query = requests.QueryMessages(conversation)
    error = failed(proxy.send(query, timeout=5.0), ums.RequestRejected, ANSWERED)
    assert (error.code, error.retry_after) == (429, 60.0)


def test_other_refusals_are_told_as_they_are(talk):
    emulator, proxy, conversation = talk
    emulator.add_fault("reject", count=1, value={"code": 503, "type": PUBLISH})
    error = failed(proxy.send_text(conversation, "x"), ums.RequestRejected, ANSWERED)
    assert (error.code, error.may_pass) == (503, True)
    assert error.body == "Rejected by a fault"
    assert proxy.send_text(conversation, "x").get(timeout=10) == 0


# -- no answer


def test_a_lost_answer_is_unknown_and_concerns_nobody_else(talk):
    emulator, proxy, conversation = talk
    emulator.add_fault("process-then-disconnect", count=1, value=PUBLISH)
    lost = proxy.send_text(conversation, "lost")
    after = proxy.send_text(conversation, "after")
    error = failed(lost, ums.ConnectionLost, UNKNOWN)
    assert error.request_type == PUBLISH
    assert after.get(timeout=10) == 1
    assert texts(emulator, conversation) == ["lost", "after"]
    assert (status(proxy).state, status(proxy).generation) == ("READY", 1)


def test_a_late_answer_is_unknown_and_its_caller_told_in_time(talk):
    emulator, proxy, conversation = talk
    emulator.add_fault("drop", count=1, value=PUBLISH)
    call = requests.PublishText(conversation, conversation, "x")
    failed(proxy.send(call, timeout=0.5), ums.RequestTimedOut, UNKNOWN)
    assert proxy.send_text(conversation, "y").get(timeout=10) == 1


def test_what_waits_behind_it_has_its_own_time_when_its_turn_comes(emulator, rest):
    proxy = rest(emulator)
    conversation = emulator.open_conversation(assign="bot1").conversation_id
    emulator.add_fault("drop", count=1, value=PUBLISH)
    call = requests.PublishText(conversation, conversation, "x")
    first = proxy.send(call, timeout=1.0)
    behind = proxy.send(call, timeout=0.5)
    failed(first, ums.RequestTimedOut, UNKNOWN)
    assert behind.get(timeout=10) == 1


def test_a_burst_in_one_conversation_is_not_late_for_its_own_length(emulator, rest):
    proxy = rest(emulator, options={"request_timeout": 0.5})
    conversation = emulator.open_conversation(assign="bot1").conversation_id
    emulator.add_fault("delay", value=0.1)
    said = [proxy.send_text(conversation, str(number)) for number in range(12)]
    assert [each.get(timeout=20) for each in said] == list(range(12))


def test_what_waits_for_too_long_was_not_sent(emulator, rest):
    options = {"request_timeout": 0.2, "queue_timeout": 0.3}
    proxy = rest(emulator, options=options)
    conversation = emulator.open_conversation(assign="bot1").conversation_id
    emulator.add_fault("drop", count=1, value=PUBLISH)
    call = requests.PublishText(conversation, conversation, "x")
    first = proxy.send(call, timeout=2.0)
    behind = proxy.send(call)
    failed(behind, ums.RequestTimedOut, NOT_SENT)
    failed(first, ums.RequestTimedOut, UNKNOWN)
    assert proxy.send_text(conversation, "y").get(timeout=10) == 1
    assert texts(emulator, conversation) == ["x", "y"]


def test_a_change_that_was_only_looked_for_was_not_sent(talk):
    emulator, proxy, conversation = talk
    emulator.add_fault("process-then-disconnect", count=1, value=LOOK)
    failed(proxy.close_conversation(conversation), ums.ConnectionLost, NOT_SENT)
    emulator.add_fault("process-then-disconnect", count=1, value=UPDATE)
    failed(proxy.close_conversation(conversation), ums.ConnectionLost, UNKNOWN)


def test_what_may_be_asked_twice_is_asked_again(talk):
    emulator, proxy, conversation = talk
    proxy.send_text(conversation, "x").get(timeout=10)
    emulator.add_fault("process-then-disconnect", count=1, value=QUERY)
    (found,) = proxy.query_messages(conversation).get(timeout=10)
    assert found.event.text == "x"


@pytest.fixture
def nobody():
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{sock.getsockname()[1]}"


def test_a_service_that_is_not_there_was_sent_nothing(emulator, rest, nobody):
    proxy = rest(emulator, domains={"asyncMessagingEnt": nobody})
    error = failed(proxy.send_text("c1", "x"), ums.ConnectionLost, NOT_SENT)
    assert isinstance(error.__cause__, ums.ConnectError)
    query = proxy.send(requests.QueryMessages("c1"), timeout=1.5)
    failed(query, ums.RequestTimedOut, NOT_SENT)
    assert status(proxy).state == "READY"


def test_a_line_that_its_server_ended_at_rest_is_not_used_again(either, rest):
    proxy = rest(either)
    conversation = either.open_conversation(assign="bot1").conversation_id
    proxy.send_text(conversation, "x").get(timeout=10)
    either.restart()
    assert proxy.send_text(conversation, "y").get(timeout=10) == 1
    assert status(proxy).generation == 1


def test_lines_that_rest_are_closed_in_time(emulator, rest, eventually, monkeypatch):
    monkeypatch.setattr(carrier, "_IDLE", 0.05)
    proxy = rest(emulator)
    conversation = emulator.open_conversation(assign="bot1").conversation_id
    for number in range(2):
        assert proxy.send_text(conversation, "x").get(timeout=10) == number
        kept = proxy.actor_ref.actor_inbox.keep.websocket.kept
        eventually(lambda kept=kept: not len(kept))
    assert emulator.state()["rest_lines"] == 2


# -- given up, closed, crashed


def test_a_request_can_be_forgotten(emulator, rest):
    proxy = rest(emulator)
    conversation = emulator.open_conversation(assign="bot1").conversation_id
    emulator.add_fault("drop", count=1, value=PUBLISH)
    first = proxy.send_text(conversation, "first")
    behind = proxy.send_text(conversation, "behind")
    emulator.wait_for_events(conversation, 0, 5.0)
    proxy.forget(behind).get(timeout=5)
    failed(behind, ums.RequestForgotten, NOT_SENT)
    proxy.forget(first).get(timeout=5)
    failed(first, ums.RequestForgotten, UNKNOWN)
    assert proxy.send_text(conversation, "last").get(timeout=10) == 1
    assert texts(emulator, conversation) == ["first", "last"]


def test_a_query_that_rests_can_be_forgotten(emulator, rest, eventually):
    proxy = rest(emulator)
    conversation = emulator.open_conversation(assign="bot1").conversation_id
    emulator.add_fault("process-then-disconnect", value=QUERY)
    query = proxy.query_messages(conversation)
    eventually(lambda: emulator.state()["rest_calls"])
    said = proxy.send_text(conversation, "behind")
    proxy.forget(query).get(timeout=5)
    with pytest.raises(ums.RequestForgotten):
        query.get(timeout=5)
    assert said.get(timeout=10) == 0


def test_closing_waits_for_the_answers_under_way(talk):
    emulator, proxy, conversation = talk
    emulator.add_fault("delay", value=0.3)
    said = [proxy.send_text(conversation, str(number)) for number in range(3)]
    proxy.close().get(timeout=10)
    assert [each.get(timeout=0) for each in said] == [0, 1, 2]
    assert status(proxy).state == "CLOSED"
    failed(proxy.send_text(conversation, "x"), ums.ConnectionLost, NOT_SENT)


def test_closing_does_not_wait_for_ever(emulator, rest):
    proxy = rest(emulator, options={"drain_timeout": 0.2})
    conversation = emulator.open_conversation(assign="bot1").conversation_id
    emulator.add_fault("drop", value=PUBLISH)
    first = proxy.send_text(conversation, "first")
    behind = proxy.send_text(conversation, "behind")
    emulator.wait_for_events(conversation, 0, 5.0)
    proxy.close().get(timeout=10)
    failed(first, ums.ConnectionLost, UNKNOWN, 0)
    failed(behind, ums.ConnectionLost, NOT_SENT, 0)


def test_it_can_be_opened_again(talk):
    emulator, proxy, conversation = talk
    proxy.send_text(conversation, "x").get(timeout=10)
    proxy.close().get(timeout=10)
    proxy.open().get(timeout=10)
    assert proxy.send_text(conversation, "y").get(timeout=10) == 1
    assert emulator.state()["logins"] == 1


def test_what_was_asked_before_it_is_open_waits(emulator, start):
    proxy = start(emulator, kind=ums.BrandRestConnection)
    conversation = emulator.open_conversation(assign="bot1").conversation_id
    said = proxy.send_text(conversation, "x")
    shown = proxy.get_participant(conversation)
    proxy.open().get(timeout=10)
    assert said.get(timeout=10) == 0
    assert shown.get(timeout=10)["role"] == "ASSIGNED_AGENT"


@pytest.mark.parametrize("child", ["socket", "correlator"])
def test_a_crash_restarts_the_carrier_with_true_verdicts(emulator, rest, child):
    proxy = rest(emulator)
    conversation = emulator.open_conversation(assign="bot1").conversation_id
    emulator.add_fault("drop", count=1, value=PUBLISH)
    first = proxy.send_text(conversation, "first")
    behind = proxy.send_text(conversation, "behind")
    emulator.wait_for_events(conversation, 0, 5.0)
    proxy.child(child).get(timeout=5).tell(object())
    failed(first, ums.ConnectionLost, UNKNOWN)
    assert behind.get(timeout=10) == 1
    assert texts(emulator, conversation) == ["first", "behind"]
    assert status(proxy).restarts[child] == 1
    assert status(proxy).generation == 2


@pytest.mark.parametrize("late", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("method", ["_call_answered", "_call_failed", "_calls_began"])
def test_a_crash_over_what_a_call_brought_leaves_nobody_hanging(
    emulator, rest, monkeypatch, method, late
):
    proxy = rest(emulator)
    conversation = emulator.open_conversation(assign="bot1").conversation_id
    whole, crashes = getattr(CorrelatorActor, method), iter([True])

    def broken(self, event):
        if late:
            whole(self, event)
        if next(crashes, False):
            raise RuntimeError("a bug")
        if not late:
            whole(self, event)

    monkeypatch.setattr(CorrelatorActor, method, broken)
    if method == "_call_failed":
        emulator.add_fault("process-then-disconnect", count=1, value=PUBLISH)
    said = proxy.send_text(conversation, "x")
    with contextlib.suppress(ums.ConnectionLost):
        said.get(timeout=10)
    assert getattr(said.exception(), "delivery", UNKNOWN) is UNKNOWN
    proxy.wait_ready(10).get(timeout=15)
    number = proxy.send_text(conversation, "y").get(timeout=10)
    assert texts(emulator, conversation)[number] == "y"  # the other may not be there
    assert status(proxy).restarts["correlator"] == 1
    assert status(proxy).in_flight == 0


def test_a_call_over_which_the_carrier_crashes_does_not_come_again(
    emulator, rest, monkeypatch
):
    proxy = rest(emulator)
    conversation = emulator.open_conversation(assign="bot1").conversation_id
    whole = carrier.RestCarrier._exchange_of

    def broken(self, payload):
        if b"poison" in payload:
            raise RuntimeError("a bug")
        return whole(self, payload)

    monkeypatch.setattr(carrier.RestCarrier, "_exchange_of", broken)
    failed(proxy.send_text(conversation, "poison"), ums.ConnectionLost, UNKNOWN)
    assert proxy.send_text(conversation, "x").get(timeout=10) == 0
    assert status(proxy).restarts["socket"] == 1


def test_an_agent_that_is_another_s_says_nothing_any_more(emulator, runtime, rest):
    clock = VirtualClock(0.0)
    permit = Permit(clock)
    permit.run(1, 10.0)
    runtime.tenure = permit
    proxy = rest(emulator)
    conversation = emulator.open_conversation(assign="bot1").conversation_id
    proxy.send_text(conversation, "x").get(timeout=10)
    clock.move_to(10.0)
    failed(proxy.send_text(conversation, "y"), ums.ConnectionLost, NOT_SENT)
    assert texts(emulator, conversation) == ["x"]


# -- once, also then


def test_what_is_said_effectively_once_is_said_once(either, rest):
    options = {"settling_delay": 0.05, "request_timeout": 2.0}
    proxy = rest(either, options=options)
    conversation = either.open_conversation(assign="bot1").conversation_id
    either.add_fault("process-then-disconnect", count=1, value=PUBLISH)
    said = proxy.send_text(conversation, "once", effectively_once=True)
    assert said.get(timeout=20) == 0
    assert texts(either, conversation) == ["once"]


def test_an_outbox_goes_out_by_rest(emulator, rest, tmp_path):
    options = {"settling_delay": 0.05, "request_timeout": 2.0}
    box = ums.Outbox(tmp_path / "bot1.db")
    proxy = rest(emulator, options=options, outbox=box)
    conversation = emulator.open_conversation(assign="bot1").conversation_id
    emulator.add_fault("process-then-disconnect", count=1, value=PUBLISH)
    sent = [
        proxy.publish_text(conversation, str(number)).get(timeout=10).sent
        for number in range(3)
    ]
    assert [each.get(timeout=20) for each in sent] == [0, 1, 2]
    assert texts(emulator, conversation) == ["0", "1", "2"]


def test_a_dialog_is_caught_up_with(talk, events):
    emulator, proxy, conversation = talk
    heard = events(proxy, ums.MessageReceived)
    emulator.write(conversation, "earlier")
    proxy.catch_up(conversation).get(timeout=10)
    heard.wait(lambda it: it.message.event.text == "earlier")


def test_catching_up_bears_lost_answers(emulator, rest, events):
    proxy = rest(emulator)
    conversation = emulator.open_conversation(assign="bot1").conversation_id
    heard = events(proxy, ums.MessageReceived)
    emulator.write(conversation, "earlier")
    emulator.add_fault("process-then-disconnect", count=2, value=QUERY)
    proxy.catch_up(conversation).get(timeout=20)
    heard.wait(lambda it: it.message.event.text == "earlier")


# -- through a proxy


def test_calls_go_through_a_proxy_on_a_line_that_is_kept(either, rest, connect_proxy):
    with connect_proxy() as between:
        proxy = rest(either, proxy=ums.Proxy("127.0.0.1", between.port))
        conversation = either.open_conversation(assign="bot1").conversation_id
        before = len(between.places)
        for number in range(3):
            assert proxy.send_text(conversation, "x").get(timeout=10) == number
        assert len(between.places) == before + 1
        proxy.close().get(timeout=10)
