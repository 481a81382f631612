from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest

from ums_actors.emulator import EmulatorError
from ums_actors.emulator.kept.facts import VERSION, Facts, KeptTokens
from ums_actors.emulator.kept.store import Store

FACTS = Facts(
    account="a",
    users={"bot1": "a.1"},
    conversations=[],
    consumers=[],
    away=["c1"],
    profiles={},
    client_properties={},
    sessions=[],
    tokens=KeptTokens(b"\x00key", [("issuer", "c1", "id")]),
    tls=None,
)


def test_what_is_written_is_read_and_private(tmp_path):
    store = Store(str(tmp_path / "new" / "state"))
    assert store.read() is None
    store.write(FACTS)
    store.write(FACTS)
    assert Store(str(store.directory)).read() == FACTS
    assert stat.S_IMODE(store.directory.stat().st_mode) == 0o700
    (file,) = store.directory.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_the_file_of_the_ca_is_private_and_stays_the_same(tmp_path):
    store = Store(str(tmp_path))
    path = store.ca_file()
    assert store.ca_file() == path
    assert stat.S_IMODE(Path(path).stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "text", [b"", b"nonsense", b"[]", b"{}", b'{"version":1}', b'{"version":"x"}']
)
def test_a_corrupt_file_is_named_with_a_way_out(tmp_path, text):
    (tmp_path / "emulator.json").write_bytes(text)
    with pytest.raises(EmulatorError) as caught:
        Store(str(tmp_path)).read()
    assert str(caught.value).startswith(f"{tmp_path}/emulator.json is no state ")
    assert str(caught.value).endswith("delete it or give another --state directory")


def test_a_newer_file_is_named_with_a_way_out(tmp_path):
    newer = {"version": VERSION + 1, "more": "than we know"}
    (tmp_path / "emulator.json").write_text(json.dumps(newer))
    with pytest.raises(EmulatorError, match=r"emulator\.json was written by a newer"):
        Store(str(tmp_path)).read()


def test_a_directory_of_no_use_is_named_with_a_way_out(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(EmulatorError, match="give another --state directory"):
        Store(str(tmp_path / "file")).read()
    with pytest.raises(EmulatorError, match="give another --state directory"):
        Store(str(tmp_path / "gone")).write(FACTS)


def test_a_write_that_fails_leaves_the_last_one(tmp_path, monkeypatch):
    store = Store(str(tmp_path))
    store.write(FACTS)

    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(EmulatorError, match="No space left on device"):
        store.write(FACTS)
    monkeypatch.undo()
    assert [file.name for file in tmp_path.iterdir()] == ["emulator.json"]
    assert store.read() == FACTS
