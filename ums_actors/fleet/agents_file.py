"""The file of a fleet's agents: TOML, with a table for each.

::

    account = "12345678"                 # outside: for all agents that do not say
    csds = "api.liveperson.net"
    online = true

    [options]                            # see ums_actors.Options
    request_timeout = 15

    [[agents]]
    user = "bot1"
    password_env = "BOT1_PASSWORD"       # the name of a variable

    [[agents]]
    user = "bot2"
    username = "bot2@example"            # the login name, where it is another
    app_key_file = "secrets/bot2.key"    # beside this file; for its owner alone
    secret_file = "secrets/bot2.secret"
    access_token_env = "BOT2_TOKEN"      # without these two it is OAuth2
    access_token_secret_env = "BOT2_TOKEN_SECRET"

    [[agents]]
    user = "visitor"
    kind = "consumer"
    connector_id = "4711"

A secret may also stand in the file itself, as ``password = "…"``: the file must then
be readable for its owner alone, as each file must that a secret is in.
"""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeGuard, cast

from ums_actors.arguments import shown
from ums_actors.auth.credentials import Credentials, OAuth1Login, PasswordLogin
from ums_actors.auth.identities import Anonymous
from ums_actors.connection import (
    BrandWebsocketConnection,
    ConsumerWebsocketConnection,
    WebsocketConnection,
)
from ums_actors.errors import LocalProtocolError
from ums_actors.fleet.secrets_file import WAYS, Secrets, check_owner
from ums_actors.fleet.spec import AgentSpec
from ums_actors.options import Options

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["read_agents"]

_SECRETS: Final = (
    *("password", "app_key", "secret"),
    *("access_token", "access_token_secret"),
)
_SETTINGS: Final = (
    *("app_id", "app_version", "ca_file", "create_default_subscription"),
    *("csds", "domains", "extra_ca_file"),
)
"""Arguments of a connection that a file can say."""
_COMMON: Final = ("account", "kind", "online", "options", *_SETTINGS)
"""What may stand outside of the agents' tables, too."""
_KINDS: Final[dict[Any, type[WebsocketConnection]]] = {
    "brand": BrandWebsocketConnection,
    "consumer": ConsumerWebsocketConnection,
}
_KNOWN: Final = (
    *_COMMON,
    *("connector_id", "user", "username"),
    *(name + how for name in _SECRETS for how in WAYS),
)


def read_agents(
    path: str | os.PathLike[str], environment: Mapping[str, str] | None = None
) -> list[AgentSpec]:
    """Give the agents of a file; blocks.

    Args:
        path: of the file.
        environment: where variables are looked up; that of the process if not given.

    Raises:
        LocalProtocolError: it cannot be read, a key of it breaks a rule, or others may
            read a secret of it.
    """
    variables = os.environ if environment is None else environment
    return _Reader(Path(path), variables).read()


class _Reader:
    """Reads one file; what is wrong is said with its path and key."""

    def __init__(self, path: Path, environment: Mapping[str, str]) -> None:
        self._path = path
        self._secrets = Secrets(path.parent, environment)
        self._common: dict[str, Any] = {}

    def read(self) -> list[AgentSpec]:
        common = self._document()
        tables = _tables(common.pop("agents", None))
        if not tables:
            raise self._error("has no agents: write a table [[agents]] for each")
        self._check_keys("outside of tables", common, _COMMON)
        self._common = self._with_options("[options]", common)
        found = [self._agent(number, table) for number, table in enumerate(tables, 1)]
        if any(name in _SECRETS for table in tables for name in table):
            check_owner(self._path)
        return found

    def _document(self) -> dict[str, Any]:
        try:
            return tomllib.loads(self._path.read_text("utf-8"))
        except OSError as error:
            why = error.strerror or type(error).__name__
            raise self._error(f"cannot be read: {why}; give another path") from None
        except UnicodeDecodeError:
            raise self._error("is not UTF-8: write it as UTF-8") from None
        except tomllib.TOMLDecodeError as error:
            # its text names a place, and no value
            raise self._error(f"is not TOML: {error}; mend it") from None

    def _agent(self, number: int, table: dict[str, Any]) -> AgentSpec:
        where = f"[[agents]] {number}"
        self._check_keys(where, table, _KNOWN)
        given = {**self._common, **self._with_options(f"{where} options", table)}
        for name in ("user", "account"):
            if name not in given:
                raise self._error(f'{where} has no {name}: write {name} = "…"')
        named: Any = given.get("kind", "brand")
        kind = _KINDS.get(named) if isinstance(named, str) else None
        if kind is None:
            raise self._error(
                f"{where}: kind={shown(named)} must be 'brand' or 'consumer'"
            )
        names = ("options", *_SETTINGS)
        try:
            return AgentSpec(
                user=given["user"],
                account_id=given["account"],
                auth=self._auth(given, kind),
                kind=kind,
                online=_online(kind, given, table),
                settings={name: given[name] for name in names if name in given},
            )
        except LocalProtocolError as error:
            raise self._error(f"{where}: {error}") from None

    def _auth(
        self, given: dict[str, Any], kind: type[WebsocketConnection]
    ) -> Credentials | Anonymous:
        if kind is ConsumerWebsocketConnection:
            return Anonymous(given.get("connector_id"))
        found = {name: self._secrets.find(given, name) for name in _SECRETS}
        keys = {name: value for name, value in found.items() if value is not None}
        username = given.get("username", given["user"])
        password = keys.pop("password", None)
        if password is not None and not keys:
            return PasswordLogin(username, password)
        if password is None and {"app_key", "secret"} <= set(keys):
            return OAuth1Login(username, **keys)
        raise LocalProtocolError(
            "it needs one login: give password, or app_key and secret, not both (each "
            "as it is, or with _env or _file behind its name)"
        )

    def _with_options(self, where: str, table: dict[str, Any]) -> dict[str, Any]:
        given = table.get("options")
        if given is None:
            return table
        if not isinstance(given, dict):
            raise self._error(f"{where} must be a table: see ums_actors.Options")
        options = cast("dict[str, Any]", given)
        self._check_keys(where, options, Options.__struct_fields__)
        try:
            return {**table, "options": Options(**options)}
        except LocalProtocolError as error:
            raise self._error(f"{where}: {error}") from None

    def _check_keys(
        self, where: str, table: Mapping[str, Any], known: tuple[str, ...]
    ) -> None:
        for name in table:
            if name not in known:
                raise self._error(
                    f"{where} has an unknown key {shown(name)}: it takes "
                    f"{', '.join(sorted(known))}"
                )

    def _error(self, text: str) -> LocalProtocolError:
        return LocalProtocolError(f"{self._path}: {text}")


def _tables(agents: Any) -> list[dict[str, Any]]:
    """Give the tables of agents; none if they are something else."""
    if not _is_list(agents) or not all(isinstance(each, dict) for each in agents):
        return []
    return agents


def _is_list(value: Any) -> TypeGuard[list[Any]]:
    return isinstance(value, list)


def _online(
    kind: type[WebsocketConnection], given: dict[str, Any], table: dict[str, Any]
) -> Any:
    """Give what is said; of what is said for all, consumers are not meant."""
    is_meant = kind is not ConsumerWebsocketConnection or "online" in table
    return given.get("online", False) if is_meant else False
