"""Who a consumer may be. None of these shows a secret when printed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from msgspec import Struct
from msgspec.structs import force_setattr

from ums_actors.arguments import identifier
from ums_actors.errors import LocalProtocolError
from ums_actors.secret import Secret

__all__ = ["Anonymous", "AuthenticatedConsumer", "IdSource", "Identity", "ReadyJwt"]

IdSource: TypeAlias = Callable[[], str | Secret]
"""Gives a fresh external JWT; called on a worker thread, where it may block."""


class Anonymous(Struct, frozen=True):
    """A consumer whom nobody knows; the identity is made at the first login.

    Args:
        connector_id: the connector for unauthenticated consumers; without one the
            account's demo signup is used.
        new_identity: whether to become somebody else if the identity cannot be
            renewed. The conversations of the former are lost then; an
            ``IdentityChanged`` says so.
    """

    connector_id: str | None = None
    new_identity: bool = True

    def __post_init__(self) -> None:
        if self.connector_id is not None:
            identifier("Anonymous.connector_id", self.connector_id)


class AuthenticatedConsumer(Struct, frozen=True):
    """A consumer whom your own login knows.

    Args:
        connector_id: the connector for authenticated consumers.
        id_token: the external JWT, or a callable that gives a fresh one. With the
            mere JWT the connection fails once the service has refused it.
    """

    connector_id: str
    id_token: str | Secret | IdSource

    def __post_init__(self) -> None:
        identifier("AuthenticatedConsumer.connector_id", self.connector_id)
        if not callable(self.id_token):
            _seal(self, "id_token", " or a callable that gives one")

    def __repr__(self) -> str:  # a callable's own may show what it holds
        return f"AuthenticatedConsumer(connector_id={self.connector_id!r})"


class ReadyJwt(Struct, frozen=True):
    """A consumer's internal JWT made elsewhere; it cannot be renewed."""

    token: str | Secret

    def __post_init__(self) -> None:
        _seal(self, "token")


Identity: TypeAlias = Anonymous | AuthenticatedConsumer | ReadyJwt


def _seal(identity: Struct, name: str, more: str = "") -> None:
    value = getattr(identity, name)
    if not isinstance(value, (str, Secret)) or not value:
        raise LocalProtocolError(
            f"{type(identity).__name__}.{name} must be a non-empty string{more}"
        )
    if not isinstance(value, Secret):
        force_setattr(identity, name, Secret(value))
