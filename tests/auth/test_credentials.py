import pytest
from msgspec import NODEFAULT
from msgspec.structs import fields as struct_fields

from ums_actors.auth.credentials import (
    AssertionLogin,
    ExistingSession,
    OAuth1Login,
    PasswordLogin,
    ReadyBearer,
)
from ums_actors.errors import LocalProtocolError
from ums_actors.secret import Secret, reveal


def all_kinds(secret):
    return [
        PasswordLogin("bot", secret),
        OAuth1Login("bot", secret, secret, secret, secret),
        AssertionLogin(secret),
        ExistingSession(secret, secret, secret, user_id="31", user_pid="pid"),
        ReadyBearer(secret, "31"),
    ]


@pytest.mark.parametrize("wrapped", [False, True])
def test_no_kind_shows_its_secrets(wrapped):
    for each in all_kinds(Secret("hunter2") if wrapped else "hunter2"):
        assert "hunter2" not in f"{each!r} {each} {vars(type(each))}"


def test_secrets_can_be_revealed_and_kinds_compared():
    assert reveal(PasswordLogin("bot", "hunter2").password) == "hunter2"
    assert PasswordLogin("bot", "a") == PasswordLogin("bot", Secret("a"))
    assert PasswordLogin("bot", "a") != PasswordLogin("bot", "b")


def test_credentials_cannot_be_changed():
    with pytest.raises(AttributeError):
        PasswordLogin("bot", "a").username = "other"


def test_client_credentials_need_no_access_token():
    found = OAuth1Login("bot", "id", "hunter2")
    assert reveal(found.access_token) == reveal(found.access_token_secret) == "dummy"


@pytest.mark.parametrize(
    ("make", "name"),
    [
        (lambda: PasswordLogin("", "a"), "PasswordLogin.username"),
        (lambda: PasswordLogin("bot", ""), "PasswordLogin.password"),
        (lambda: PasswordLogin("bot", Secret("")), "PasswordLogin.password"),
        (lambda: PasswordLogin("bot", 5), "PasswordLogin.password"),
        (lambda: ExistingSession("t", user_id=""), "ExistingSession.user_id"),
        (lambda: ReadyBearer("t", ""), "ReadyBearer.user_id"),
        (lambda: AssertionLogin(""), "AssertionLogin.assertion"),
    ],
)
def test_missing_part_is_named(make, name):
    with pytest.raises(LocalProtocolError, match=f"^{name} must be a non-empty string"):
        make()


def test_a_default_is_one_that_may_be():
    """Whoever leaves a part out is not told afterwards that it was needed."""
    for kind in (type(each) for each in all_kinds("a")):
        needed = {
            each.name: "a" for each in struct_fields(kind) if each.default is NODEFAULT
        }
        assert kind(**needed)
        for name in needed:
            with pytest.raises(TypeError, match=f"'{name}'"):
                kind(**{each: "a" for each in needed if each != name})


def test_the_user_of_a_session_is_named_by_name():
    with pytest.raises(TypeError, match="positional"):
        ExistingSession("t", "c", "s", "31")


def test_optional_parts_may_be_missing():
    assert ExistingSession("t", user_id="31").csrf is None
