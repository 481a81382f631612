from __future__ import annotations

import http.client
import json

import pytest

import ums_actors as ums
from ums_actors.auth.brand import BrandTokenSource
from ums_actors.auth.csds import Csds
from ums_actors.emulator import assertion_of, password_of
from ums_actors.http.client import Http


def elsewhere(emulator, user="bot1"):
    """Log in as another program would; give what the service answered."""
    host, _, port = emulator.csds.rpartition(":")
    line = http.client.HTTPConnection(host, int(port), timeout=5)
    try:
        body = json.dumps({"username": user, "password": password_of(user)})
        headers = {"Content-Type": "application/json"}
        path = f"/api/account/{emulator.account}/login?v=1.3"
        line.request("POST", path, body, headers)
        return json.loads(line.getresponse().read())
    finally:
        line.close()


def test_the_five_keys_of_a_bot_log_it_in(emulator, start):
    keys = ums.OAuth1Login("bot1", "key", password_of("bot1"), "token", "secret")
    proxy = start(emulator, auth=keys)
    proxy.open().get(timeout=10)
    assert proxy.get_clock().get(timeout=5) > 0
    assert emulator.state()["logins"] == 1
    wrong = start(emulator, auth=ums.OAuth1Login("bot1", "key", "wrong", "t", "s"))
    with pytest.raises(ums.AuthenticationRejected):
        wrong.open().get(timeout=10)


def test_a_session_made_elsewhere_gets_in_and_is_refreshed(emulator, start):
    made = elsewhere(emulator)
    session = ums.ExistingSession(
        made["bearer"],
        made["csrf"],
        made["sessionId"],
        user_id=made["config"]["userId"],
    )
    proxy = start(emulator, auth=session)
    proxy.open().get(timeout=10)
    assert proxy.get_token().get(timeout=5) == made["bearer"]
    proxy.refresh_token().get(timeout=5)
    state = emulator.state()
    assert (state["logins"], state["refreshes"], state["sockets"]) == (1, 1, 1)


def test_a_bearer_made_elsewhere_gets_in_until_it_dies(emulator, start):
    made = elsewhere(emulator)
    bearer = ums.ReadyBearer(made["bearer"], made["config"]["userId"])
    proxy = start(emulator, auth=bearer)
    proxy.open().get(timeout=10)
    own = f"{emulator.account}.{made['config']['userId']}"
    assert proxy.status().get(timeout=5).agent_id == own
    assert proxy.get_clock().get(timeout=5) > 0
    emulator.expire_tokens("bot1")
    emulator.cut("bot1")
    assert "FAILED" in proxy.wait_closed().get(timeout=10)[-1]


def test_an_assertion_logs_its_subject_in(emulator, start):
    auth = ums.AssertionLogin(assertion_of("bot2"))
    proxy = start(emulator, auth=auth)
    proxy.open().get(timeout=10)
    assert proxy.get_clock().get(timeout=5) > 0
    assert proxy.status().get(timeout=5).agent_id == f"{emulator.account}.1002"


def test_an_assertion_outlives_a_cut_but_not_its_token(emulator, start, events):
    auth = ums.AssertionLogin(assertion_of("bot1"))
    proxy = start(emulator, auth=auth)
    states = events(proxy, ums.StateChanged)
    proxy.open().get(timeout=10)
    emulator.cut("bot1")
    states.wait(lambda event: event.state == "READY" and event.generation == 2)
    assert emulator.state()["logins"] == 1
    emulator.expire_tokens("bot1")
    emulator.cut("bot1")
    assert "FAILED" in proxy.wait_closed().get(timeout=10)[-1]


def test_who_has_more_assertions_goes_on_with_the_next(emulator, start, events):
    """As the docstring of AssertionLogin says: a TokenSource may bring more."""
    http_client = Http()
    csds = Csds(f"http://{emulator.csds}", emulator.account, http_client)

    class Assertions:
        def login(self, timeout):
            return self._source().login(timeout)

        def refresh(self, session, timeout):
            return self._source().refresh(session, timeout)

        def logout(self, session, timeout):
            self._source().logout(session, timeout)

        def close(self):
            http_client.close()

        def _source(self):
            auth = ums.AssertionLogin(assertion_of("bot1"))
            return BrandTokenSource(emulator.account, auth, csds, http_client)

    proxy = start(emulator, auth=Assertions())
    states = events(proxy, ums.StateChanged)
    proxy.open().get(timeout=10)
    emulator.expire_tokens("bot1")
    emulator.cut("bot1")
    states.wait(lambda event: event.state == "READY" and event.generation >= 2)
    assert emulator.state()["logins"] == 2


@pytest.mark.parametrize("assertion", [assertion_of("nobody"), "bm9ib2R5"])
def test_an_assertion_of_nobody_is_refused(emulator, start, assertion):
    proxy = start(emulator, auth=ums.AssertionLogin(assertion))
    with pytest.raises(ums.AuthenticationRejected):
        proxy.open().get(timeout=10)
