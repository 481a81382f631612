import subprocess
import sys
import threading
from pathlib import Path

import pytest

from ums_actors.errors import LocalProtocolError, OutboxError
from ums_actors.outbox import Letter, Outbox


def letter(number, dialog="d"):
    return Letter(
        mark=f"once-{number}",
        conversation_id="c",
        dialog_id=dialog,
        base=number,
        body=b'{"event":{"message":"text %d"}}' % number,
        metadata=b'[{"type":"ExternalId","id":"once-%d"}]' % number,
    )


class InBytes:
    def __fspath__(self):
        return b"a.db"


@pytest.fixture
def box(tmp_path):
    made = Outbox(tmp_path / "bot.db")
    assert made.open() == []
    yield made
    made.close()


def test_letters_are_there_when_the_file_is_opened_again(box):
    box.add([letter(1), letter(2)])
    box.add([letter(3)])
    box.forget("once-2")
    box.forget("never")
    assert box.untidy
    box.close()
    assert not box.untidy
    again = Outbox(box.path)
    assert again.open() == [letter(1), letter(3)]
    again.close()


def test_all_or_none_are_kept(box):
    box.add([letter(1)])
    with pytest.raises(OutboxError, match="cannot be written"):
        box.add([letter(2), letter(1)])
    assert box.open() == [letter(1)]


def test_another_process_is_kept_out(box):
    box.add([letter(1)])
    code = (
        "from ums_actors.outbox import Outbox; from ums_actors.errors import *\n"
        f"try: Outbox({box.path!r}).open()\n"
        "except OutboxError as error: print(error)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        check=True,
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert "another process uses it" in done.stdout, done.stderr
    assert box.open() == [letter(1)]


def test_a_killed_process_leaves_what_it_added(tmp_path):
    path = str(tmp_path / "killed.db")
    code = (
        "import os, signal\n"
        "from ums_actors.outbox import Letter, Outbox\n"
        f"box = Outbox({path!r}); box.open(); box.own('1.2')\n"
        "box.add([Letter(mark='m', conversation_id='c', dialog_id='d', base=4,"
        " body=b'{}', metadata=b'[]')])\n"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    subprocess.run([sys.executable, "-c", code], check=False, timeout=30)
    box = Outbox(path)
    (found,) = box.open()
    assert (found.mark, found.base, found.body) == ("m", 4, b"{}")
    with pytest.raises(OutboxError, match=r"1 letters of 1\.2, not of 1\.3"):
        box.own("1.3")
    box.own("1.2")
    box.forget("m")
    box.add([])
    box.own("1.3")  # an empty one may be anybody's
    box.close()


def test_a_full_disk_is_told_and_keeps_nothing(box):
    pages = box._database.execute("PRAGMA page_count").fetchone()[0]
    box._database.execute(f"PRAGMA max_page_count = {pages}")
    big = Letter(
        mark="big",
        conversation_id="c",
        dialog_id="d",
        base=0,
        body=b"x" * 100_000,
        metadata=b"[]",
    )
    with pytest.raises(OutboxError, match="full"):
        box.add([letter(1), big])
    assert box.open() == []
    box.add([letter(2)])
    assert box.open() == [letter(2)]


def test_what_is_no_outbox_is_refused(tmp_path):
    path = tmp_path / "other.db"
    path.write_bytes(b"this is no database at all, but long enough to be read" * 100)
    with pytest.raises(OutboxError, match="cannot be opened"):
        Outbox(path).open()
    with pytest.raises(OutboxError, match="cannot be opened"):
        Outbox(tmp_path / "no" / "folder.db").open()


def test_it_must_be_open_and_belongs_to_one_connection(tmp_path):
    box = Outbox(tmp_path / "a.db")
    with pytest.raises(OutboxError, match="is not open"):
        box.add([letter(1)])
    box.take()
    with pytest.raises(LocalProtocolError, match="another connection"):
        box.take()
    box.close()
    box.take()
    with pytest.raises(LocalProtocolError, match="limit=0"):
        Outbox("a", 0)


@pytest.mark.parametrize(
    ("path", "what", "way_out"),
    [
        ("", "path=''", "path of a file"),
        (b"a.db", "path=b'a.db'", "path of a file"),
        (InBytes(), "path=b'a.db'", "path of a file"),
        ("a\0b", r"path='a\\x00b'", "without NUL"),
        ("\ud800", r"path='\\ud800'", "encoded"),
        (":memory:", "path=':memory:'", "'./:memory:'"),
        (Path(":memory:"), "path=':memory:'", "'./:memory:'"),
        ("file:a.db", "path='file:a.db'", "'./file:a.db'"),
        ("file::memory:?cache=shared", "path='file::memory:", "path of a file"),
    ],
)
def test_a_path_that_names_no_file_is_refused_before_it_is_opened(path, what, way_out):
    with pytest.raises(LocalProtocolError, match=what) as refused:
        Outbox(path)
    assert way_out in str(refused.value)


@pytest.mark.parametrize("name", [":memory:", "file:a.db", "\udcff.db", "é.db"])
def test_a_file_of_an_odd_name_is_one_all_the_same(tmp_path, monkeypatch, name):
    if sys.platform == "darwin" and not name.isprintable():
        pytest.skip("its file system takes UTF-8 alone")
    monkeypatch.chdir(tmp_path)
    box = Outbox(f"./{name}")
    box.open()
    box.add([letter(1)])
    box.close()
    assert [each.name for each in tmp_path.iterdir()] == [name]
    again = Outbox(tmp_path / name)
    assert again.open() == [letter(1)]
    again.close()


def test_nonsense_in_it_is_told(box):
    box.add([letter(1)])
    with box._database:
        box._database.execute("UPDATE letters SET body = 'a text, where bytes belong'")
    with pytest.raises(OutboxError, match="no letter"):
        box.open()


def test_threads_take_turns(box):
    def add(start):
        for number in range(start, start + 20):
            box.add([letter(number)])

    threads = [threading.Thread(target=add, args=(n * 100,)) for n in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(30)
    assert len(box.open()) == 80


def test_what_it_says_is_not_shown():
    assert "text" not in repr(letter(1))
