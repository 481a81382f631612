"""The handle of one attempt to open a websocket, shared by two threads."""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import TYPE_CHECKING

from ums_actors.core.laps import laps

if TYPE_CHECKING:
    from collections.abc import Callable

    from ums_actors.core.laps import Laps
    from ums_actors.transport.opened import Opened

__all__ = ["Attempt"]


class Attempt:
    """Lets any thread end one :func:`open_websocket` that runs on a worker.

    It owns every socket of the attempt until a ``Websocket`` adopts the result, so
    that none leaks, however late the worker comes back. For one attempt only.

    Args:
        permit: asked on the worker before each step and each write; False ends it.
    """

    __slots__ = ("_began", "_lock", "_opened", "_permit", "_sockets", "aborted")

    def __init__(self, permit: Callable[[], bool] | None = None) -> None:
        self._permit = permit
        self._lock = threading.Lock()
        self._sockets: list[socket.socket] = []
        self._opened: Opened | None = None
        self._began: list[tuple[str, float]] = []
        self.aborted: bool = False
        """Whether :meth:`abort` was called."""

    def began(self, step: str, now: float) -> None:
        """Take note that a step begins (worker thread); monotonic seconds."""
        self._began.append((step, now))

    def steps(self, now: float) -> Laps:
        """Give how many seconds each step took that has begun (worker thread)."""
        return laps(self._began, now)

    def ended(self) -> bool:
        """Tell whether it was aborted, or is no longer permitted (worker thread)."""
        if self._permit is not None and not self._permit():
            self.aborted = True
        return self.aborted

    def abort(self) -> None:
        """Shut the sockets in use down at once; any thread, never blocks, idempotent.

        The worker wakes and raises ``ConnectError``. If it was done already, the
        result is closed unless a ``Websocket`` has adopted it.
        """
        with self._lock:
            self.aborted = True
            for sock in self._sockets:
                # Not SSLSocket.shutdown: that would take the TLS state from under
                # the worker. The worker closes; here a descriptor could be reused.
                with contextlib.suppress(OSError):
                    socket.socket.shutdown(sock, socket.SHUT_RDWR)
            if self._opened is not None:
                self._opened.close()

    def adopt(self, sock: socket.socket) -> None:
        """Own ``sock`` (worker thread). The caller asks its budget next."""
        with self._lock:
            self._sockets.append(sock)

    def discard(self, sock: socket.socket) -> None:
        """Close an owned socket (worker thread)."""
        with self._lock:
            self._sockets.remove(sock)
            sock.close()

    def discard_all(self) -> None:
        """Close all sockets still owned (worker thread)."""
        with self._lock:
            for sock in self._sockets:
                sock.close()
            self._sockets.clear()

    def deliver(self, opened: Opened, sock: socket.socket) -> bool:
        """Pass ``sock`` on inside ``opened`` (worker thread); False once aborted."""
        with self._lock:
            if self.ended():
                return False
            self._sockets.remove(sock)
            self._opened = opened
            return True
