"""The file of settings: TOML, with a table for each profile."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click

from ums_actors.cli.settings.fields import FIELDS, field
from ums_actors.cli.text import reason

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["default_path", "read_file"]

_OTHERS = 0o077
"""Whatever a file's group and all others may do with it."""


def default_path(environment: Mapping[str, str]) -> Path:
    """Give where the file is looked for if nobody says where."""
    home = environment.get("XDG_CONFIG_HOME") or "~/.config"
    return Path(home).expanduser() / "ums-actors.toml"


def read_file(path: Path, profile: str | None) -> dict[str, tuple[str, str]]:
    """Give each setting of a file, and where in it that stands.

    Args:
        path: of the file.
        profile: the table ``[profiles.NAME]`` goes before what stands outside; None:
            that alone.

    Raises:
        click.UsageError: it cannot be read, has no such profile or an unknown key, or
            holds a secret and may be read by others.
    """
    document = _document(path)
    profiles = document.pop("profiles", {})
    if not isinstance(profiles, dict):
        raise click.UsageError(f"{path}: profiles must be tables, as [profiles.test]")
    settings = _settings(path, "", document)
    if profile is not None:
        table = cast("dict[str, Any]", profiles).get(profile)
        if not isinstance(table, dict):
            known = ", ".join(sorted(map(str, cast("dict[str, Any]", profiles))))
            raise click.UsageError(
                f"{path} has no profile {profile!r}: it has {known or 'none'}; write "
                f"a table [profiles.{profile}]"
            )
        settings |= _settings(
            path, f" [profiles.{profile}]", cast("dict[str, Any]", table)
        )
    _check_owner(path, settings)
    return settings


def _document(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise click.UsageError(
            f"{path} cannot be read: {reason(error)}; give another --config"
        ) from None
    except UnicodeDecodeError:
        raise click.UsageError(f"{path} is not UTF-8: write it as UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        # its text names a place, and no value
        raise click.UsageError(f"{path} is not TOML: {error}; mend it") from None


def _settings(
    path: Path, table: str, found: dict[str, Any]
) -> dict[str, tuple[str, str]]:
    names = [each.name for each in FIELDS]
    settings: dict[str, tuple[str, str]] = {}
    for name, value in found.items():
        if name not in names:
            raise click.UsageError(
                f"{path}{table} has an unknown key {name!r}: it takes "
                f"{', '.join(names)}, and tables [profiles.NAME]"
            )
        if isinstance(value, bool) or not isinstance(value, str | int):
            raise click.UsageError(
                f"{path}{table}: {name} must be a text: put it in quotes"
            )
        settings[name] = str(value), f"{path}{table}"
    return settings


def _check_owner(path: Path, settings: Mapping[str, object]) -> None:
    """Refuse secrets in a file that is open to others."""
    secrets = [name for name in settings if field(name).secret]
    if secrets and path.stat().st_mode & _OTHERS:
        raise click.UsageError(
            f"{path} holds {', '.join(secrets)} and other users may read it: run "
            f"'chmod 600 {path}'"
        )
