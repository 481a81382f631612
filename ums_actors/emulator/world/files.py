"""Files that participants share: announced, uploaded, downloaded, forgotten."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from ums_actors.emulator import choices
from ums_actors.emulator.failures import Refused

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["CONTAINER", "File", "Files"]

CONTAINER: Final = "v1/AUTH_async-images"
MAX_PATH_LENGTH: Final = 1_024


@dataclass(slots=True)
class File:
    """One file; ``data`` is None until it has been uploaded."""

    kind: str
    data: bytes | None = None

    @property
    def size(self) -> int:
        """Bytes that it takes."""
        return len(self.data or b"")

    @property
    def media_type(self) -> str:
        """Type for the header of a download."""
        return choices.FILE_TYPES[self.kind]


class Files:
    """All files in memory, by path, with addresses that are good for a while.

    Args:
        account: whose files these are; part of each path.
        now: gives epoch milliseconds.
    """

    def __init__(self, account: str, now: Callable[[], int]) -> None:
        self._account = account
        self._now = now
        self._key = secrets.token_bytes(32)
        self._files: dict[str, File] = {}
        self._bytes = 0

    def announce(self, kind: str, size: int) -> str:
        """Make room for a file; give its path, which begins with a slash.

        Raises:
            Refused: a type that is not allowed, or too much.
        """
        if kind not in choices.FILE_TYPES:
            allowed = ", ".join(choices.FILE_TYPES)
            raise Refused(400, f"The fileType is none of {allowed}")
        if size > choices.MAX_FILE_BYTES:
            raise Refused(413, f"The file is larger than {choices.MAX_FILE_BYTES:,}")
        name = f"{uuid.uuid4()}.{kind.lower()}"
        path = f"/{CONTAINER}/{self._account}/{name}"
        self._files[path] = File(kind)
        self._shrink()
        return path

    def signed(self, method: str, path: str) -> dict[str, Any]:
        """Give the parts of an address that is good for one method (GET, PUT).

        Raises:
            Refused: the path is too long for one.
        """
        if len(path) > MAX_PATH_LENGTH:
            raise Refused(400, f"The relativePath is longer than {MAX_PATH_LENGTH:,}")
        expires = str(self._now() // 1000 + choices.FILE_URL_LIFE)
        signature = self._sign(method, _normal(path), expires)
        query = {"temp_url_sig": signature, "temp_url_expires": expires}
        return {"relativePath": path, "queryParams": query}

    def may(self, method: str, path: str, signature: str, expires: str) -> bool:
        """Say whether an address is ours, for this method, and still good."""
        expected = self._sign(method, _normal(path), expires)
        if not hmac.compare_digest(
            expected.encode(), signature.encode(errors="replace")
        ):
            return False
        return int(expires) * 1000 > self._now()  # it is a number: we signed it

    def store(self, path: str, data: bytes) -> None:
        """Keep what was uploaded, in place of what there was.

        Raises:
            Refused: nobody announced it, or it has been forgotten.
        """
        file = self._find(path)
        self._bytes += len(data) - file.size
        file.data = data
        self._shrink()

    def load(self, path: str) -> File:
        """Give a file that has been uploaded.

        Raises:
            Refused: there is none.
        """
        file = self._find(path)
        if file.data is None:
            raise Refused(404, "File not found")
        return file

    def _find(self, path: str) -> File:
        file = self._files.get(_normal(path))
        if file is None:
            raise Refused(404, "File not found")
        return file

    def _shrink(self) -> None:
        while (
            len(self._files) > choices.MAX_FILES
            or self._bytes > choices.MAX_FILES_BYTES
        ):
            self._bytes -= self._files.pop(next(iter(self._files))).size

    def _sign(self, method: str, path: str, expires: str) -> str:
        text = f"{method}\n{expires}\n{path}"
        return hmac.new(
            self._key, text.encode(errors="replace"), hashlib.sha256
        ).hexdigest()


def _normal(path: str) -> str:
    """One slash before it: clients put one of their own between host and path."""
    return "/" + path.lstrip("/")
