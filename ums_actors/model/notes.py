"""The notes that agents keep of a conversation: a JSON list inside its one note."""

from __future__ import annotations

import uuid
from bisect import bisect_right
from typing import Any

import msgspec
from msgspec import Struct

from ums_actors.errors import LocalProtocolError, RemoteProtocolError
from ums_actors.protocol.fields import NOTE_LIMIT
from ums_actors.protocol.lenient import fit_many
from ums_actors.protocol.values import check_values

__all__ = ["AgentNote", "NoteSaved", "read_notes", "with_note"]


class AgentNote(Struct, frozen=True, rename="camel", omit_defaults=True):
    """One agent's note; ``time`` is milliseconds since 1970."""

    agent_id: str | None = None
    name: str | None = None
    note_content: str = ""
    time: int | None = None
    note_id: str | None = None
    is_auto_summary: bool = False


class NoteSaved(Struct, frozen=True):
    """What became of a note.

    Attributes:
        note_id: by which it can be replaced.
        truncated: whether its content had to be shortened.
    """

    note_id: str
    truncated: bool


def read_notes(note: str | None) -> tuple[AgentNote, ...]:
    """Give the notes of a conversation; one that is no such list is a note itself."""
    if not note:
        return ()
    try:
        check_values(note)
        found: Any = msgspec.json.decode(note)
    except (RemoteProtocolError, msgspec.MsgspecError, ValueError, RecursionError):
        found = None
    if isinstance(found, list):
        return tuple(fit_many(found, AgentNote))
    return (AgentNote(note_content=note),)


def with_note(
    current: str | None, new: AgentNote, *, truncate: bool
) -> tuple[str, NoteSaved]:
    """Add a note, or put it in the place of the one of its id.

    Returns:
        the conversation's note, and what became of the new one.

    Raises:
        LocalProtocolError: there is no room for it, or none for all of it and
            ``truncate`` is not set.
    """
    note_id = new.note_id or str(uuid.uuid4())
    new = msgspec.structs.replace(new, note_id=note_id)
    notes = list(read_notes(current))
    places = [n for n, each in enumerate(notes) if each.note_id == note_id]
    place = places[0] if places else len(notes)
    notes[place : place + 1] = [new]
    size = len(_written(notes))
    if size <= NOTE_LIMIT:
        return _written(notes), NoteSaved(note_id, truncated=False)

    def written(length: int) -> str:
        content = new.note_content[:length]
        notes[place] = msgspec.structs.replace(new, note_content=content)
        return _written(notes)

    lengths = range(len(new.note_content) + 1)  # a character may take several in JSON
    fits = bisect_right(lengths, NOTE_LIMIT, key=lambda n: len(written(n))) - 1
    if not truncate or fits < 1:
        raise LocalProtocolError(
            f"the notes would have {size:,} characters, {NOTE_LIMIT:,} are allowed: "
            "shorten the note, give truncate_enabled=True, or clear the "
            "conversation's notes by set_note('')"
        )
    return written(fits), NoteSaved(note_id, truncated=True)


def _written(notes: list[AgentNote]) -> str:
    try:
        return msgspec.json.encode(notes).decode()
    except UnicodeEncodeError:
        raise LocalProtocolError(
            "the note is not valid Unicode (a lone surrogate): leave that out"
        ) from None
