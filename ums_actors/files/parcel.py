"""A file that shall go up: its bytes, and what they are."""

from __future__ import annotations

import os
from typing import TypeAlias, cast

from msgspec import Struct

from ums_actors.arguments import identifier
from ums_actors.errors import FileError, LocalProtocolError
from ums_actors.files.kinds import kind_of
from ums_actors.protocol.files import MAX_KIND

__all__ = ["Parcel", "Upload", "checked_upload", "packed"]

Upload: TypeAlias = bytes | bytearray | memoryview | os.PathLike[str]
"""What can be uploaded: bytes, or the path of a file."""
_EMPTY = "the file is empty: it must have 1 byte or more"


class Parcel(Struct, frozen=True):
    """Bytes and their kind, such as PNG."""

    data: bytes
    kind: str

    def __repr__(self) -> str:
        return f"Parcel(<{len(self.data)} bytes>, {self.kind!r})"


def checked_upload(file: object, file_type: object) -> tuple[Upload, str | None]:
    """Check what a user gives, without reading it.

    Raises:
        LocalProtocolError: it is neither bytes nor a path.
    """
    if not isinstance(file, bytes | bytearray | memoryview | os.PathLike):
        raise LocalProtocolError(
            f"a {type(file).__name__} cannot be uploaded: give bytes, or the path of a "
            "file as pathlib.Path"
        )
    given = cast("Upload", file)
    if not isinstance(given, os.PathLike) and not memoryview(given).nbytes:
        raise LocalProtocolError(_EMPTY)
    if file_type is None:
        return given, None
    return given, identifier("file_type", file_type, MAX_KIND).upper()


def packed(file: Upload, kind: str | None, limit: int) -> Parcel:
    """Read a file and see what it is; worker thread, for it may block.

    Args:
        file: as it was checked.
        kind: such as PNG; found out if None.
        limit: most bytes.

    Raises:
        FileError: it cannot be read.
        LocalProtocolError: it is empty, too large, or of an unknown kind.
    """
    name = os.fspath(file) if isinstance(file, os.PathLike) else ""
    data = _read(name, limit) if isinstance(file, os.PathLike) else bytes(file)
    if not data:
        raise LocalProtocolError(_EMPTY)
    if len(data) > limit:
        raise LocalProtocolError(
            f"the file has more than {limit:,} bytes, which Options.max_file_size "
            "allows: make it smaller, or allow more"
        )
    return Parcel(data, kind_of(data, name) if kind is None else kind)


def _read(name: str, limit: int) -> bytes:
    try:
        with open(name, "rb") as opened:  # noqa: PTH123  (os.PathLike, not only Path)
            return opened.read(limit + 1)
    except OSError as error:
        raise FileError(
            f"{name!r} cannot be read: {error.strerror or type(error).__name__}",
            step="read",
        ) from error
