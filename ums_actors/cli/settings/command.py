"""``ums-actors config``: what is set, and by whom."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import click
import msgspec

from ums_actors.cli.settings.fields import FIELDS
from ums_actors.cli.settings.options import with_settings
from ums_actors.cli.text import visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ums_actors.cli.settings.settings import Settings

__all__ = ["command"]

_HIDDEN: Final = "(set)"
_NOTHING: Final = "-"


@click.command("config")
@with_settings
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def command(settings: Settings, as_json: bool) -> None:
    """Show what is set, and where that comes from; of secrets that they are set.

    An option goes before the environment (UMS_ACCOUNT, UMS_USERNAME, ...), that before
    the profile of the file, that before the rest of the file.
    """
    if as_json:
        click.echo(msgspec.json.encode(_as_object(settings)).decode())
        return
    for line in _lines(settings):
        click.echo(line)


def _as_object(settings: Settings) -> dict[str, object]:
    told: dict[str, dict[str, str | None]] = {}
    for each in FIELDS:
        found = settings.get(each.name)
        told[each.name] = {
            "value": None if found is None or each.secret else found.value,
            "source": None if found is None else found.source,
        }
    return {
        "file": None if settings.path is None else str(settings.path),
        "settings": told,
    }


def _lines(settings: Settings) -> Iterator[str]:
    rows = [("setting", "value", "from")]
    for each in FIELDS:
        found = settings.get(each.name)
        if found is None:
            rows.append((each.name, _NOTHING, _NOTHING))
        else:
            shown = _HIDDEN if each.secret else visible(found.value)
            rows.append((each.name, shown, visible(found.source)))
    widths = [max(len(row[at]) for row in rows) for at in range(2)]
    for name, value, source in rows:
        yield f"{name:{widths[0]}}  {value:{widths[1]}}  {source}"
    yield ""
    where = "none" if settings.path is None else str(settings.path)
    yield f"file: {where}"
