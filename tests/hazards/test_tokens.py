from __future__ import annotations

import pytest

import ums_actors as ums

SUBSCRIBE = ".ams.aam.SubscribeExConversations"


def status(proxy):
    return proxy.status().get(timeout=5)


# -- 9: a login for each drop, or none where one is due


def test_a_drop_costs_no_login_and_leaves_the_users_token_alone(
    emulator, opened, events
):
    proxy = opened(emulator)
    token = proxy.get_token().get(timeout=5)
    states = events(proxy, ums.StateChanged)
    emulator.cut("bot1")
    states.ready(2)
    emulator.close_sockets(1001, "bot1")
    states.ready(3)
    assert proxy.get_token().get(timeout=5) == token
    assert (status(proxy).logins, emulator.state()["logins"]) == (1, 1)


@pytest.mark.parametrize("code", [4401, 4407])
def test_a_token_that_is_refused_on_a_fresh_line_is_replaced(emulator, start, code):
    emulator.add_fault("close", count=1, value={"code": code, "on": SUBSCRIBE})
    proxy = start(emulator)
    proxy.open().get(timeout=10)
    assert (status(proxy).logins, status(proxy).generation) == (2, 2)


@pytest.mark.parametrize("code", [4401, 4407])
@pytest.mark.parametrize("when", ["restoring", "ready"])
def test_a_consumer_whose_token_is_refused_gets_another_and_stays_who_it_is(
    emulator, consumer, events, code, when
):
    proxy = consumer(emulator)
    me = status(proxy).agent_id
    states = events(proxy, ums.StateChanged)
    if when == "ready":
        emulator.close_sockets(code, me)
    else:
        close = {"code": code, "on": SUBSCRIBE}
        emulator.add_fault("close", user=me, count=1, value=close)
        emulator.cut(me)
    states.ready(2)
    assert (status(proxy).agent_id, status(proxy).logins) == (me, 2)


def test_a_refused_handshake_costs_one_login(emulator, opened, events):
    proxy = opened(emulator)
    states = events(proxy, ums.StateChanged)
    emulator.expire_tokens("bot1")
    emulator.cut("bot1")
    states.ready(3)
    assert status(proxy).logins == 2
