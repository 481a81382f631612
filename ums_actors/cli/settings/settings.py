"""The settings of one call: options, then the environment, then the file."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Self

import click

import ums_actors as ums
from ums_actors.auth.csds import DEFAULT_CSDS_HOST
from ums_actors.cli.settings.fields import FIELDS, Field, field
from ums_actors.cli.settings.file import default_path, read_file
from ums_actors.cli.text import reason

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ums_actors.auth.credentials import Credentials

__all__ = ["Found", "Settings"]

_LONGEST_SECRET = 4096  # bytes of a file that holds one
_OAUTH = ("app_key", "app_secret", "access_token", "access_token_secret")


class Found(NamedTuple):
    """A value, and who gave it."""

    value: str
    source: str


class Settings:
    """What is set.

    Args:
        found: by name of the setting.
        path: the file, None if there is none.
    """

    def __init__(self, found: Mapping[str, Found], path: Path | None) -> None:
        self._found = dict(found)
        self.path: Path | None = path

    @classmethod
    def read(
        cls,
        options: Mapping[str, str | None],
        *,
        config: str | None = None,
        profile: str | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> Self:
        """Look at all places.

        Args:
            options: values by names of settings; None: not given.
            config: path of the file.
            profile: which of its tables.
            environment: in place of the process's own.

        Raises:
            click.UsageError: a place is of no use; the text says what to do.
        """
        where = os.environ if environment is None else environment
        config = config or where.get("UMS_CONFIG") or None
        profile = profile or where.get("UMS_PROFILE") or None
        path = default_path(where) if config is None else Path(config).expanduser()
        there = config is not None or profile is not None or path.exists()
        found: dict[str, Found] = {}
        if there:
            for name, (value, place) in read_file(path, profile).items():
                found[name] = Found(value, place)
        for each in FIELDS:
            if where.get(each.variable):
                found[each.name] = Found(where[each.variable], each.variable)
            given = options.get(each.name)
            if given is not None:
                found[each.name] = Found(given, each.option)
        return cls(found, path if there else None)

    def get(self, name: str) -> Found | None:
        """Give a setting, None if nobody set it."""
        return self._found.get(name)

    def value(self, name: str, default: str | None = None) -> str | None:
        """Give the value of a setting."""
        found = self._found.get(name)
        return default if found is None else found.value

    def required(self, name: str) -> str:
        """Give the value of a setting that there must be.

        Raises:
            click.UsageError: nobody set it.
        """
        found = self._found.get(name)
        if found is None:
            raise click.UsageError(_missing(field(name)))
        return found.value

    def credentials(self) -> Credentials:
        """Give what to log in with; asks for a password if there is a terminal.

        Raises:
            click.UsageError: something is missing, or cannot be used.
        """
        token = self.value("token")
        try:
            if token is not None:
                return ums.ReadyBearer(token, user_id=self.required("user_id"))
            username = self.required("username")
            keys = {name: self.value(name) for name in _OAUTH}
            if any(keys.values()):
                return self._oauth(username)
            return ums.PasswordLogin(username, self._password(username))
        except ums.LocalProtocolError as error:
            raise click.UsageError(str(error)) from None

    def start(self, **more: Any) -> ums.LoopRef[ums.BrandWebsocketConnection]:
        """Start a connection with these settings, not opened yet.

        Args:
            more: as for :class:`~ums_actors.BrandWebsocketConnection`.

        Raises:
            click.UsageError: a value cannot be used.
        """
        account = self.required("account")
        auth = self.credentials()
        try:
            return ums.BrandWebsocketConnection.start(
                account_id=account,
                auth=auth,
                csds=self.value("csds", DEFAULT_CSDS_HOST),
                ca_file=self.value("ca"),
                app_id="ums-actors",
                **more,
            )
        except ums.LocalProtocolError as error:  # with which nothing can be tried
            raise click.UsageError(str(error)) from None

    def _oauth(self, username: str) -> ums.OAuth1Login:
        """Take the keys of a bot; the last two may be left out (OAuth2)."""
        more = {
            name: value
            for name in ("access_token", "access_token_secret")
            if (value := self.value(name)) is not None
        }
        return ums.OAuth1Login(
            username, self.required("app_key"), self.required("app_secret"), **more
        )

    def _password(self, username: str) -> str:
        given = self.value("password")
        if given is not None:
            return given
        path = self.value("password_file")
        if path is not None:
            return _secret_of(path)
        if not sys.stdin.isatty():
            raise click.UsageError(
                "there is no password and no terminal to ask on: set UMS_PASSWORD, or "
                "give --password-file"
            )
        return str(click.prompt(f"Password of {username}", hide_input=True, err=True))


def _missing(wanted: Field) -> str:
    return (
        f"{wanted.name} is not set: give {wanted.ways}, or '{wanted.name} = \"…\"' in "
        "the file of --config"
    )


def _secret_of(path: str) -> str:
    """Read a file that holds one secret, and perhaps the end of its line."""
    try:
        with Path(path).expanduser().open("rb") as file:
            data = file.read(_LONGEST_SECRET + 1)
        text = data.decode()
    except OSError as error:
        raise click.UsageError(
            f"the password file {path} cannot be read: {reason(error)}; give another"
        ) from None
    except UnicodeDecodeError:
        raise click.UsageError(f"the password file {path} is not UTF-8") from None
    secret = text.removesuffix("\n").removesuffix("\r")
    if not secret or len(data) > _LONGEST_SECRET:
        raise click.UsageError(
            f"the password file {path} must hold the password alone, 1 to "
            f"{_LONGEST_SECRET} bytes"
        )
    return secret
