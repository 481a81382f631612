"""What comes of a successful attempt."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from ums_actors.errors import ConnectError

if TYPE_CHECKING:
    import socket

__all__ = ["Opened"]


class Opened:
    """An upgraded socket on its way from the worker to the loop.

    Whoever receives it must either construct a ``Websocket`` of it or call
    :meth:`close`.

    Attributes:
        leftover: bytes of the server that came behind its 101 answer.
    """

    __slots__ = ("_lock", "_sock", "leftover")

    def __init__(self, sock: socket.socket, leftover: bytes = b"") -> None:
        sock.setblocking(False)
        self._lock = threading.Lock()
        self._sock: socket.socket | None = sock
        self.leftover: bytes = leftover

    def take(self) -> socket.socket:
        """Give the non-blocking socket away, once.

        Raises:
            ConnectError: it was aborted, closed or taken before.
        """
        with self._lock:
            sock, self._sock = self._sock, None
        if sock is None:
            raise ConnectError("the opened websocket is closed", step="upgrade")
        return sock

    def close(self) -> None:
        """Close the socket unless it was taken; any thread, idempotent."""
        with self._lock:
            sock, self._sock = self._sock, None
        if sock is not None:
            sock.close()
