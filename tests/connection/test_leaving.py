from __future__ import annotations

import gc
import threading

import pytest

import ums_actors as ums
from ums_actors.actors.token import TokenActor


class Source:
    """Notes what is asked of it; a login waits until it is let, or closed."""

    def __init__(self, log=None, *, free=True):
        self.log = [] if log is None else log
        self.in_login = threading.Event()
        self.free = threading.Event()
        self.closed = threading.Event()
        if free:
            self.free.set()

    def login(self, timeout):
        self.in_login.set()
        while not self.free.wait(0.01):
            if self.closed.is_set():
                raise ums.LoginError("closed")
        self.log.append("login")
        return ums.Session(token=ums.Secret("t"), user_id="1")

    def refresh(self, session, timeout):
        return None

    def logout(self, session, timeout):
        assert not self.closed.is_set()
        self.log.append(f"logout {session.token.reveal()}")

    def close(self):
        self.log.append("close")
        self.closed.set()


def live_tokens(emulator):
    return emulator.expire_tokens("bot1")


def test_stopping_logs_out_before_it_is_done(emulator, start):
    proxy = start(emulator)
    proxy.open().get(timeout=10)
    assert proxy.actor_ref.stop(timeout=10)
    assert live_tokens(emulator) == 0


def test_closing_keeps_the_token_for_another_open(emulator, start):
    proxy = start(emulator)
    proxy.open().get(timeout=10)
    proxy.close().get(timeout=10)
    proxy.open().get(timeout=10)
    assert proxy.status().get(timeout=5).logins == 1
    proxy.close().get(timeout=10)
    assert proxy.actor_ref.stop(timeout=10)
    assert live_tokens(emulator) == 0


def test_a_connection_that_was_never_opened_logs_out_what_it_got(emulator, start):
    proxy = start(emulator)
    proxy.get_token().get(timeout=5)
    assert proxy.actor_ref.stop(timeout=10)
    assert live_tokens(emulator) == 0


def test_the_blocking_facade_logs_out_at_the_end_of_its_block(emulator, runtime):
    with ums.connect(
        emulator.account,
        auth=ums.PasswordLogin("bot1", "bot1-password"),
        csds=f"http://{emulator.csds}",
        runtime=runtime,
    ) as connection:
        assert connection.get_token()
        connection.refresh_token()
    assert live_tokens(emulator) == 0


def test_a_session_made_elsewhere_is_left_to_its_maker(emulator, start):
    maker = start(emulator)
    token = maker.get_token().get(timeout=5)
    held = maker.actor_ref.actor_inbox.keep.held
    session = ums.ExistingSession(
        token,
        held.csrf,
        held.session_id,
        user_id=held.user_id,
        user_pid=held.user_pid,
    )
    proxy = start(emulator, auth=session)
    proxy.open().get(timeout=10)
    assert proxy.actor_ref.stop(timeout=10)
    assert live_tokens(emulator) == 1


def test_the_source_is_closed_after_the_logout_and_once(emulator, start, eventually):
    source = Source()
    proxy = start(emulator, auth=source)
    proxy.get_token().get(timeout=5)
    assert proxy.actor_ref.stop(timeout=10)
    eventually(lambda: len(source.log) == 3)
    assert source.log == ["login", "logout t", "close"]


def test_a_login_under_way_at_the_end_is_logged_out_when_it_comes(
    emulator, start, eventually
):
    source = Source(free=False)
    proxy = start(emulator, auth=source)
    proxy.open()
    assert source.in_login.wait(5)
    assert proxy.actor_ref.stop(timeout=5)
    assert source.log == []
    source.free.set()
    eventually(source.closed.is_set)
    assert source.log == ["login", "logout t", "close"]


def test_a_login_that_was_under_way_when_it_was_closed_is_logged_out_in_the_end(
    emulator, start, eventually
):
    source = Source(free=False)
    proxy = start(emulator, auth=source)
    proxy.open()
    assert source.in_login.wait(5)
    proxy.close().get(timeout=5)
    source.free.set()
    eventually(lambda: source.log == ["login"])
    assert proxy.get_token().get(timeout=5) == "t"  # it is held for another open
    assert proxy.actor_ref.stop(timeout=5)
    eventually(source.closed.is_set)
    assert source.log == ["login", "logout t", "close"]


def test_a_login_that_never_comes_is_not_waited_for(emulator, start, eventually):
    source = Source(free=False)
    proxy = start(emulator, auth=source)
    proxy.open()
    assert source.in_login.wait(5)
    assert proxy.actor_ref.stop(timeout=5)
    eventually(source.closed.is_set)
    assert source.log == ["close"]


def test_a_logout_that_hangs_does_not_hold_the_stop(emulator, start, eventually):
    class Hanging(Source):
        def logout(self, session, timeout):
            self.closed.wait(timeout)

    source = Hanging()
    proxy = start(emulator, auth=source, options={"close_timeout": 0.3})
    proxy.get_token().get(timeout=5)
    assert proxy.actor_ref.stop(timeout=3)
    eventually(source.closed.is_set)


def test_a_logout_that_raises_is_nobodys_concern(emulator, start, eventually):
    class Failing(Source):
        def logout(self, session, timeout):
            raise KeyError("secret")

    source = Failing()
    proxy = start(emulator, auth=source)
    proxy.get_token().get(timeout=5)
    assert proxy.actor_ref.stop(timeout=5)
    eventually(source.closed.is_set)


def test_a_connection_whose_root_crashed_for_good_logs_out_too(
    emulator, start, eventually
):
    source = Source()
    proxy = start(emulator, auth=source)
    proxy.get_token().get(timeout=5)
    for _ in range(10):
        proxy.subscribe.defer(object())
    eventually(lambda: not proxy.actor_ref.is_alive())
    eventually(source.closed.is_set)
    assert source.log == ["login", "logout t", "close"]


@pytest.mark.parametrize("stopped", ["before", "at the same instant", "never"])
def test_a_source_is_closed_also_if_the_runtime_closes(emulator, stopped):
    source = Source()
    runtime = ums.Runtime()
    ref = ums.BrandWebsocketConnection.start(
        emulator.account,
        auth=source,
        csds=f"http://{emulator.csds}",
        runtime=runtime,
    )
    ref.proxy().get_token().get(timeout=5)
    if stopped != "never":
        ref.stop(block=stopped == "before", timeout=5)
    assert runtime.close(10)
    assert source.closed.is_set()
    assert source.log.count("close") == 1
    if stopped == "before":
        assert source.log == ["login", "logout t", "close"]
    elif stopped == "never":
        ref.stop(block=False)


def test_a_source_whose_close_raises_does_not_keep_the_others_open(caplog):
    runtime = ums.Runtime()
    closed = []

    def explode():
        raise KeyError("a user's bug")

    runtime.at_close("first", lambda: closed.append("first"))
    runtime.at_close("second", explode)
    runtime.at_close("forgotten", lambda: closed.append("forgotten"))
    runtime.not_at_close("forgotten")
    runtime.not_at_close("unknown")
    assert runtime.close(5)
    assert closed == ["first"]
    assert "runtime.close_failed" in caplog.text


def test_a_crash_over_the_logout_ends_the_stop_and_is_told_of_once(
    emulator, start, monkeypatch, caplog
):
    def explode(self, command):
        raise SystemExit

    monkeypatch.setattr(TokenActor, "_log_out", explode)
    proxy = start(emulator)
    proxy.open().get(timeout=10)
    assert proxy.actor_ref.stop(timeout=10)
    gc.collect()
    told = [record.getMessage() for record in caplog.records]
    assert any("crash" in message for message in told)
    assert not {"actor.before_stop_failed", "future.never_retrieved"} & set(told)
