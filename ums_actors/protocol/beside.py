"""What rides beside the body of a request, checked: ``metadata`` and its encoded twin.

An entry may be one of the Structs of :mod:`~ums_actors.protocol.metadata` or a mapping
with a ``type``; keys of a known type may be ours or those on the wire. Entries of other
types pass as they are.
"""

from __future__ import annotations

import base64
import binascii
from typing import Any, Final, cast

from msgspec import Struct
from msgspec.structs import fields as struct_fields

from ums_actors.errors import LocalProtocolError
from ums_actors.protocol.metadata import (
    ActionReason,
    BotResponse,
    BusinessCase,
    EscalationSummary,
    ExternalId,
    IBMWatsonInfo,
    Intent,
    made,
)
from ums_actors.protocol.requests import parts_of

__all__ = ["checked_encoded_metadata", "checked_metadata"]

MAX_ENTRIES: Final = 100
MAX_ENCODED: Final = 5 * 1024
"""Characters of the base64 text of ``encodedMetadata``."""

_KNOWN: Final[dict[str, Any]] = {
    entry.__name__: entry
    for entry in (ActionReason, BotResponse, EscalationSummary, ExternalId)
}
_NESTED: Final[dict[Any, dict[str, Any]]] = {
    BotResponse: {"intents": Intent},
    EscalationSummary: {"businessCases": BusinessCase},
}


def checked_metadata(metadata: Any) -> list[Any] | None:
    """Give the entries as a list, checked; None if there are none.

    A bare entry stands for a list of one.

    Raises:
        LocalProtocolError: an entry has no type, or breaks a limit of its type.
    """
    if metadata is None:
        return None
    entries = (
        list(cast("list[Any]", metadata))
        if isinstance(metadata, (list, tuple))
        else [metadata]
    )
    if len(entries) > MAX_ENTRIES:
        raise LocalProtocolError(
            f"there are {len(entries)} entries of metadata: at most {MAX_ENTRIES}"
        )
    return [_entry(each) for each in entries] or None


def checked_encoded_metadata(text: Any) -> str | None:
    """Check a text that goes as ``encodedMetadata``: base64, 5 KiB at most.

    Raises:
        LocalProtocolError: it is something else; the service would drop the message.
    """
    if text is None:
        return None
    wanted = f"encoded_metadata must be base64 text of 1 to {MAX_ENCODED} characters"
    if not isinstance(text, str) or not 0 < len(text) <= MAX_ENCODED:
        raise LocalProtocolError(wanted)
    try:
        base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise LocalProtocolError(wanted) from None
    return text


def _entry(entry: Any) -> Any:
    if type(entry) in _KNOWN.values():
        return entry
    if isinstance(entry, IBMWatsonInfo):
        return {"type": "IBMWatsonInfo", **(parts_of(entry.info) or {})}
    if isinstance(entry, Struct) and isinstance(entry.__struct_config__.tag, str):
        return entry  # a user's own, which says its type itself
    parts = parts_of(entry)
    kind = None if parts is None else parts.get("type")
    if parts is None or not isinstance(kind, str) or not kind:
        raise LocalProtocolError(
            "an entry of metadata must be an object with a type, such as "
            "{'type': 'ExternalId', 'id': 'card-1'}"
        )
    known = _KNOWN.get(kind)
    if known is None:
        return entry
    made(known, {key: part for key, part in parts.items() if key != "type"})
    return _on_the_wire(known, parts)


def _on_the_wire(known: Any, parts: dict[Any, Any]) -> dict[Any, Any]:
    """Give a mapping with the wire's keys, whichever were used."""
    wire = {each.name: each.encode_name for each in struct_fields(known)}
    told = {wire.get(key, key): part for key, part in parts.items()}
    for name, record in _NESTED.get(known, {}).items():
        entries: list[Any] = told.get(name) or []
        told[name] = [
            each
            if isinstance(each, record)
            else _on_the_wire(record, parts_of(each) or {})
            for each in entries
        ]
        if not told[name]:
            del told[name]
    return told
