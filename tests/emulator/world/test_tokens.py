from __future__ import annotations

import base64
import json

import jwt
import pytest

from ums_actors.emulator.world.tokens import (
    EXTERNAL_ISSUER,
    EXTERNAL_LIFE,
    INTERNAL_ISSUER,
    INTERNAL_LIFE,
    MAX_LENGTH,
    RENEWABLE,
    Tokens,
    has_expired,
)


class Clock:
    now = 1_700_000_000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def tokens(clock):
    return Tokens("acc7", clock)


def test_a_token_has_the_claims_of_the_identity_service(tokens, clock):
    claims = tokens.read(
        tokens.issue(INTERNAL_ISSUER, "c1", **{"lp.ext": {"sub": "x"}})
    )
    assert claims["sub"] == "c1"
    assert claims["aud"] == "acc:acc7"
    assert claims["iss"] == "https://idp.liveperson.net"
    assert claims["iat"] == clock.now
    assert claims["exp"] == clock.now + INTERNAL_LIFE
    assert claims["lp.ext"] == {"sub": "x"}


def test_nobody_can_claim_a_standard_claim(tokens):
    claims = tokens.read(tokens.issue(INTERNAL_ISSUER, "c1", aud="acc:other", exp=1))
    assert claims["aud"] == "acc:acc7"
    assert claims["exp"] > 1


def test_a_live_internal_token_lets_its_consumer_in(tokens):
    assert tokens.consumer_of(tokens.issue(INTERNAL_ISSUER, "c1")) == "c1"


def test_an_external_token_lets_nobody_in(tokens):
    token = tokens.issue(EXTERNAL_ISSUER, "c1")
    assert tokens.consumer_of(token) is None
    assert tokens.is_live(tokens.read(token), EXTERNAL_ISSUER)
    assert not tokens.is_live(tokens.read(token), INTERNAL_ISSUER)


def test_a_new_token_kills_the_last_of_its_kind_alone(tokens):
    external = tokens.issue(EXTERNAL_ISSUER, "c1")
    first = tokens.issue(INTERNAL_ISSUER, "c1")
    other = tokens.issue(INTERNAL_ISSUER, "c2")
    second = tokens.issue(INTERNAL_ISSUER, "c1")
    assert tokens.consumer_of(first) is None
    assert tokens.consumer_of(second) == "c1"
    assert tokens.consumer_of(other) == "c2"
    assert tokens.is_live(tokens.read(external), EXTERNAL_ISSUER)


@pytest.mark.parametrize(
    ("issuer", "life"),
    [(INTERNAL_ISSUER, INTERNAL_LIFE), (EXTERNAL_ISSUER, EXTERNAL_LIFE)],
)
def test_a_token_dies_of_age(tokens, clock, issuer, life):
    claims = tokens.read(tokens.issue(issuer, "c1"))
    clock.now += life - 1
    assert tokens.is_live(claims, issuer)
    clock.now += 1
    assert not tokens.is_live(claims, issuer)


def test_a_killed_token_is_still_readable_and_lets_nobody_in(tokens):
    token = tokens.issue(INTERNAL_ISSUER, "c1")
    external = tokens.issue(EXTERNAL_ISSUER, "c1")
    assert tokens.expire("c1") == 1
    assert tokens.consumer_of(token) is None
    assert tokens.read(token)["sub"] == "c1"
    assert not tokens.is_live(tokens.read(external), EXTERNAL_ISSUER)
    assert tokens.expire("c1") == 0


def test_an_identity_is_renewable_for_730_hours_from_its_making(tokens, clock):
    claims = tokens.read(tokens.issue(EXTERNAL_ISSUER, "c1"))
    clock.now += RENEWABLE - 1
    assert tokens.is_renewable(claims)
    again = tokens.issue(EXTERNAL_ISSUER, "c1", auth_time=claims["auth_time"])
    clock.now += 1
    assert not tokens.is_renewable(claims)
    assert not tokens.is_renewable(tokens.read(again))
    assert not tokens.is_renewable({})


def test_only_the_own_key_and_account_are_read(tokens, clock):
    assert Tokens("acc7", clock).read(tokens.issue(INTERNAL_ISSUER, "c1")) is None
    other = Tokens("acc8", clock)
    other._key = tokens._key
    assert other.read(tokens.issue(INTERNAL_ISSUER, "c1")) is None


def test_any_signers_token_can_be_peeked_at(tokens):
    token = jwt.encode({"sub": "x", "exp": 1}, "k" * 32, "HS256")
    assert tokens.peek(token) == {"sub": "x", "exp": 1}
    unsigned = jwt.encode({"sub": "y"}, None, "none")
    assert tokens.peek(unsigned) == {"sub": "y"}


def part(value):
    return base64.urlsafe_b64encode(value.encode()).rstrip(b"=").decode()


_HEAD = part(json.dumps({"alg": "HS256", "typ": "JWT"}))


@pytest.mark.parametrize(
    "token",
    [
        None,
        7,
        "",
        "garbage",
        "a.b.c",
        "…",
        _HEAD + "." + part("[1]") + ".x",
        _HEAD + "." + part("nonsense") + ".x",
        _HEAD + "." + part("[" * 2_900) + ".x",
        part("[" * 2_900) + "." + part("{}") + ".x",
        "x" * (MAX_LENGTH + 1),
    ],
)
def test_garbage_is_no_token(tokens, token):
    assert tokens.peek(token) is None
    assert tokens.read(token) is None
    assert tokens.consumer_of(token) is None


@pytest.mark.parametrize(
    ("exp", "expired"),
    [(None, False), (101, False), (100.5, False), (100, True), (1, True), ("x", True)],
)
def test_times_that_are_over(exp, expired):
    assert has_expired({"exp": exp}, 100.0) is expired


def test_no_key_shows_in_a_repr(tokens):
    assert "key" not in repr(tokens)
