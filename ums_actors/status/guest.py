"""One who is attached: what was read of him, what he has not read yet, his patience."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ums_actors.status.messages import MOST_REQUEST

if TYPE_CHECKING:
    import socket

__all__ = ["Guest"]

IDLE: Final = 120.0
"""Seconds for which somebody may be attached and ask nothing."""
SLOW: Final = 10.0
"""Seconds in which a request must be whole, and its answer read."""


class Guest:
    """The server's side of one socket, which never blocks.

    No more is read while an answer waits to be taken, so all that is kept of somebody
    is one request and one answer.

    Args:
        line: the socket.
        now: monotonic seconds.
    """

    __slots__ = ("_in", "_out", "deadline", "line")

    def __init__(self, line: socket.socket, now: float) -> None:
        line.setblocking(False)
        self.line: socket.socket = line
        self.deadline: float = now + IDLE
        self._in = bytearray()
        self._out = memoryview(b"")

    @property
    def writing(self) -> bool:
        """Whether an answer waits to be taken."""
        return bool(self._out)

    @property
    def has_more(self) -> bool:
        """Whether a whole request waits to be taken."""
        return b"\n" in self._in

    def read(self, now: float) -> bool:
        """Take what has come; tell whether he is still there."""
        room = MOST_REQUEST - len(self._in)
        if not room:
            return True
        try:
            read = self.line.recv(room)
        except BlockingIOError:
            return True
        except OSError:
            return False
        if read and not self._in:
            self.deadline = now + SLOW
        self._in += read
        return bool(read)

    def take(self) -> bytes | None:
        """Give the next whole request; None if there is none, or no place for answers.

        Raises:
            ValueError: it is longer than requests are.
        """
        if self._out:
            return None
        request, end, rest = bytes(self._in).partition(b"\n")
        if not end:
            if len(request) >= MOST_REQUEST:
                raise ValueError(f"a request has at most {MOST_REQUEST} bytes")
            return None
        self._in[:] = rest
        return request

    def answer(self, told: bytes, now: float) -> bool:
        """Begin to give him an answer; tell whether he is still there."""
        self._out = memoryview(told)
        self.deadline = now + SLOW
        return self.write(now)

    def write(self, now: float) -> bool:
        """Give him what he takes; tell whether he is still there."""
        if not self._out:
            return True
        try:
            sent = self.line.send(self._out)
        except BlockingIOError:
            return True
        except OSError:
            return False
        self._out = self._out[sent:]
        if not self._out:
            self.deadline = now + (SLOW if self._in else IDLE)
        return True
