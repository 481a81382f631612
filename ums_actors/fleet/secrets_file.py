"""Secrets that a file of agents names: as they are, of a variable, of a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from ums_actors.arguments import shown
from ums_actors.errors import LocalProtocolError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["WAYS", "Secrets", "check_owner"]

WAYS: Final = ("", "_env", "_file")
"""What stands behind the name of a secret: nothing, or where it is."""
_OTHERS: Final = 0o077
"""Whatever a file's group and all others may do with it."""
_MOST: Final = 64 << 10
"""Characters of a secret's file that are read; the longest have some thousands."""


class Secrets:
    """Finds secrets; blocks.

    Args:
        folder: where files are that are named without one.
        environment: where variables are looked up.
    """

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self._folder = folder
        self._environment = environment

    def find(self, table: Mapping[str, Any], name: str) -> str | None:
        """Give a secret from wherever a table says; None if it does not say.

        Raises:
            LocalProtocolError: it is not there, or others may read it.
        """
        said = [name + how for how in WAYS if name + how in table]
        if not said:
            return None
        if len(said) > 1:
            raise LocalProtocolError(
                f"{' and '.join(said)} are given: leave all but one out"
            )
        (key,) = said
        value = table[key]
        if not isinstance(value, str) or not value:
            raise LocalProtocolError(f"{key} must be a text: put it in quotes")
        if key.endswith("_env"):
            return self._of_variable(key, value)
        return self._of_file(key, value) if key.endswith("_file") else value

    def _of_variable(self, key: str, value: str) -> str:
        found = self._environment.get(value)
        if not found:
            raise LocalProtocolError(
                f"{key}={shown(value)}: there is no such variable, or it is empty; "
                "set it"
            )
        return found

    def _of_file(self, key: str, value: str) -> str:
        path = self._folder / Path(value).expanduser()
        try:
            check_owner(path)
            with path.open(encoding="utf-8") as file:
                found = file.read(_MOST).strip()
        except OSError as error:
            why = error.strerror or type(error).__name__
            raise LocalProtocolError(
                f"{key}: {path} cannot be read: {why}; give another path"
            ) from None
        except UnicodeDecodeError:
            raise LocalProtocolError(
                f"{key}: {path} is not UTF-8: write it as UTF-8"
            ) from None
        if not found:
            raise LocalProtocolError(f"{key}: {path} is empty: write the secret there")
        return found


def check_owner(path: Path) -> None:
    """Refuse a file with a secret that is open to others.

    Raises:
        LocalProtocolError: it is.
        OSError: it cannot be looked at.
    """
    if path.stat().st_mode & _OTHERS:
        raise LocalProtocolError(
            f"{path} holds a secret and other users may read it: run 'chmod 600 {path}'"
        )
