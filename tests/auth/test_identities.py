import functools

import pytest

from ums_actors.auth.identities import Anonymous, AuthenticatedConsumer, ReadyJwt
from ums_actors.errors import LocalProtocolError
from ums_actors.secret import Secret, reveal


@pytest.mark.parametrize("wrap", [str, Secret])
def test_no_identity_shows_its_secrets(wrap):
    given = wrap("hunter2")
    for each in (
        ReadyJwt(given),
        AuthenticatedConsumer("c", given),
        AuthenticatedConsumer("c", functools.partial(str, given)),
    ):
        assert "hunter2" not in f"{each!r} {each}"


def test_tokens_are_sealed_and_identities_compared():
    assert reveal(ReadyJwt("a").token) == "a"
    assert ReadyJwt("a") == ReadyJwt(Secret("a"))
    assert AuthenticatedConsumer("c", "a").id_token == Secret("a")
    assert Anonymous() == Anonymous(None, new_identity=True)


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (lambda: Anonymous(""), "Anonymous.connector_id=.* must be"),
        (lambda: Anonymous(5), "Anonymous.connector_id=.* must be"),
        (
            lambda: AuthenticatedConsumer("", "a"),
            "AuthenticatedConsumer.connector_id=.* must be",
        ),
        (
            lambda: AuthenticatedConsumer("c", ""),
            "AuthenticatedConsumer.id_token must be a non-empty string or a callable",
        ),
        (lambda: ReadyJwt(""), "ReadyJwt.token must be"),
        (lambda: ReadyJwt(None), "ReadyJwt.token must be"),
    ],
)
def test_a_missing_part_is_named(make, text):
    with pytest.raises(LocalProtocolError, match=text):
        make()
