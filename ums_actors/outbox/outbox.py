"""The file in which letters wait: SQLite with a write-ahead log."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import threading
from collections import deque
from typing import TYPE_CHECKING, Any, Final

import msgspec

from ums_actors.arguments import shown, whole
from ums_actors.errors import LocalProtocolError, OutboxError
from ums_actors.outbox.letter import Letter
from ums_actors.outbox.schema import bring_up_to_date, check_schema
from ums_actors.protocol.decoders import as_record

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable

__all__ = ["Outbox"]

_ALL: Final = """
    SELECT mark, conversation_id, dialog_id, base, body, metadata, encoded_metadata
    FROM letters ORDER BY number
"""
_ADD: Final = """
    INSERT INTO letters
    (mark, conversation_id, dialog_id, base, body, metadata, encoded_metadata)
    VALUES (?, ?, ?, ?, ?, ?, ?)
"""
_LIMIT: Final = 100_000


class Outbox:
    """Letters of one user, durable as soon as :meth:`add` returns.

    Given to a connection as ``outbox=``; what an earlier process left in the file is
    sent then, in the order of each dialog. Its methods block, and are called on a
    worker; one thread at a time is let in.

    A letter may be in the file though it has been sent: the process ended before its
    removal was written. It is looked for once more then, found by its mark, and not
    sent again; ``PublishSettled`` tells its number a second time. That does no harm. A
    file of an older version of this library is brought up to date when it is opened;
    one of a newer version is refused.

    Args:
        path: of the file, made if it is not there. Beside it SQLite keeps two more,
            with ``-wal`` and ``-shm`` at their ends.
        limit: letters that may wait.

    Raises:
        LocalProtocolError: the path is of no file, as ``:memory:`` is, or the limit is
            no whole number.
    """

    def __init__(self, path: str | os.PathLike[str], limit: int = _LIMIT) -> None:
        self.path: Final = _path(path)
        self.limit: Final = whole("limit", limit, 1, " letters")
        self._lock = threading.Lock()
        self._database: sqlite3.Connection | None = None
        self._taken = False
        self._gone: deque[str] = deque()

    def __repr__(self) -> str:
        return f"Outbox({self.path!r})"

    def take(self) -> None:
        """Let one connection have it; any thread, does not block.

        Raises:
            LocalProtocolError: another one has it.
        """
        if self._taken:
            raise LocalProtocolError(
                f"{self!r} belongs to another connection: give each one of its own"
            )
        self._taken = True

    def open(self) -> list[Letter]:
        """Open the file; give the letters that wait, oldest first.

        Raises:
            OutboxError: another process uses it, it was written by a newer version of
                this library, or it cannot be read or written.
        """
        with self._at_work("opened"):
            if self._database is None:
                self._database = _opened(self.path)
            return [_letter(row) for row in self._database.execute(_ALL)]

    def own(self, owner: str) -> None:
        """Take note of whose letters they are, as ``account.user``.

        Raises:
            OutboxError: it holds letters of somebody else, or cannot be written.
        """
        with self._at_work("written"), self._held() as database:
            row = database.execute("SELECT value FROM facts WHERE name = 'owner'")
            known = row.fetchone()
            waiting = database.execute("SELECT count(*) FROM letters").fetchone()[0]
            if known is not None and known[0] != owner and waiting:
                raise OutboxError(
                    f"{self.path!r} holds {waiting} letters of {known[0]}, not of "
                    f"{owner}: give each user an outbox of its own"
                )
            database.execute("REPLACE INTO facts VALUES ('owner', ?)", (owner,))

    def add(self, letters: Iterable[Letter]) -> None:
        """Keep letters, all or none of them; they are on the disk when this returns.

        Raises:
            OutboxError: they are not kept: the disk is full, say.
        """
        rows = [msgspec.structs.astuple(each) for each in letters]
        with self._at_work("written"), self._held() as database:
            database.executemany(_ADD, rows)
            self._strike_off(database)

    def forget(self, mark: str) -> None:
        """Strike a letter off of which it is known what became of it; any thread.

        It does not block: the file is told at the next :meth:`add`, or at the
        close. If the process ends before, the letter is still there, and looked for
        once more; see above.
        """
        self._gone.append(mark)

    @property
    def untidy(self) -> bool:
        """Whether the file has something that was forgotten; any thread."""
        return bool(self._gone)

    def close(self) -> None:
        """Give the file back; idempotent."""
        with self._lock:
            database, self._database = self._database, None
            self._taken = False
            if database is None:
                return
            with contextlib.suppress(sqlite3.Error), database:
                self._strike_off(database)  # else it is found there next time
            database.close()

    def _strike_off(self, database: sqlite3.Connection) -> None:
        gone = list(self._gone)
        database.executemany(
            "DELETE FROM letters WHERE mark = ?", [(mark,) for mark in gone]
        )
        for _ in gone:
            self._gone.popleft()

    def _held(self) -> sqlite3.Connection:
        if self._database is None:
            raise OutboxError(f"{self.path!r} is not open")
        return self._database

    @contextlib.contextmanager
    def _at_work(self, what: str) -> Generator[None, None, None]:
        """Let one thread in; translate what SQLite raises."""
        with self._lock:
            try:
                yield
            except sqlite3.Error as error:
                raise OutboxError(
                    f"{self.path!r} cannot be {what}: {error}"
                    + (_IN_USE if "locked" in str(error) else "")
                ) from error
            except msgspec.MsgspecError:
                raise OutboxError(
                    f"{self.path!r} holds something that is no letter: who else wrote "
                    "to it? Move it away to begin anew"
                ) from None


_IN_USE: Final = "; another process uses it: give each process an outbox of its own"


_NO_FILE: Final = "must be the path of a file of an Outbox, "


def _path(path: Any) -> str:
    """Check that SQLite will take it for a file, on whichever system."""
    name = os.fspath(path) if isinstance(path, (str, os.PathLike)) else path
    told = f"path={shown(name)} {_NO_FILE}"
    if not isinstance(name, str) or not name:
        raise LocalProtocolError(f"{told}a string or a Path, and not empty")
    if name == ":memory:" or name.startswith("file:"):
        raise LocalProtocolError(
            f"{told}in which letters outlive the process: SQLite keeps ':memory:' "
            "nowhere, and takes 'file:' for a URI; a file of that very name is "
            f"{shown('./' + name)}"
        )
    try:
        encoded = os.fsencode(name)
    except UnicodeEncodeError:
        raise LocalProtocolError(
            f"{told}which can be encoded for this system: leave lone surrogates out"
        ) from None
    if b"\0" in encoded:
        raise LocalProtocolError(f"{told}without NUL: leave it out")
    return name


def _letter(row: tuple[Any, ...]) -> Letter:
    parts = dict(zip(Letter.__struct_fields__, row, strict=True))
    return as_record(parts, Letter, builtin_types=(bytes,))


def _opened(path: str) -> sqlite3.Connection:
    """Open the file and lock it for this process, for as long as it is open."""
    database = sqlite3.connect(path, timeout=0.2, check_same_thread=False)
    try:
        database.execute("PRAGMA locking_mode = EXCLUSIVE")
        check_schema(database)  # before anything in the file is changed
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = FULL")
        with database:
            database.execute("BEGIN IMMEDIATE")
            bring_up_to_date(database)
    except BaseException:
        database.close()
        raise
    return database
