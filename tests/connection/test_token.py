from __future__ import annotations

import pytest

import ums_actors as ums


def test_a_hundred_who_want_a_token_cost_one_login(emulator, start):
    proxy = start(emulator)
    proxy.open().get(timeout=10)
    proxy._on_auth_invalid_error().get(timeout=5)
    tokens = [proxy.get_token() for _ in range(100)]
    assert len({token.get(timeout=10) for token in tokens}) == 1
    assert emulator.state()["logins"] == 2


def test_an_invalidated_token_costs_nothing_until_somebody_wants_one(emulator, start):
    proxy = start(emulator)
    proxy.open().get(timeout=10)
    proxy._on_auth_invalid_error().get(timeout=5)
    proxy.get_clock().get(timeout=5)
    assert emulator.state()["logins"] == 1


def test_the_token_is_kept_alive_by_refreshing(emulator, start, eventually):
    proxy = start(emulator, options={"refresh_interval": 0.1})
    proxy.open().get(timeout=10)
    eventually(lambda: proxy.status().get(timeout=5).refreshes >= 3)
    assert emulator.state()["logins"] == 1


def test_a_refused_refresh_leaves_a_healthy_line_alone(emulator, start, eventually):
    proxy = start(emulator, options={"refresh_interval": 0.1})
    proxy.open().get(timeout=10)
    before = proxy.get_token().get(timeout=5)
    emulator.expire_tokens("bot1")
    eventually(lambda: emulator.state()["refused_refreshes"] >= 1)
    assert proxy.get_clock().get(timeout=5) > 0
    eventually(lambda: proxy.get_token().get(timeout=5) != before)
    status = proxy.status().get(timeout=5)
    assert (status.state, status.generation, status.logins) == ("READY", 1, 2)


@pytest.mark.parametrize(
    ("code", "logins"), [(1000, 1), (1001, 1), (1012, 1), (4407, 2)]
)
def test_only_codes_that_speak_of_the_token_cost_a_login(
    emulator, start, events, code, logins
):
    proxy = start(emulator)
    states = events(proxy, ums.StateChanged)
    proxy.open().get(timeout=10)
    emulator.close_sockets(code, "bot1")
    states.wait(lambda e: e.state == "READY" and e.generation == 2)
    assert proxy.status().get(timeout=5).logins == logins


def test_a_repeated_1011_costs_one_login(emulator, start, events):
    proxy = start(emulator)
    states = events(proxy, ums.StateChanged)
    proxy.open().get(timeout=10)
    for generation, logins in ((2, 1), (3, 2)):
        emulator.close_sockets(1011, "bot1")
        states.wait(lambda e, g=generation: e.state == "READY" and e.generation == g)
        assert proxy.status().get(timeout=5).logins == logins


def test_a_slow_login_ends_with_its_deadline_and_is_tried_again(emulator, start):
    emulator.add_fault("login", count=1, value={"delay": 1.0})
    proxy = start(emulator, options={"login_timeout": 0.3})
    proxy.open().get(timeout=15)
    assert proxy.status().get(timeout=5).state == "READY"


def test_ones_own_token_source_is_asked_on_a_worker(emulator, start):
    class Source:
        def login(self, timeout):
            return ums.Session(token=ums.Secret(token), user_id="1")

        def refresh(self, session, timeout):
            raise AssertionError

        def logout(self, session, timeout):
            closed.append("logout")

        def close(self):
            closed.append("close")

    closed: list[str] = []
    other = start(emulator)
    token = other.get_token().get(timeout=10)
    proxy = start(emulator, auth=Source())
    proxy.open().get(timeout=10)
    assert proxy.get_token().get(timeout=5) == token


def test_a_source_that_raises_rubbish_is_a_login_error(emulator, start, eventually):
    class Source:
        def login(self, timeout):
            raise KeyError("token-in-the-text")

        def refresh(self, session, timeout):
            raise AssertionError

        logout = refresh

        def close(self):
            closed.append("closed")

    closed: list[str] = []

    proxy = start(emulator, auth=Source())
    with pytest.raises(ums.LoginError) as caught:
        proxy.open(fail_fast=True).get(timeout=10)
    assert "token-in-the-text" not in str(caught.value)
    assert caught.value.step == "source"
    proxy.actor_ref.stop(timeout=10)
    eventually(lambda: closed == ["closed"])


def test_a_crash_of_the_token_actor_costs_no_login_and_refreshing_goes_on(
    emulator, start, eventually
):
    proxy = start(emulator, options={"refresh_interval": 0.1})
    proxy.open().get(timeout=10)
    before = proxy.get_token().get(timeout=5)
    proxy.child("token").get(timeout=5).tell(object())
    assert proxy.get_token().get(timeout=5) == before
    seen = proxy.status().get(timeout=5).refreshes
    eventually(lambda: proxy.status().get(timeout=5).refreshes > seen)
    assert emulator.state()["logins"] == 1
