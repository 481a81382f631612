"""How long attempts, logins and refreshes take, for those who ask by name."""

from __future__ import annotations

import pytest

import ums_actors as ums

DIALLED = ["worker", "resolve", "tcp"]
TIMES = (
    ums.ConnectStarted,
    ums.ConnectEnded,
    ums.TokenRequested,
    ums.TokenObtained,
    ums.TokenRefreshed,
    ums.TokenFailed,
    ums.TokenInvalidated,
)


def a(kind):
    return lambda event: isinstance(event, kind)


def steps(event):
    return [name for name, _ in event.steps]


def test_an_attempt_is_told_with_what_each_step_took(either, start, events):
    proxy = start(either)
    heard = events(proxy, ums.ConnectStarted, ums.ConnectEnded)
    proxy.open().get(timeout=10)
    began = heard.wait(a(ums.ConnectStarted))
    ended = heard.wait(a(ums.ConnectEnded))
    assert (began.generation, began.attempt) == (1, 1)
    assert (ended.generation, ended.state, ended.reason) == (1, "READY", "")
    secure = ["tls"] if either.tls else []
    wanted = ["queue", "token", "address", *DIALLED, *secure, "upgrade", "restore"]
    assert steps(ended) == wanted
    assert all(seconds > -1e-6 for _, seconds in ended.steps)
    assert sum(seconds for _, seconds in ended.steps) == pytest.approx(ended.seconds)
    assert ended.at == pytest.approx(began.at + ended.seconds)
    assert dict(ended.steps)["token"] > 0


def test_a_failed_attempt_ends_with_the_step_that_failed(emulator, start, events):
    emulator.add_fault("handshake", count=1, value=503)
    proxy = start(emulator)
    heard = events(proxy, ums.ConnectEnded)
    proxy.open().get(timeout=10)
    failed = heard.wait(lambda _: True)
    assert (failed.state, steps(failed)[-1]) == ("CONNECTING", "upgrade")
    assert "503" in failed.reason
    assert heard.wait(lambda _: True).state == "READY"


def test_a_refused_login_is_an_attempt_that_failed_at_its_token(
    emulator, start, events
):
    proxy = start(emulator, auth=ums.PasswordLogin("bot1", "wrong"))
    heard = events(proxy, *TIMES)
    with pytest.raises(ums.AuthenticationRejected):
        proxy.open().get(timeout=10)
    failed = heard.wait(a(ums.ConnectEnded))
    assert (failed.state, steps(failed)) == ("AUTHENTICATING", ["queue", "token"])
    assert [type(each) for each in heard.seen] == [
        ums.ConnectStarted,
        ums.TokenRequested,
        ums.TokenFailed,
        ums.ConnectEnded,
    ]
    refused = heard.seen[2]
    assert (refused.operation, refused.seconds > 0) == ("login", True)
    assert isinstance(refused.error, ums.AuthenticationRejected)


def test_an_attempt_that_is_closed_says_so(emulator, start, events):
    emulator.add_fault("login", count=1, value=503)
    proxy = start(emulator)
    heard = events(proxy, ums.ConnectStarted, ums.ConnectEnded, ums.AttemptFailed)
    proxy.open()
    heard.wait(a(ums.AttemptFailed))
    proxy.close().get(timeout=10)
    ends = [each for each in heard.seen if isinstance(each, ums.ConnectEnded)]
    assert [each.state for each in ends] == ["AUTHENTICATING"]
    assert heard.queue.empty()


@pytest.mark.parametrize("side", ["brand", "consumer"])
def test_logins_and_dead_tokens_are_told_without_the_token(
    emulator, start, events, side
):
    of_consumer = {"kind": ums.ConsumerWebsocketConnection, "auth": ums.Anonymous()}
    proxy = start(emulator, **(of_consumer if side == "consumer" else {}))
    heard = events(proxy, *TIMES)
    proxy.open().get(timeout=10)
    first = heard.wait(a(ums.TokenObtained))
    own = proxy.status().get(timeout=5).agent_id
    assert (first.agent_id, first.again, first.seconds > 0) == (own, False, True)
    token = proxy.get_token().get(timeout=5)
    emulator.close_sockets(4401 if side == "brand" else 4407, None)
    dead = heard.wait(a(ums.TokenInvalidated))
    assert "440" in dead.source
    # an anonymous consumer is renewed, a brand's user logs in anew
    again = heard.wait(a((ums.TokenObtained, ums.TokenRefreshed)))
    assert again.seconds > 0
    if side == "brand":
        assert (again.again, again.agent_id) == (True, own)
    proxy.wait_ready(timeout=10).get(timeout=15)
    assert token not in repr(heard.seen)
    assert proxy.get_token().get(timeout=5) not in repr(heard.seen)


def test_refreshes_are_told_and_one_that_is_refused_kills_the_token(
    emulator, start, events
):
    proxy = start(emulator)
    heard = events(proxy, *TIMES)
    proxy.open().get(timeout=10)
    heard.wait(a(ums.ConnectEnded))
    proxy.refresh_token().get(timeout=5)
    asked = heard.wait(a(ums.TokenRequested))
    done = heard.wait(a(ums.TokenRefreshed))
    assert (asked.operation, done.renewed, done.seconds > 0) == ("refresh", False, True)
    emulator.expire_tokens("bot1")
    proxy.refresh_token().get(timeout=5)
    assert heard.wait(a(ums.TokenInvalidated)).source == "refresh"
    failed = heard.wait(a(ums.TokenFailed))
    assert (failed.operation, failed.error.status) == ("refresh", 401)
    assert heard.wait(a(ums.TokenObtained)).again


def test_who_does_not_name_them_does_not_hear_them_and_nothing_is_kept(
    emulator, start, events
):
    proxy = start(emulator)
    every = events(proxy)
    proxy.open().get(timeout=10)
    every.wait(lambda event: getattr(event, "state", "") == "READY")
    assert not any(isinstance(each, ums.Tap) for each in every.seen)
    kernel = proxy.actor_ref.actor_inbox.keep
    assert (kernel.made("timings"), kernel.subscribers.timed) == (False, False)
    taps = events(proxy, ums.Tap)
    assert (kernel.subscribers.timed, kernel.subscribers.tapped) == (True, True)
    emulator.cut("bot1")
    assert taps.wait(a(ums.ConnectEnded)).state == "READY"


def test_who_stops_listening_costs_nothing_again(emulator, start, events):
    proxy = start(emulator)
    handle = proxy.subscribe(print, ums.ConnectStarted, ums.TokenRequested).get(
        timeout=5
    )
    proxy.open().get(timeout=10)
    proxy.unsubscribe(handle).get(timeout=5)
    kernel = proxy.actor_ref.actor_inbox.keep
    lines = events(proxy, ums.StateChanged)
    emulator.expire_tokens("bot1")
    emulator.cut("bot1")
    lines.wait(lambda event: event.state == "READY")
    assert (kernel.timings.steps, kernel.timings.asked) == ([], None)
