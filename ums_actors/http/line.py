"""One TCP or TLS line that keeps one deadline over all its steps.

A plain client gives each address, each read and each write the whole timeout anew; a
server that sends one byte now and then would hold the thread for ever. Here each step
gets what is left. Only the resolver knows no time limit: see :class:`Http`.
"""

from __future__ import annotations

import contextlib
import io
import socket
import ssl
import threading
from typing import TYPE_CHECKING, Any

from urllib3.util.wait import wait_for_read

from ums_actors.http.tunnel import open_tunnel

if TYPE_CHECKING:
    from collections.abc import Callable

    from ums_actors.http.deadline import Deadline
    from ums_actors.http.origin import Origin
    from ums_actors.http.tunnel import HttpProxy

__all__ = ["Line", "LineSocket"]


class Line:
    """A line to one origin; used by one thread, and shut by any.

    Errors are those of ``socket`` and ``ssl``; a deadline that is over is a
    TimeoutError. ``permit`` is asked before each write; False ends the line.

    It may serve several calls, one after the other: see :meth:`renew`.
    """

    def __init__(
        self,
        origin: Origin,
        deadline: Deadline,
        permit: Callable[[], bool] | None = None,
    ) -> None:
        self.origin = origin
        self.permit = permit
        self._deadline = deadline
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None
        self._shut = False

    @property
    def is_open(self) -> bool:
        """Whether it has been opened, and not closed."""
        return self._socket is not None

    def renew(self, deadline: Deadline, permit: Callable[[], bool] | None) -> None:
        """Begin another call on it."""
        self._deadline = deadline
        self.permit = permit

    def is_quiet(self) -> bool:
        """Tell whether it is open and there is nothing to read, not even its end."""
        sock = self._socket
        try:
            if sock is None or (isinstance(sock, ssl.SSLSocket) and sock.pending()):
                return False
            return not wait_for_read(sock, timeout=0.0)
        except (OSError, ValueError):
            return False

    def open(
        self, context: ssl.SSLContext | None, proxy: HttpProxy | None = None
    ) -> None:
        """Connect, through a proxy if there is one; then TLS, with a context."""
        where = self.origin if proxy is None else proxy
        sock = self._connect(where.host, where.port)
        if proxy is not None:
            open_tunnel(self, proxy)
        if context is not None:
            self._wrap(sock, context)

    def _connect(self, host: str, port: int) -> socket.socket:
        """Connect to the first address that answers."""
        infos = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        failure: OSError = OSError("the name has no address")
        for index, (family, kind, protocol, _, address) in enumerate(infos):
            share = self._deadline.left() / (len(infos) - index)
            try:
                sock = socket.socket(family, kind, protocol)
            except OSError as error:  # a family that this machine does not have
                failure = error
                continue
            self._hold(sock)
            try:
                sock.settimeout(share)
                sock.connect(address)
            except OSError as error:
                sock.close()
                failure = error
                continue
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return sock
        raise failure

    def _wrap(self, sock: socket.socket, context: ssl.SSLContext) -> None:
        wrapped = context.wrap_socket(
            sock, server_hostname=self.origin.host, do_handshake_on_connect=False
        )
        self._hold(wrapped)
        wrapped.settimeout(self._deadline.left())  # of the handshake as a whole
        wrapped.do_handshake()

    def _hold(self, sock: socket.socket) -> None:
        with self._lock:
            self._socket = sock
            if not self._shut:
                return
        sock.close()
        raise ConnectionAbortedError("the line was shut")

    def sendall(self, data: bytes) -> None:
        """Write all of it."""
        sock = self._held()
        sock.settimeout(self._deadline.left())
        if self.permit is not None and not self.permit():
            raise ConnectionAbortedError("the line is not ours")
        sock.sendall(data)

    def receive_into(self, buffer: Any) -> int:
        """Read what is there, waiting no longer than the deadline; 0 at the end."""
        sock = self._held()
        sock.settimeout(self._deadline.left())
        return sock.recv_into(buffer)

    def shut(self) -> None:
        """Wake the thread that waits on it, from any thread; it gets an error."""
        with self._lock:
            self._shut = True
            sock = self._socket
        if sock is not None:
            # not SSLSocket.shutdown, which would go on in plain text
            with contextlib.suppress(OSError):
                socket.socket.shutdown(sock, socket.SHUT_RDWR)

    def close(self) -> None:
        """Give the descriptor back; idempotent."""
        with self._lock:
            sock, self._socket = self._socket, None
        if sock is not None:
            sock.close()

    def _held(self) -> socket.socket:
        if self._socket is None:
            raise ConnectionAbortedError("the line is not open")
        return self._socket


class LineSocket:
    """A line in the shape that ``http.client`` wants of a socket.

    Setting a timeout does nothing, the deadline rules; nor does closing, the line is
    its owner's.
    """

    def __init__(self, line: Line) -> None:
        self._line = line

    def makefile(self, _mode: str) -> io.BufferedReader:
        """Give a file to read the response from."""
        return io.BufferedReader(_Reader(self._line))

    def sendall(self, data: bytes) -> None:
        """Write all of it."""
        self._line.sendall(data)

    def settimeout(self, _seconds: float | None) -> None:
        """Do nothing."""

    def close(self) -> None:
        """Do nothing."""


class _Reader(io.RawIOBase):
    """The raw file over a line; closing it leaves the line to its owner."""

    def __init__(self, line: Line) -> None:
        self._line = line

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        return self._line.receive_into(buffer)

    def readall(self) -> bytes:
        """Refuse: nobody asks for all there is but http.client, of a chunk of -1."""
        raise ValueError("an answer is read in pieces")
