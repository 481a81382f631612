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
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from ums_actors.arguments import shown
from ums_actors.auth.credentials import Credentials, OAuth1Login, PasswordLogin
from ums_actors.auth.identities import Anonymous
from ums_actors.connection import (
    BrandWebsocketConnection,
    ConsumerWebsocketConnection,
    WebsocketConnection,
)
from ums_actors.errors import LocalProtocolError
from ums_actors.fleet.spec import AgentSpec
from ums_actors.options import Options

__all__ = ["read_agents"]

_OTHERS: Final = 0o077
"""Whatever a file's group and all others may do with it."""
_MOST: Final = 64 << 10
"""Bytes of a secret's file; the longest tokens have some thousands."""
_KEYS: Final = ("app_key", "secret", "access_token", "access_token_secret")
_SECRETS: Final = ("password", *_KEYS)
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
    *(f"{name}{how}" for name in _SECRETS for how in ("", "_env", "_file")),
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
        self._environment = environment
        self._common: dict[str, Any] = {}

    def read(self) -> list[AgentSpec]:
        document = self._document()
        tables: Any = document.pop("agents", None)
        if not isinstance(tables, list) or not tables:
            raise self._error("has no agents: write a table [[agents]] for each")
        self._check_keys("", document, _COMMON)
        if isinstance(options := document.get("options"), dict):
            document["options"] = self._options("[options]", options)
        self._common = document
        found = [self._agent(number, table) for number, table in enumerate(tables, 1)]
        if any(name in _SECRETS for table in tables for name in table):
            self._check_owner(self._path)
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

    def _agent(self, number: int, table: Any) -> AgentSpec:
        if not isinstance(table, dict):
            raise self._error("has agents that are no tables: write [[agents]]")
        where = f"[[agents]] {number}"
        self._check_keys(f" {where}", table, _KNOWN)
        given = {**self._common, **table}
        if isinstance(options := table.get("options"), dict):
            given["options"] = self._options(f"{where} options", options)
        kind = _KINDS.get(given.get("kind", "brand"))
        if kind is None:
            raise self._error(
                f"{where}: kind={shown(given['kind'])} must be 'brand' or 'consumer'"
            )
        for name in ("user", "account"):
            if name not in given:
                raise self._error(f'{where} has no {name}: write {name} = "…"')
        names = ("options", *_SETTINGS)
        try:
            return AgentSpec(
                user=given["user"],
                account_id=given["account"],
                auth=self._auth(where, given, kind),
                kind=kind,
                online=given.get("online", False),
                settings={name: given[name] for name in names if name in given},
            )
        except LocalProtocolError as error:
            raise self._error(f"{where}: {error}") from None

    def _auth(
        self, where: str, given: dict[str, Any], kind: type[WebsocketConnection]
    ) -> Credentials | Anonymous:
        if kind is ConsumerWebsocketConnection:
            return Anonymous(given.get("connector_id"))
        secrets = {
            name: value
            for name in _SECRETS
            if (value := self._secret(where, given, name)) is not None
        }
        username = given.get("username", given["user"])
        password = secrets.pop("password", None)
        if password is not None and not secrets:
            return PasswordLogin(username, password)
        if password is None and {"app_key", "secret"} <= set(secrets):
            return OAuth1Login(username, **secrets)
        raise LocalProtocolError(
            "it has no login: give password, or app_key and secret (each with _env "
            "or _file behind it, or as it is), not both"
        )

    def _secret(self, where: str, given: dict[str, Any], name: str) -> str | None:
        """Give a secret from wherever it is; None if it is not given."""
        said = [how for how in ("", "_env", "_file") if name + how in given]
        if not said:
            return None
        key = name + said[0]
        value = given[key]
        if len(said) > 1:
            raise LocalProtocolError(
                f"{' and '.join(name + how for how in said)} are given: leave all but "
                "one out"
            )
        if not isinstance(value, str) or not value:
            raise LocalProtocolError(f"{key} must be a text: put it in quotes")
        if key.endswith("_env"):
            found = self._environment.get(value)
            if not found:
                raise LocalProtocolError(
                    f"{key}={shown(value)}: there is no such variable, or it is empty; "
                    "set it"
                )
            return found
        return self._from_file(key, value) if key.endswith("_file") else value

    def _from_file(self, key: str, value: str) -> str:
        path = self._path.parent / Path(value).expanduser()
        try:
            self._check_owner(path)
            with path.open(encoding="utf-8") as file:
                found = file.read(_MOST).strip()
        except (OSError, UnicodeDecodeError) as error:
            why = getattr(error, "strerror", None) or "it is not UTF-8"
            raise LocalProtocolError(
                f"{key}: {path} cannot be read: {why}; give another path"
            ) from None
        if not found:
            raise LocalProtocolError(f"{key}: {path} is empty: write the secret there")
        return found

    def _options(self, where: str, table: dict[str, Any]) -> Options:
        try:
            return Options(**table)
        except TypeError:
            unknown = sorted(set(table) - set(Options.__struct_fields__))
            raise self._error(
                f"{where} has an unknown key {shown(unknown[0])}: see ums_actors.Options"
            ) from None
        except LocalProtocolError as error:
            raise self._error(f"{where}: {error}") from None

    def _check_keys(
        self, where: str, table: Mapping[str, Any], known: tuple[str, ...]
    ) -> None:
        for name in table:
            if name not in known:
                raise LocalProtocolError(
                    f"{self._path}{where} has an unknown key {shown(name)}: it takes "
                    f"{', '.join(sorted(known))}"
                )

    def _check_owner(self, path: Path) -> None:
        """Refuse secrets in a file that is open to others."""
        if path.stat().st_mode & _OTHERS:
            raise LocalProtocolError(
                f"{path} holds a secret and other users may read it: run 'chmod 600 "
                f"{path}'"
            )

    def _error(self, text: str) -> LocalProtocolError:
        return LocalProtocolError(f"{self._path} {text}")
