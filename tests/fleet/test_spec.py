from __future__ import annotations

import pytest

import ums_actors as ums

LOGIN = ums.PasswordLogin("bot", "hunter2")
CONSUMER = {"kind": ums.ConsumerWebsocketConnection, "auth": ums.Anonymous()}
GOOD = {"user": "bot", "account_id": "1", "auth": LOGIN}


class Bot(ums.BrandWebsocketConnection):
    """A class of one's own, which takes an argument more."""

    def __init__(self, account_id, *, colour="red", **more):
        super().__init__(account_id, **more)
        self.colour = colour


class Narrow(ums.BrandWebsocketConnection):
    def __init__(self, account_id, *, auth, subscribe, csds="x"):
        super().__init__(account_id, auth=auth, subscribe=subscribe, csds=csds)


class Deaf(ums.BrandWebsocketConnection):
    def __init__(self, account_id, *, auth):
        super().__init__(account_id, auth=auth)


class Vault:
    def login(self, timeout): ...
    def refresh(self, session, timeout): ...
    def logout(self, session, timeout): ...
    def close(self): ...


def test_a_spec_is_known_by_account_and_user_and_shows_no_more():
    spec = ums.AgentSpec(**GOOD, settings={"app_id": "hunter3"})
    assert spec.key == ("1", "bot")
    assert repr(spec) == "AgentSpec(user='bot', account_id='1')"
    assert spec == ums.AgentSpec(**GOOD, settings={"app_id": "hunter3"})
    assert spec != ums.AgentSpec(**GOOD)


def test_what_is_given_may_be_changed_afterwards():
    settings = {"app_id": "one"}
    spec = ums.AgentSpec(**GOOD, settings=settings)
    settings["app_id"] = "two"
    assert spec.settings == {"app_id": "one"}


@pytest.mark.parametrize(
    "more",
    [
        {"online": True},
        {"auth": ums.OAuth1Login("bot", "a", "b")},
        {"auth": Vault()},
        {"kind": Bot, "settings": {"colour": "blue", "csds": "x"}},
        {"kind": Narrow, "settings": {"subscribe": [], "csds": "x"}},
        CONSUMER,
        {"kind": ums.ConsumerWebsocketConnection, "auth": Vault()},
        {"settings": {"subscribe": [(print, ums.MessageReceived)]}},
    ],
)
def test_what_an_agent_may_be_given(more):
    assert ums.AgentSpec(**{**GOOD, **more}).user == "bot"


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"user": ""}, "AgentSpec.user='' must be a non-empty string"),
        ({"user": "a\nb"}, "AgentSpec.user='a\\nb' must be a non-empty string"),
        ({"account_id": 1}, "AgentSpec.account_id=1 must be a non-empty string"),
        (
            {"auth": "hunter2"},
            "AgentSpec.auth is a str: for a BrandWebsocketConnection",
        ),
        ({"auth": ums.Anonymous()}, "AgentSpec.auth is a Anonymous: for a Brand"),
        ({"kind": int}, "AgentSpec.kind=<class 'int'> is no class of connections"),
        ({"kind": ums.WebsocketConnection}, "is no class of connections"),
        ({"kind": "brand"}, "AgentSpec.kind='brand' is no class of connections"),
        (
            {"kind": Deaf},
            "AgentSpec.kind: Deaf() must take subscribe, as its base class does, so",
        ),
        ({"online": 1}, "AgentSpec.online=1 must be True or False"),
        ({"settings": 7}, "AgentSpec.settings must be a mapping, not 7"),
        ({"settings": {"ssl": 1}}, "AgentSpec.settings has 'ssl': a BrandWebsocket"),
        ({"settings": {7: 1}}, "AgentSpec.settings has 7: a BrandWebsocketConnection"),
        ({"settings": {"auth": 1}}, "AgentSpec.settings has 'auth'"),
        ({"kind": Bot, "settings": {"runtime": 1}}, "settings has 'runtime': a Bot"),
        (
            {"kind": Narrow, "settings": {"app_id": "x"}},
            "a Narrow takes csds, subscribe",
        ),
        (
            {"kind": ums.ConsumerWebsocketConnection},
            (
                "AgentSpec.auth is a PasswordLogin: for a ConsumerWebsocketConnection "
                "give one of Anonymous, AuthenticatedConsumer, ReadyJwt, or a "
                "TokenSource"
            ),
        ),
        (
            {**CONSUMER, "online": True},
            (
                "AgentSpec.online=True is for brands: a ConsumerWebsocketConnection "
                "has no agent state; leave it out"
            ),
        ),
    ],
)
def test_what_breaks_a_rule_is_named_and_no_secret_is_shown(more, said):
    with pytest.raises(ums.LocalProtocolError) as caught:
        ums.AgentSpec(**{**GOOD, **more})
    assert said in str(caught.value)
    assert "hunter2" not in str(caught.value)
