from __future__ import annotations

import threading
import time

import pykka
import pytest

import ums_actors as ums


class Source:
    """Sessions with an end of their own; ``refresh`` does what the test says."""

    def __init__(self, life=None, refresh=None):
        self.life = life
        self.on_refresh = refresh
        self.logins = 0
        self.refreshed = []
        self.gate = threading.Event()
        self.gate.set()

    def session(self, name):
        until = None if self.life is None else time.monotonic() + self.life
        token = ums.Secret(name)
        return ums.Session(token=token, user_id="1", valid_until=until)

    def login(self, timeout):
        self.logins += 1
        return self.session(f"login-{self.logins}")

    def refresh(self, session, timeout):
        self.refreshed.append(session.token.reveal())
        assert self.gate.wait(5)
        if self.on_refresh is None:
            return None
        return self.on_refresh(self, len(self.refreshed))

    def logout(self, session, timeout):
        pass

    def close(self):
        self.gate.set()


def renewed(source, number):
    return source.session(f"renewed-{number}")


def refused(source, number):
    raise ums.LoginError("dead", status=401)


def ill(source, number):
    raise ums.LoginError("ill", status=503)


def test_a_refresh_can_be_had_at_once(emulator, start):
    proxy = start(emulator)
    proxy.open().get(timeout=10)
    proxy.refresh_token().get(timeout=5)
    assert emulator.state()["refreshes"] == 1
    status = proxy.status().get(timeout=5)
    assert (status.refreshes, status.logins, status.generation) == (1, 1, 1)


def test_a_refresh_without_a_token_is_a_login(emulator, start):
    proxy = start(emulator)
    proxy.refresh_token().get(timeout=5)
    state = emulator.state()
    assert (state["logins"], state["refreshes"]) == (1, 0)


def test_a_refresh_that_is_refused_ends_with_a_new_token_and_the_same_line(
    emulator, start
):
    proxy = start(emulator)
    proxy.open().get(timeout=10)
    before = proxy.get_token().get(timeout=5)
    emulator.expire_tokens("bot1")
    proxy.refresh_token().get(timeout=5)
    status = proxy.status().get(timeout=5)
    assert (status.logins, status.generation) == (2, 1)
    assert proxy.get_token().get(timeout=5) != before


def test_all_who_want_a_refresh_at_once_share_it(emulator, start):
    source = Source()
    proxy = start(emulator, auth=source)
    proxy.get_token().get(timeout=5)
    source.gate.clear()
    waiting = [proxy.refresh_token() for _ in range(50)]
    proxy.status().get(timeout=5)
    source.gate.set()
    for future in waiting:
        future.get(timeout=5)
    assert len(source.refreshed) == 1


def test_a_refresh_that_fails_tells_who_wanted_it_and_keeps_the_token(emulator, start):
    source = Source(refresh=ill)
    proxy = start(emulator, auth=source)
    before = proxy.get_token().get(timeout=5)
    with pytest.raises(ums.LoginError, match="ill"):
        proxy.refresh_token().get(timeout=5)
    assert proxy.get_token().get(timeout=5) == before
    assert source.logins == 1


def test_a_refused_refresh_whose_login_fails_tells_so(emulator, start):
    class Dying(Source):
        def login(self, timeout):
            if self.logins:
                raise ums.AuthenticationRejected("no more")
            return super().login(timeout)

    proxy = start(emulator, auth=Dying(refresh=refused))
    proxy.get_token().get(timeout=5)
    with pytest.raises(ums.AuthenticationRejected):
        proxy.refresh_token().get(timeout=5)


def test_who_wants_a_refresh_survives_a_crash_of_the_token_actor(emulator, start):
    source = Source()
    proxy = start(emulator, auth=source)
    proxy.get_token().get(timeout=5)
    source.gate.clear()
    waiting = proxy.refresh_token()
    proxy.child("token").get(timeout=5).tell(object())
    proxy.status().get(timeout=5)
    source.gate.set()
    waiting.get(timeout=5)
    assert source.logins == 1


def test_who_wants_a_refresh_is_answered_when_the_connection_closes(emulator, start):
    source = Source()
    proxy = start(emulator, auth=source)
    proxy.get_token().get(timeout=5)
    source.gate.clear()
    waiting = proxy.refresh_token()
    proxy.close().get(timeout=5)
    with pytest.raises(ums.ConnectionLost):
        waiting.get(timeout=5)


def test_a_token_invalidated_during_a_refresh_is_replaced(emulator, start):
    source = Source()
    proxy = start(emulator, auth=source)
    proxy.get_token().get(timeout=5)
    source.gate.clear()
    waiting = proxy.refresh_token()
    proxy._on_auth_invalid_error().get(timeout=5)
    source.gate.set()
    waiting.get(timeout=5)
    assert proxy.get_token().get(timeout=5) == "login-2"


def test_refreshing_can_be_switched_off(emulator, start, eventually):
    options = {"refresh_interval": 0.05, "refresh_tokens": False}
    proxy = start(emulator, options=options)
    proxy.open().get(timeout=10)
    threading.Event().wait(0.3)
    assert emulator.state()["refreshes"] == 0
    proxy.refresh_token().get(timeout=5)
    assert emulator.state()["refreshes"] == 1


def test_an_interval_at_which_tokens_die_is_refused():
    ums.Options(refresh_interval=600)
    with pytest.raises(ums.LocalProtocolError, match="refresh_tokens=False"):
        ums.Options(refresh_interval=601)


def test_a_token_is_refreshed_before_it_ends(emulator, start, eventually):
    source = Source(life=1.0, refresh=renewed)
    proxy = start(emulator, auth=source)
    assert proxy.get_token().get(timeout=5) == "login-1"
    eventually(lambda: len(source.refreshed) >= 2)
    assert source.refreshed[:2] == ["login-1", "renewed-1"]
    assert proxy.get_token().get(timeout=5).startswith("renewed-")
    assert source.logins == 1


def test_a_token_that_is_over_is_not_used(emulator, start):
    source = Source(life=0.2)
    proxy = start(emulator, auth=source, options={"refresh_tokens": False})
    assert proxy.get_token().get(timeout=5) == "login-1"
    threading.Event().wait(0.25)
    assert proxy.get_token().get(timeout=5) == "login-2"
    assert source.refreshed == []


def test_a_renewed_token_serves_the_next_line_and_not_the_present_one(
    emulator, start, events
):
    class Lender(Source):
        """Lends the tokens of another login at the emulator."""

        def login(self, timeout):
            super().login(timeout)
            return self.session(lender.get_token().get(timeout=5))

    def log_in_anew(source, number):
        lender._on_auth_invalid_error().get(timeout=5)
        return source.session(lender.get_token().get(timeout=5))

    lender = start(emulator)
    source = Lender(refresh=log_in_anew)
    proxy = start(emulator, auth=source)
    states = events(proxy, ums.StateChanged)
    proxy.open().get(timeout=10)
    proxy.refresh_token().get(timeout=5)
    assert proxy.status().get(timeout=5).generation == 1
    emulator.cut("bot1")  # the old token is dead: only the new one gets in
    states.wait(lambda event: event.state == "READY" and event.generation == 2)
    assert source.logins == 1


@pytest.mark.parametrize("value", [None, "a token", 5])
def test_a_source_that_gives_no_session_is_a_login_error(emulator, start, value):
    class Odd(Source):
        def login(self, timeout):
            return value

    proxy = start(emulator, auth=Odd())
    with pytest.raises(ums.LoginError, match="must give a Session") as caught:
        proxy.open(fail_fast=True).get(timeout=10)
    assert caught.value.step == "source"
    assert proxy.status().get(timeout=5).restarts == {}


def test_a_refresh_that_gives_something_else_keeps_the_token(emulator, start):
    proxy = start(emulator, auth=Source(refresh=lambda *_: "a token"))
    assert proxy.get_token().get(timeout=5) == "login-1"
    with pytest.raises(ums.LoginError, match="a Session or None"):
        proxy.refresh_token().get(timeout=5)
    assert proxy.get_token().get(timeout=5) == "login-1"
    assert proxy.status().get(timeout=5).restarts == {}


def test_nobody_logs_in_before_the_pause_that_the_service_asked_for(emulator, start):
    class Busy(Source):
        def login(self, timeout):
            self.logins += 1
            raise ums.LoginError("busy", status=429, retry_after=5.0)

    source = Busy()
    proxy = start(emulator, auth=source)
    for _ in range(3):
        with pytest.raises(ums.LoginError, match="busy"):
            proxy.get_token().get(timeout=5)
    assert source.logins == 1


def test_a_gate_that_paces_logins_hears_what_the_service_asked_for(emulator, start):
    class Gate:
        def __init__(self):
            self.until = 0.0
            self.held = []

        def delay(self, now):
            return max(0.0, self.until - now)

        def hold(self, now, seconds):
            self.held.append(seconds)
            self.until = max(self.until, now + seconds)

    emulator.add_fault("login", count=1, value=429)
    one, two = start(emulator), start(emulator, "bot2")
    gate = one.actor_ref.actor_inbox.runtime.gate = Gate()
    with pytest.raises(ums.LoginError):
        one.open(fail_fast=True).get(timeout=10)
    assert gate.held == [5.0]
    opened = two.open()
    with pytest.raises(pykka.Timeout):
        opened.get(timeout=0.3)
    assert emulator.state()["logins"] == 0
