"""Where status endpoints are, and that nobody else can put his own there."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import socket
import stat
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from ums_actors.arguments import shown
from ums_actors.errors import LocalProtocolError, StatusError

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping

__all__ = ["Place", "checked_path", "directories", "found", "own_path"]

_LONGEST: Final = 107 if sys.platform.startswith("linux") else 103
"""Bytes of a path that the system's ``sun_path`` takes, without its end."""
_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO
_WRITABLE: Final = stat.S_IWGRP | stat.S_IWOTH
_LOCKING: Final = 2.0
"""Seconds in which another process must have done what it does in the directory."""
_BACKLOG: Final = 16
_MOST: Final = 1000
"""Endpoints of one directory that are looked at."""


def directories(environment: Mapping[str, str] | None = None) -> list[Path]:
    """Give where endpoints are if nobody says where; they may not exist.

    New ones are made in the first. A service may have no ``XDG_RUNTIME_DIR`` where its
    user's shell has one, so the last is looked into as well.
    """
    where = os.environ if environment is None else environment
    temporary = Path(where.get("TMPDIR") or "/tmp")  # noqa: S108  (checked below)
    shared = temporary / f"ums-actors-{os.getuid()}"
    home = where.get("XDG_RUNTIME_DIR")
    return [Path(home) / "ums-actors", shared] if home else [shared]


def own_path() -> Path:
    """Give a path of this process's own in that directory, which is made, private.

    Raises:
        StatusError: the directory cannot be made, or others can write to it.
    """
    where = directories()[0]
    try:
        where.mkdir(mode=0o700, exist_ok=True)
        found = where.lstat()
    except OSError as error:
        raise StatusError(
            f"{where} cannot hold status sockets: {os.strerror(error.errno or 0)}; "
            "give status_socket a path"
        ) from None
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
        raise StatusError(
            f"{where} is not a directory of yours: somebody else made it; remove it, "
            "or give status_socket a path"
        )
    if found.st_mode & _OTHERS:
        raise StatusError(
            f"{where} is open to other users: run 'chmod 700 {where}', or give "
            "status_socket a path"
        )
    paths = (where / f"{os.getpid()}{more}.sock" for more in _suffixes())
    return next(path for path in paths if not _answers(path))


def _suffixes() -> list[str]:
    return ["", *(f"-{number}" for number in range(2, _MOST))]


def checked_path(given: Any) -> Path:
    """Give the absolute path of an endpoint to be.

    Raises:
        LocalProtocolError: it is no path, or too long for a Unix socket.
        StatusError: others could put a socket of their own into its directory.
    """
    path = given if isinstance(given, str) else _fspath(given)
    if not path or "\0" in path:
        raise LocalProtocolError(
            f"status_socket={shown(given)} must be True or a path: True chooses one"
        )
    absolute = Path(path).absolute()
    size = len(os.fsencode(absolute))
    if size > _LONGEST:
        raise LocalProtocolError(
            f"status_socket={shown(given)} has {size} bytes as an absolute path, and a "
            f"Unix socket's has at most {_LONGEST}: choose a shorter directory"
        )
    _check_directory(absolute.parent)
    return absolute


def _fspath(given: Any) -> str:
    if isinstance(given, os.PathLike):
        return os.fsdecode(given)  # pyright: ignore[reportUnknownArgumentType]
    raise LocalProtocolError(
        f"status_socket={shown(given)} must be True or a path: True chooses one"
    )


def _check_directory(where: Path) -> None:
    try:
        found = where.stat()
    except OSError as error:
        raise StatusError(
            f"{where} cannot hold a status socket: {os.strerror(error.errno or 0)}; "
            "make it, or choose another"
        ) from None
    if not stat.S_ISDIR(found.st_mode):
        raise StatusError(f"{where} is no directory: choose another for status_socket")
    if found.st_uid not in (0, os.getuid()):
        raise StatusError(
            f"{where} belongs to another user, who could replace the status socket: "
            "choose another directory"
        )
    if found.st_mode & _WRITABLE and not found.st_mode & stat.S_ISVTX:
        raise StatusError(
            f"{where} can be written to by other users, who could replace the status "
            f"socket: run 'chmod go-w {where}', or choose another directory"
        )
    if found.st_mode & _OTHERS and not hasattr(socket, "SO_PEERCRED"):
        raise StatusError(  # there a socket's own mode may mean nothing
            f"{where} is open to other users: on this system a status socket needs a "
            "directory with mode 700"
        )


def found(where: Path) -> list[Path]:
    """Give the endpoints of a directory of ours behind which somebody listens."""
    with contextlib.suppress(OSError):
        if where.lstat().st_uid != os.getuid():
            return []
        names = sorted(entry.name for entry in os.scandir(where))[:_MOST]
        return [
            where / name
            for name in names
            if name.endswith(".sock") and _answers(where / name)
        ]
    return []


class Place:
    """The path on which an endpoint listens, ours until it is left.

    Args:
        path: as :func:`checked_path` gave it.

    Raises:
        StatusError: a living process listens there, or what is there is no socket of
            ours.
    """

    def __init__(self, path: Path) -> None:
        self.path: Path = path
        self.listener: socket.socket = socket.socket(socket.AF_UNIX)
        try:
            with _locked(path.parent):
                self._make_room()
                self._bind()
        except BaseException:
            self.listener.close()
            raise

    def leave(self) -> None:
        """Take the socket away, unless somebody put his own there; any thread."""
        # a file that stays is stale, and whoever wants its place next takes it away
        with contextlib.suppress(OSError, StatusError), _locked(self.path.parent):
            if self._identity() == self._made:
                self.path.unlink()

    def _bind(self) -> None:
        """Bind so that the file is private from the moment at which it is there."""
        with contextlib.suppress(OSError):  # where the system looks at it: Linux
            os.fchmod(self.listener.fileno(), stat.S_IRUSR | stat.S_IWUSR)
        try:
            self.listener.bind(str(self.path))
            self.path.chmod(stat.S_IRUSR | stat.S_IWUSR)
            self.listener.listen(_BACKLOG)
            self._made = self._identity()
        except OSError as error:
            raise StatusError(
                f"a status socket cannot be made at {self.path}: "
                f"{os.strerror(error.errno or 0)}; choose another path"
            ) from None

    def _make_room(self) -> None:
        try:
            there = self.path.lstat()
        except FileNotFoundError:
            return
        if not stat.S_ISSOCK(there.st_mode):
            raise StatusError(
                f"{self.path} is there, and is no socket: choose another path for "
                "status_socket, or move it away"
            )
        if there.st_uid != os.getuid():
            raise StatusError(
                f"{self.path} is another user's socket: choose another path"
            )
        if _answers(self.path):
            raise StatusError(
                f"{self.path} is in use by a living process: give each its own path, "
                "or status_socket=True, which chooses one"
            )
        self.path.unlink()  # whoever made it is gone

    def _identity(self) -> tuple[int, int]:
        there = self.path.lstat()
        return there.st_dev, there.st_ino


def _answers(path: Path) -> bool:
    """Tell whether somebody listens at a path."""
    with socket.socket(socket.AF_UNIX) as probe:
        probe.setblocking(False)
        error = probe.connect_ex(str(path))
    return error in (0, errno.EAGAIN, errno.EINPROGRESS)


@contextlib.contextmanager
def _locked(where: Path) -> Generator[None]:
    """Be the only one who makes or takes away sockets of a directory."""
    fd = os.open(where, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        deadline = time.monotonic() + _LOCKING
        while True:
            try:
                fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise StatusError(
                        f"{where} is locked by another process for {_LOCKING:g} s: "
                        "try again, or choose another directory"
                    ) from None
                time.sleep(0.01)
        yield
    finally:
        os.close(fd)
