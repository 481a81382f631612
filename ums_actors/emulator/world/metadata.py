"""What may ride beside the body of a request as its metadata."""

from __future__ import annotations

from typing import Any, Final

from ums_actors.emulator import choices
from ums_actors.emulator.failures import Refused
from ums_actors.emulator.values import as_list, as_object, json_length

__all__ = ["checked_metadata"]

MAX_NAME: Final = 64
"""Characters of an id or a reason."""
MAX_INTENTS: Final = 16

_NAMES: Final = {"ExternalId": ("id",), "ActionReason": ("reasonId", "reason")}


def checked_metadata(told: Any) -> list[Any] | None:
    """Give the entries as a list; None if there are none.

    Raises:
        Refused: an entry is no object, says too much, or there are too many.
    """
    entries = as_list(told)
    if len(entries) > choices.MAX_METADATA:
        raise Refused(400, f"There are more than {choices.MAX_METADATA} metadata")
    for entry in entries:
        _check(entry)
    if json_length(entries) > choices.MAX_RICH_LENGTH:
        raise Refused(
            400, f"The metadata is longer than {choices.MAX_RICH_LENGTH:,} characters"
        )
    return entries or None


def _check(entry: Any) -> None:
    known = as_object(entry)
    if known is None:
        raise Refused(400, "An entry of the metadata is no object")
    kind = str(known.get("type"))
    for name in _NAMES.get(kind, ()):
        if len(str(known.get(name) or "")) > MAX_NAME:
            raise Refused(400, f"The {name} is longer than {MAX_NAME} characters")
    if kind == "BotResponse" and len(as_list(known.get("intents"))) > MAX_INTENTS:
        raise Refused(400, f"A BotResponse has more than {MAX_INTENTS} intents")
