"""Files of older versions are read, those of newer ones are left alone."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys

import pytest

from ums_actors.errors import OutboxError
from ums_actors.outbox import Letter, Outbox
from ums_actors.outbox.schema import SCHEMA

FIRST = """
CREATE TABLE letters (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    mark TEXT NOT NULL UNIQUE,
    content BLOB NOT NULL
);
CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL);
INSERT INTO facts VALUES ('owner', '1.2');
PRAGMA user_version = 1;
"""
"""What the first version of the library wrote."""


def content(number: int) -> bytes:
    """Write a letter as the first version did."""
    return (
        b'{"mark":"once-%d","conversation_id":"c","dialog_id":"d","base":%d,'
        b'"body":{"dialogId":"d","event":{"message":"\\u00e4 %d"}},'
        b'"metadata":[{"type":"ExternalId","id":"once-%d"}]}'
    ) % (number, number, number, number)


def letter(number: int) -> Letter:
    """Give the same letter as it is read now."""
    return Letter(
        mark=f"once-{number}",
        conversation_id="c",
        dialog_id="d",
        base=number,
        body=b'{"dialogId":"d","event":{"message":"\\u00e4 %d"}}' % number,
        metadata=b'[{"type":"ExternalId","id":"once-%d"}]' % number,
    )


@pytest.fixture
def old(tmp_path):
    """A file of schema 1 with letters 3 and 1, in this order; 2 has been sent."""

    def write(*numbers: int):
        path = tmp_path / "old.db"
        database = sqlite3.connect(path)
        database.execute("PRAGMA journal_mode = WAL")
        database.executescript(FIRST)
        with database:
            for number in numbers:
                database.execute(
                    "INSERT INTO letters (mark, content) VALUES (?, ?)",
                    (f"once-{number}", content(number)),
                )
            database.execute("DELETE FROM letters WHERE mark = 'once-2'")
        database.close()
        return path

    return write


def dumped(path) -> list[str]:
    database = sqlite3.connect(path)
    version = database.execute("PRAGMA user_version").fetchone()
    lines = [str(version), *database.iterdump()]
    database.close()
    return lines


def test_an_older_file_is_read_in_its_order_and_used_on(old):
    box = Outbox(old(3, 2, 1))
    assert box.open() == [letter(3), letter(1)]
    with pytest.raises(OutboxError, match=r"2 letters of 1\.2, not of 1\.3"):
        box.own("1.3")
    box.own("1.2")
    box.add([letter(7)])
    box.forget("once-3")
    box.close()
    again = Outbox(box.path)
    assert again.open() == [letter(1), letter(7)]
    again.close()
    assert dumped(box.path)[0] == f"({SCHEMA},)"


def test_an_older_file_with_something_strange_is_left_as_it_was(old):
    path = old(1, 3)
    database = sqlite3.connect(path)
    with database:
        database.execute("INSERT INTO letters (mark, content) VALUES ('m', '{')")
    database.close()
    before = dumped(path)
    with pytest.raises(OutboxError, match="no letter"):
        Outbox(path).open()
    assert dumped(path) == before


def test_a_process_that_is_killed_over_it_leaves_it_as_it_was(old):
    path = old(1, 3)
    before = dumped(path)
    code = (
        "import os, signal, sqlite3\n"
        "from ums_actors.outbox import Outbox, schema\n"
        "step = schema._STEPS[1]\n"
        "def killed(database):\n"
        "    step(database)\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
        "schema._STEPS[1] = killed\n"
        f"Outbox({str(path)!r}).open()"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False, timeout=30)
    assert done.returncode == -signal.SIGKILL
    assert dumped(path) == before
    box = Outbox(path)
    assert box.open() == [letter(1), letter(3)]
    box.close()


@pytest.mark.parametrize("version", [SCHEMA + 1, 7, -1])
def test_a_file_of_another_version_is_refused_and_left_as_it_was(tmp_path, version):
    path = tmp_path / "other.db"
    database = sqlite3.connect(path)
    database.execute(
        "CREATE TABLE letters (of TEXT, a TEXT, different TEXT, kind TEXT)"
    )
    database.execute(f"PRAGMA user_version = {version}")
    database.close()
    before = path.read_bytes()
    with pytest.raises(OutboxError, match=f"schema {version}, .* knows 1 to {SCHEMA}"):
        Outbox(path).open()
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]
