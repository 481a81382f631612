"""Where an endpoint may be, that it is private, and who may take a place over."""

from __future__ import annotations

import os
import socket
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

import ums_actors as ums
from ums_actors.status import place
from ums_actors.status.place import Place, checked_path, directories, found, own_path


@pytest.fixture
def taken(path):
    made = Place(path)
    yield made
    made.leave()
    made.listener.close()


def mode(path):
    return stat.S_IMODE(path.lstat().st_mode)


def test_it_is_private_from_the_moment_it_is_there(path, monkeypatch):
    seen = []
    chmod = Path.chmod
    monkeypatch.setattr(
        Path, "chmod", lambda it, to: (seen.append(mode(it)), chmod(it, to))
    )
    before = os.umask(0)
    try:
        made = Place(path)
    finally:
        os.umask(before)
    if sys.platform.startswith("linux"):
        assert seen == [0o600]
    assert mode(path) == 0o600
    made.leave()
    made.listener.close()
    assert not path.exists()


def test_the_umask_of_the_process_is_left_alone(path):
    before = os.umask(0o027)
    try:
        made = Place(path)
        assert os.umask(0o027) == 0o027
    finally:
        os.umask(before)
    made.leave()
    made.listener.close()


def test_a_living_process_keeps_its_place(taken):
    with pytest.raises(ums.StatusError, match="in use by a living process"):
        Place(taken.path)
    assert found(taken.path.parent) == [taken.path]


def test_the_socket_of_a_process_that_is_gone_is_replaced(path):
    code = "import socket, sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])"
    subprocess.run([sys.executable, "-c", code, str(path)], check=True, timeout=30)
    assert stat.S_ISSOCK(path.stat().st_mode)
    assert found(path.parent) == []
    made = Place(path)
    assert found(path.parent) == [path]
    made.leave()
    made.listener.close()


def test_what_is_no_socket_is_left_alone(path):
    path.write_text("precious")
    with pytest.raises(ums.StatusError, match="is there, and is no socket"):
        Place(path)
    assert path.read_text() == "precious"


def test_a_link_is_not_followed(path):
    target = path.with_name("target")
    target.write_text("precious")
    path.symlink_to(target)
    with pytest.raises(ums.StatusError, match="is no socket"):
        Place(path)
    assert target.read_text() == "precious"


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give files away")
def test_another_users_socket_is_left_alone(path):
    with socket.socket(socket.AF_UNIX) as other:
        other.bind(str(path))
    os.chown(path, 65534, 65534)
    with pytest.raises(ums.StatusError, match="another user's socket"):
        Place(path)
    assert path.exists()


def test_only_its_own_file_is_taken_away(taken):
    taken.path.unlink()
    taken.path.write_text("somebody else's")
    taken.leave()
    assert taken.path.read_text() == "somebody else's"


def test_of_many_who_begin_at_once_one_gets_the_place(path):
    with socket.socket(socket.AF_UNIX) as gone:
        gone.bind(str(path))  # stale: all of them may take it away
    begin, got, refused = threading.Barrier(8), [], []

    def attempt():
        begin.wait(10)
        try:
            got.append(Place(path))
        except ums.StatusError:
            refused.append(path)

    threads = [threading.Thread(target=attempt) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(20)
    assert (len(got), len(refused)) == (1, 7)
    assert found(path.parent) == [path]
    got[0].leave()
    got[0].listener.close()


def test_a_directory_that_stays_locked_is_not_waited_for_for_ever(path, monkeypatch):
    monkeypatch.setattr(place, "_LOCKING", 0.05)
    with (
        place._locked(path.parent),
        pytest.raises(ums.StatusError, match="locked by another process"),
    ):
        Place(path)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("", "must be True or a path"),
        ("/tmp/a\0b", "must be True or a path"),
        (7, "status_socket=7 must be True or a path"),
        (None, "status_socket=None must be True or a path"),
        ("/tmp/" + "long/" * 40 + "s.sock", "bytes as an absolute path"),
    ],
)
def test_what_is_no_path_of_a_socket_is_refused(given, said):
    with pytest.raises(ums.LocalProtocolError, match=said):
        ums.Runtime(status_socket=given)


def test_the_longest_path_works_and_one_more_byte_is_told(short):
    room = place._LONGEST - len(os.fsencode(short)) - 1
    made = ums.Runtime(status_socket=short / ("s" * room))
    assert found_at(made.status_path)
    assert made.close(10)
    with pytest.raises(ums.LocalProtocolError, match=f"at most {place._LONGEST}"):
        checked_path(short / ("s" * (room + 1)))


def found_at(path):
    with socket.socket(socket.AF_UNIX) as line:
        return line.connect_ex(str(path)) == 0


def test_a_relative_path_stays_where_it_was_when_the_process_moves(short, monkeypatch):
    monkeypatch.chdir(short)
    made = ums.Runtime(status_socket="s.sock")
    monkeypatch.chdir("/")
    assert made.status_path == short / "s.sock"
    assert made.close(10)
    assert not (short / "s.sock").exists()


def test_a_directory_that_is_not_there_is_told(short):
    with pytest.raises(ums.StatusError, match="No such file or directory; make it"):
        ums.Runtime(status_socket=short / "none" / "s.sock")


def test_a_directory_in_which_others_can_put_theirs_is_refused(short):
    short.chmod(0o777)
    with pytest.raises(ums.StatusError, match="chmod go-w"):
        ums.Runtime(status_socket=short / "s.sock")
    short.chmod(0o1777)  # sticky: nobody can take away what is ours
    assert ums.Runtime(status_socket=short / "s.sock").close(10)


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give directories away")
def test_another_users_directory_is_refused(short):
    os.chown(short, 65534, 65534)
    with pytest.raises(ums.StatusError, match="belongs to another user"):
        ums.Runtime(status_socket=short / "s.sock")
    (short / "ums-actors").mkdir(mode=0o700)
    os.chown(short / "ums-actors", 65534, 65534)
    with pytest.raises(ums.StatusError, match="is not a directory of yours"):
        own_path()


def test_true_chooses_a_private_place_by_the_process(short):
    first, second = ums.Runtime(status_socket=True), ums.Runtime(status_socket=True)
    where = short / "ums-actors"
    assert mode(where) == 0o700
    assert first.status_path == where / f"{os.getpid()}.sock"
    assert second.status_path == where / f"{os.getpid()}-2.sock"
    assert found(where) == [second.status_path, first.status_path]
    assert first.close(10)
    assert second.close(10)
    assert found(where) == []


def test_a_default_directory_that_is_open_to_others_is_refused(short):
    (short / "ums-actors").mkdir()
    (short / "ums-actors").chmod(0o755)
    with pytest.raises(ums.StatusError, match="chmod 700"):
        ums.Runtime(status_socket=True)


def test_a_default_directory_that_cannot_be_made_is_told(short, monkeypatch):
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(short / "none"))
    with pytest.raises(ums.StatusError, match="cannot hold status sockets"):
        ums.Runtime(status_socket=True)


def test_without_a_runtime_directory_it_is_a_users_own_of_tmp():
    own = f"ums-actors-{os.getuid()}"
    assert directories({}) == [Path("/tmp") / own]
    assert directories({"TMPDIR": "/var/x"}) == [Path("/var/x") / own]
    both = directories({"XDG_RUNTIME_DIR": "/run/x"})
    assert both == [Path("/run/x/ums-actors"), Path("/tmp") / own]


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give directories away")
def test_endpoints_in_another_users_directory_are_not_found(taken):
    assert found(taken.path.parent) == [taken.path]
    os.chown(taken.path.parent, 65534, 65534)
    assert found(taken.path.parent) == []
    os.chown(taken.path.parent, 0, 0)


def test_a_directory_that_is_not_there_has_no_endpoints(short):
    assert found(short / "none") == []
