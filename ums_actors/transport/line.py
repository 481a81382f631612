"""A non-blocking socket used as if it blocked, within a budget."""

from __future__ import annotations

import functools
import select
import ssl
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

    from ums_actors.transport.budget import Budget

__all__ = ["Line"]

_T = TypeVar("_T")


class Line:
    """Sends and receives on the worker; raises ``ConnectError`` out of budget.

    ``OSError`` passes through; the opener translates it.
    """

    __slots__ = ("_budget", "sock")

    def __init__(self, sock: socket.socket, budget: Budget) -> None:
        self.sock: socket.socket = sock
        self._budget = budget

    def send_all(self, data: bytes) -> None:
        """Write all of ``data``."""
        view = memoryview(data)
        while view:
            sent = self.complete(
                functools.partial(self.sock.send, view), select.POLLOUT
            )
            view = view[sent:]

    def receive(self, size: int) -> bytes:
        """Read up to ``size`` bytes; ``b""`` at the end of the stream."""
        return self.complete(functools.partial(self.sock.recv, size), select.POLLIN)

    def complete(self, call: Callable[[], _T], blocked_on: int = select.POLLIN) -> _T:
        """Repeat ``call``, a method of the socket, until it does not block."""
        while True:
            self._budget.left()
            try:
                return call()
            except ssl.SSLWantReadError:
                events = select.POLLIN
            except ssl.SSLWantWriteError:
                events = select.POLLOUT
            except BlockingIOError:
                events = blocked_on
            poller = select.poll()
            poller.register(self.sock, events)
            self._budget.wait(poller)
