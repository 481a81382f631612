"""What an agent of a fleet is started with."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Mapping
from typing import Any, Final, TypeAlias, TypeGuard, get_args

import msgspec
from msgspec.structs import force_setattr

from ums_actors.arguments import identifier, shown
from ums_actors.auth.credentials import Credentials
from ums_actors.auth.identities import Identity
from ums_actors.auth.source import TokenSource
from ums_actors.connection import (
    BrandWebsocketConnection,
    ConsumerWebsocketConnection,
    WebsocketConnection,
)
from ums_actors.errors import LocalProtocolError

__all__ = ["AgentSpec", "Key"]

Key: TypeAlias = tuple[str, str]
"""Account and user: what an agent is known by."""

_OWN: Final = frozenset({"self", "account_id", "auth", "runtime"})
"""Arguments of a connection that a spec has by another way."""


class AgentSpec(msgspec.Struct, frozen=True, kw_only=True):
    """One agent, bot or consumer; what is given is not changed afterwards.

    Attributes:
        user: its name in the fleet, unique within the account; mostly the login name.
        account_id: its account.
        auth: credentials (of a consumer an identity), or a
            :class:`~ums_actors.TokenSource`.
        kind: the class of its connection, ``BrandWebsocketConnection`` or
            ``ConsumerWebsocketConnection`` or one of yours.
        online: have conversations offered and be ONLINE as soon as it is READY for the
            first time; later lines restore that by themselves. Brands only.
        settings: further arguments of the connection: ``csds``, ``options``,
            ``ca_file``, ``outbox``, … One :class:`~ums_actors.Options` for many
            agents takes the memory of one.

    Raises:
        LocalProtocolError: a value breaks a rule.
    """

    user: str
    account_id: str
    auth: Any
    kind: type[WebsocketConnection] = BrandWebsocketConnection
    online: bool = False
    settings: Mapping[str, Any] = {}

    def __post_init__(self) -> None:
        identifier("AgentSpec.user", self.user)
        identifier("AgentSpec.account_id", self.account_id)
        known = _parameters(_checked_kind(self.kind))
        self._check_auth()
        if not isinstance(self.online, bool):
            raise LocalProtocolError(
                f"AgentSpec.online={shown(self.online)} must be True or False"
            )
        if self.online and not issubclass(self.kind, BrandWebsocketConnection):
            raise LocalProtocolError(
                f"AgentSpec.online=True is for brands: a {self.kind.__name__} has no "
                "agent state; leave it out"
            )
        force_setattr(self, "settings", self._checked_settings(known))

    def __repr__(self) -> str:  # settings may be anything, also what must not be shown
        return f"AgentSpec(user={self.user!r}, account_id={self.account_id!r})"

    @property
    def key(self) -> Key:
        """Account and user."""
        return self.account_id, self.user

    def _check_auth(self) -> None:
        consumer = issubclass(self.kind, ConsumerWebsocketConnection)
        wanted = get_args(Identity if consumer else Credentials)
        if not isinstance(self.auth, (*wanted, TokenSource)):
            names = ", ".join(each.__name__ for each in wanted)
            raise LocalProtocolError(
                f"AgentSpec.auth is a {type(self.auth).__name__}: for a "
                f"{self.kind.__name__} give one of {names}, or a TokenSource"
            )

    def _checked_settings(self, known: frozenset[str] | None) -> dict[str, Any]:
        given: Any = self.settings
        if not _is_mapping(given):
            raise LocalProtocolError(
                f"AgentSpec.settings must be a mapping, not {shown(given)}"
            )
        for name in given:
            if name in _OWN or (known is not None and name not in known):
                names = ", ".join(sorted(known or ()))
                raise LocalProtocolError(
                    f"AgentSpec.settings has {shown(name)}: a {self.kind.__name__} "
                    f"takes {names or 'other arguments'}"
                )
        return dict(given) if given else _NONE


_NONE: Final[dict[str, Any]] = {}
"""What all share who have no settings; nobody writes into it."""


def _is_mapping(value: Any) -> TypeGuard[Mapping[Any, Any]]:
    return isinstance(value, Mapping)


def _checked_kind(kind: Any) -> type[WebsocketConnection]:
    if not isinstance(kind, type) or not issubclass(
        kind, (BrandWebsocketConnection, ConsumerWebsocketConnection)
    ):
        raise LocalProtocolError(
            f"AgentSpec.kind={shown(kind)} is no class of connections: give "
            "BrandWebsocketConnection, ConsumerWebsocketConnection, or a subclass"
        )
    known = _parameters(kind)
    if known is not None and "subscribe" not in known:
        raise LocalProtocolError(
            f"AgentSpec.kind: {kind.__name__}() must take subscribe, as its base class "
            "does, so that the fleet can hear of it: pass it on"
        )
    return kind


@functools.lru_cache(maxsize=64)
def _parameters(kind: type[WebsocketConnection]) -> frozenset[str] | None:
    """Give the names of what a class may be set; None if it takes whatever."""
    found: set[str] = set()
    for each in inspect.signature(kind.__init__).parameters.values():
        if each.kind is inspect.Parameter.VAR_KEYWORD:
            return None
        found.add(each.name)
    return frozenset(found - _OWN)
