"""How the file of an outbox is built, and how an older one is brought up to date.

A file says by which schema it was written (``PRAGMA user_version``):

1. Each letter is one JSON object.
2. A letter has a column for each of its parts, so that what is said is kept as it goes
   to the wire, and never read again; it may have encoded metadata.
"""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Final

import msgspec

from ums_actors.protocol.decoders import decoder

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["SCHEMA", "bring_up_to_date", "check_schema"]

SCHEMA: Final = 2
"""The one that is written here."""

_FACTS: Final = (
    "CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL)"
)
_LETTERS: Final = """
    CREATE TABLE letters (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        mark TEXT NOT NULL UNIQUE,
        conversation_id TEXT NOT NULL,
        dialog_id TEXT NOT NULL,
        base INTEGER NOT NULL,
        body BLOB NOT NULL,
        metadata BLOB NOT NULL,
        encoded_metadata TEXT
    )
"""


class _First(msgspec.Struct):
    """A letter of schema 1."""

    mark: str
    conversation_id: str
    dialog_id: str
    base: int
    body: msgspec.Raw
    metadata: msgspec.Raw


def check_schema(database: sqlite3.Connection) -> int:
    """Give the schema of a file, 0 for a new one.

    Raises:
        sqlite3.Error: it is not known here, or cannot be read.
    """
    version: int = database.execute("PRAGMA user_version").fetchone()[0]
    if version != SCHEMA and version not in _STEPS:
        raise sqlite3.DatabaseError(
            f"it has schema {version}, and this version of ums_actors knows 1 to "
            f"{SCHEMA}: use the newer version that wrote it"
        )
    return version


def bring_up_to_date(database: sqlite3.Connection) -> None:
    """Build what is missing; called within a transaction, so all of it or nothing.

    Raises:
        sqlite3.Error: it cannot be read or written, or its schema is not known here.
        msgspec.MsgspecError: an old letter in it is none.
    """
    version = check_schema(database)
    if version != SCHEMA:
        _STEPS[version](database)
        database.execute(f"PRAGMA user_version = {SCHEMA}")


def _built(database: sqlite3.Connection) -> None:
    database.execute(_LETTERS)
    database.execute(_FACTS)


def _of_the_first(database: sqlite3.Connection) -> None:
    """Take the letters of schema 1 apart; numbers, and so their order, stay."""
    database.execute("ALTER TABLE letters RENAME TO letters_1")
    database.execute(_LETTERS)
    old = database.execute("SELECT number, content FROM letters_1 ORDER BY number")
    for number, content in old:
        letter = decoder(_First)(content)
        database.execute(
            "INSERT INTO letters VALUES (?, ?, ?, ?, ?, ?, ?, NULL)",
            (
                number,
                letter.mark,
                letter.conversation_id,
                letter.dialog_id,
                letter.base,
                bytes(letter.body),
                bytes(letter.metadata),
            ),
        )
    database.execute("DROP TABLE letters_1")


_STEPS: Final[dict[int, Callable[[sqlite3.Connection], None]]] = {
    0: _built,
    1: _of_the_first,
}
