from __future__ import annotations

import threading

import pytest

import ums_actors as ums
from ums_actors.actors.messages import InvalidateToken


class Source:
    """Logs in by itself, when it is let."""

    def __init__(self, token):
        self.token = token
        self.logins = 0
        self.refreshes = 0
        self.free = threading.Event()
        self.free.set()

    def login(self, timeout):
        self.logins += 1
        assert self.free.wait(5)
        return ums.Session(token=ums.Secret(self.token), user_id="1")

    def refresh(self, session, timeout):
        self.refreshes += 1

    def logout(self, session, timeout):
        pass

    def close(self):
        self.free.set()


def test_news_of_an_earlier_token_does_not_touch_that_of_the_next_actor(
    emulator, start
):
    source = Source("t")
    proxy = start(emulator, auth=source)
    proxy.get_token().get(timeout=5)
    token = proxy.child("token").get(timeout=5)
    token.tell(InvalidateToken(None, "test"))  # None is whichever is held
    token.tell(object())  # a crash
    proxy.get_token().get(timeout=5)
    assert source.logins == 2
    token.tell(InvalidateToken(1, "a line that still had the first one"))
    proxy.get_token().get(timeout=5)
    assert source.logins == 2


def test_those_who_wait_survive_a_crash_of_the_token_actor(emulator, start):
    source = Source("t")
    source.free.clear()
    proxy = start(emulator, auth=source)
    waiting = [proxy.get_token() for _ in range(3)]
    proxy.child("token").get(timeout=5).tell(object())
    proxy.status().get(timeout=5)
    source.free.set()
    assert {future.get(timeout=5) for future in waiting} == {"t"}


def test_a_token_of_a_closed_connection_is_left_alone_until_it_is_wanted(
    emulator, start, eventually
):
    source = Source("t")
    proxy = start(emulator, auth=source, options={"refresh_interval": 0.1})
    proxy.get_token().get(timeout=5)
    eventually(lambda: source.refreshes >= 1)
    proxy.close().get(timeout=5)
    before = source.refreshes
    threading.Event().wait(0.5)
    assert source.refreshes <= before + 1  # one may have been on its way
    assert proxy.get_token().get(timeout=5) == "t"
    eventually(lambda: source.refreshes > before)


def test_those_who_wait_hear_that_the_token_actor_gave_up(emulator, start, monkeypatch):
    from ums_actors.actors.token import TokenActor

    def explode(self, action):
        raise SystemExit

    monkeypatch.setattr(TokenActor, "_execute", explode)
    proxy = start(emulator, options={"restart_intensity": 2})
    with pytest.raises(ums.RestartBudgetExhausted) as caught:
        proxy.get_token().get(timeout=5)
    assert caught.value.child == "token"
