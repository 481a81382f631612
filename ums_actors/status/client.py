"""The end of the status endpoint that asks: blocking, each answer with a deadline."""

from __future__ import annotations

import os
import socket
import time
from typing import TYPE_CHECKING, Final, Self, TypeVar

import msgspec

from ums_actors.errors import StatusError
from ums_actors.status.messages import (
    Answer,
    CloseOne,
    Detail,
    Done,
    Page,
    Question,
    ReadPage,
    ReconnectOne,
    Refused,
    ShowOne,
)
from ums_actors.status.peer import is_ours

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import TracebackType

__all__ = ["Client"]

A = TypeVar("A", bound=Answer)

_MOST: Final = 4 << 20
"""Bytes of an answer, at most: a page has some hundred kilobytes."""
_CHUNK: Final = 1 << 16
_KNOCK: Final = 0.01
"""Seconds until it tries again at a door before which too many stand."""


class Client:
    """Attached to one endpoint; a context manager, for one thread at a time.

    Args:
        path: of the socket.
        timeout: seconds for each answer.

    Raises:
        StatusError: nobody listens there, or somebody else does.
    """

    def __init__(self, path: Path, timeout: float = 5.0) -> None:
        self.path: Path = path
        self._timeout = timeout
        self._decoder: msgspec.json.Decoder[Answer] = msgspec.json.Decoder(Answer)
        self._read = bytearray()
        self._line = socket.socket(socket.AF_UNIX)
        self._line.settimeout(timeout)
        try:
            self._connect(path)
            ours = is_ours(self._line)
        except (OSError, ValueError) as error:  # ValueError: no path at all
            self._line.close()
            raise StatusError(f"nobody answers at {path}: {_why(error)}") from None
        if not ours:
            self._line.close()
            raise StatusError(
                f"the process at {path} runs as another user: run this as that user"
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the endpoint; idempotent."""
        self._line.close()

    def _connect(self, path: Path) -> None:
        """Connect, also to one before whose door many stand.

        A Unix socket whose line of callers is full refuses at once whoever does not
        want to wait for ever.
        """
        deadline = time.monotonic() + self._timeout
        while True:
            try:
                self._line.connect(str(path))
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    raise TimeoutError from None
                time.sleep(_KNOCK)
            else:
                return

    @property
    def usable(self) -> bool:
        """Whether it may be asked on: a refusal does no harm, all else ends it."""
        return self._line.fileno() >= 0

    def pages(self) -> Iterator[Page]:
        """Ask for all connections, a page at a time."""
        after: int | None = 0
        while after is not None:
            page = self._ask(ReadPage(after=after), Page)
            yield page
            after = page.more

    def show(self, connection_id: str) -> Detail:
        """Ask for all that is known of one connection.

        Raises:
            StatusError: there is none of that id, or nobody answers in time.
        """
        return self._ask(ShowOne(id=connection_id), Detail)

    def reconnect(self, connection_id: str) -> str:
        """Let it have a new line at once; gives what that means.

        Raises:
            StatusError: it will not, or nobody answers in time.
        """
        return self._ask(ReconnectOne(id=connection_id), Done).text

    def close_connection(self, connection_id: str) -> str:
        """Let it close; gives what that means.

        Raises:
            StatusError: it will not, or nobody answers in time.
        """
        return self._ask(CloseOne(id=connection_id), Done).text

    def _ask(self, question: Question, kind: type[A]) -> A:
        try:
            answer = self._exchange(question)
        except StatusError:
            self.close()  # what comes late would be taken for the next answer
            raise
        if isinstance(answer, Refused):
            raise StatusError(answer.text)
        if not isinstance(answer, kind):
            raise StatusError(f"{self.path} answered with a {type(answer).__name__}")
        return answer

    def _exchange(self, question: Question) -> Answer:
        try:
            self._line.sendall(msgspec.json.encode(question) + b"\n")
        except OSError as error:
            self._say_farewell(error)
        line = self._line_in(time.monotonic() + self._timeout)
        try:
            return self._decoder.decode(line)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            raise StatusError(
                f"what answers at {self.path} is no status endpoint, or one of another "
                "version"
            ) from None

    def _say_farewell(self, error: OSError) -> None:
        """Prefer what the process said before it hung up."""
        try:
            self._read += self._line.recv(_CHUNK, socket.MSG_DONTWAIT)
        except OSError:
            self._read.clear()
        if b"\n" not in self._read:
            raise StatusError(f"{self.path} is gone: {_why(error)}") from None

    def _line_in(self, deadline: float) -> bytes:
        read = self._read
        while (end := read.find(b"\n")) < 0:
            left = deadline - time.monotonic()
            if left <= 0 or len(read) > _MOST:
                raise StatusError(f"{self.path} does not answer in {self._timeout:g} s")
            self._line.settimeout(left)
            try:
                more = self._line.recv(_CHUNK)
            except TimeoutError:
                continue
            except OSError as error:
                raise StatusError(f"{self.path} is gone: {_why(error)}") from None
            if not more:
                raise StatusError(f"{self.path} is gone: the process has hung up")
            read += more
        line = bytes(read[:end])
        del read[: end + 1]
        return line


def _why(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "it took too long"
    number = getattr(error, "errno", None)
    return os.strerror(number) if isinstance(number, int) else str(error)
