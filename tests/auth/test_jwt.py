import base64
import json

import pytest

from ums_actors.auth.jwt import Claims, read_claims
from ums_actors.errors import RemoteProtocolError
from ums_actors.secret import Secret


def jwt(claims, *, raw=None):
    body = json.dumps(claims).encode() if raw is None else raw
    middle = base64.urlsafe_b64encode(body).rstrip(b"=").decode()
    return f"e30.{middle}.hunter2"


@pytest.mark.parametrize("wrap", [str, Secret])
@pytest.mark.parametrize("subject", ["c", "consumer-1", 'ümläut"'])
def test_the_subject_and_times_are_read(wrap, subject):
    token = jwt({"sub": subject, "iat": 10, "exp": 70.5, "iss": "idp"})
    assert read_claims(wrap(token)) == Claims(subject, 10.0, 70.5, "idp")


def test_times_may_be_missing_or_odd_and_a_subject_a_number():
    claims = read_claims(jwt({"sub": 7, "iat": "x", "exp": True, "iss": 5}))
    assert claims == Claims("7", None, None)


@pytest.mark.parametrize(
    "token",
    [
        "",
        "hunter2",
        "a.b",
        "a.b.c.d",
        "e30.hunter2!.x",
        "e30.hunter2.x",
        jwt({}, raw=b"[1]"),
        jwt({}, raw=b'"hunter2"'),
        jwt({}, raw=b"\xff"),
        jwt({}, raw=b"[" * 5000),
        jwt({"sub": "a", "hunter2": "x" * 70_000}),
    ],
)
def test_what_is_no_jwt_is_told_and_not_shown(token):
    with pytest.raises(RemoteProtocolError, match="is no JWT") as caught:
        read_claims(token)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("claims", [{}, {"sub": ""}, {"sub": None}, {"sub": True}])
def test_a_jwt_of_nobody_is_told(claims):
    with pytest.raises(RemoteProtocolError, match="whose it is"):
        read_claims(jwt(claims))


@pytest.mark.parametrize(
    ("claims", "life"),
    [
        (Claims("a", 100.0, 160.0), 60.0),
        (Claims("a", None, 1060.0), 60.0),
        (Claims("a", 100.0, None), None),
    ],
)
def test_life_is_counted_by_the_issuers_clock_if_it_says_it(claims, life):
    assert claims.life(lambda: 1000.0) == life
