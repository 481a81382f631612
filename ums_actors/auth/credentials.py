"""What a user may log in with. None of these shows a secret when printed."""

from __future__ import annotations

import functools
from typing import TypeAlias

from msgspec import Struct
from msgspec.structs import fields as struct_fields
from msgspec.structs import force_setattr

from ums_actors.errors import LocalProtocolError
from ums_actors.secret import Secret

__all__ = [
    "AssertionLogin",
    "Credentials",
    "ExistingSession",
    "OAuth1Login",
    "PasswordLogin",
    "ReadyBearer",
]


class _Sealed(Struct, frozen=True):
    """Wraps the fields named in ``_secrets``, and refuses empty fields."""

    def __post_init__(self) -> None:
        for name, optional in _fields_of(type(self)):
            value = getattr(self, name)
            if value is None and optional:
                continue
            if not isinstance(value, (str, Secret)) or not value:
                raise LocalProtocolError(
                    f"{type(self).__name__}.{name} must be a non-empty string"
                )
            if name not in _PLAIN and not isinstance(value, Secret):
                force_setattr(self, name, Secret(value))


@functools.cache  # to look into the annotations takes long
def _fields_of(kind: type[Struct]) -> tuple[tuple[str, bool], ...]:
    """Give the names of a class's fields, and whether each may be None."""
    return tuple((each.name, each.default is None) for each in struct_fields(kind))


class PasswordLogin(_Sealed, frozen=True):
    """User name and password."""

    username: str
    password: str | Secret


class OAuth1Login(_Sealed, frozen=True):
    """The five keys of a bot user.

    For OAuth2 client credentials give client id and secret as ``app_key`` and
    ``secret``, and leave the token fields at their default.
    """

    username: str
    app_key: str | Secret
    secret: str | Secret
    access_token: str | Secret = "dummy"  # noqa: S105 it is what the service wants
    access_token_secret: str | Secret = "dummy"  # noqa: S105 it is what the service wants


class AssertionLogin(_Sealed, frozen=True):
    """A SAML assertion, base64. It serves once: give a TokenSource for more."""

    assertion: str | Secret


class _Session(_Sealed, frozen=True):
    """What may be given without a name, in this order."""

    token: str | Secret
    csrf: str | Secret | None = None
    session_id: str | Secret | None = None


class ExistingSession(_Session, frozen=True, kw_only=True):
    """A login made elsewhere; ``csrf`` and ``session_id`` allow refreshing it.

    Whose it is (``config.userId`` of the login's answer) must be said, by name:
    requests that name the own user need it, and the token does not tell.
    """

    user_id: str
    user_pid: str | None = None


class ReadyBearer(_Sealed, frozen=True):
    """A bearer made elsewhere: no login, no refresh, and none after it has died."""

    token: str | Secret
    user_id: str


Credentials: TypeAlias = (
    PasswordLogin | OAuth1Login | AssertionLogin | ExistingSession | ReadyBearer
)

_PLAIN = frozenset({"username", "user_id", "user_pid"})
