"""TCP to the first address of a host that answers."""

from __future__ import annotations

import errno
import itertools
import math
import os
import select
import socket
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ums_actors.errors import ConnectError
    from ums_actors.transport.attempt import Attempt
    from ums_actors.transport.budget import Budget

    Resolver = Callable[..., Iterable[tuple[Any, ...]]]
    Address = tuple[int, Any]  # family, address of that family

__all__ = ["dial", "resolve"]

_STAGGER = 0.25  # seconds between two attempts (RFC 8305)
_MAX_ADDRESSES = 32


def dial(
    host: str, port: int, *, budget: Budget, attempt: Attempt, resolver: Resolver
) -> socket.socket:
    """Connect to ``host``, trying all its addresses, staggered; worker thread.

    Args:
        host: name or IP address.
        port: TCP port.
        budget: deadline over all of it.
        attempt: owns the sockets.
        resolver: has the signature of ``socket.getaddrinfo``.

    Returns:
        A non-blocking socket, owned by ``attempt``.

    Raises:
        ConnectError: no address answered, or the budget is used up.
        OSError, UnicodeError: the name could not be resolved.
    """
    budget.step = "resolve"
    addresses = resolve(host, port, budget=budget, resolver=resolver)
    budget.step = "tcp"
    return _Race(addresses, budget, attempt).run()


def resolve(
    host: str, port: int, *, budget: Budget, resolver: Resolver
) -> list[Address]:
    """Give the addresses of ``host``, families alternating, without duplicates."""
    found = resolver(host, port, 0, socket.SOCK_STREAM)
    budget.left()  # resolution cannot be interrupted, but nothing follows a late one
    families: dict[int, dict[Address, None]] = {}
    for family, _, _, _, address in found:
        families.setdefault(family, {})[family, address] = None
    rounds = itertools.zip_longest(*families.values())
    mixed = [entry for entries in rounds for entry in entries if entry is not None]
    if not mixed:
        raise budget.error(f"{host} has no address")
    return mixed[:_MAX_ADDRESSES]


class _Race:
    """Connection attempts of which the first success wins and the rest are closed."""

    def __init__(
        self, addresses: list[Address], budget: Budget, attempt: Attempt
    ) -> None:
        self._addresses = addresses
        self._budget = budget
        self._attempt = attempt
        self._poller = select.poll()
        self._trying: dict[int, socket.socket] = {}
        self._failures: dict[str, None] = {}
        # Half of the time is kept for the last address, however many there are.
        self._stagger = min(_STAGGER, budget.left() / (2 * len(addresses)))

    def run(self) -> socket.socket:
        waiting = iter(self._addresses)
        last = False
        while True:
            address = next(waiting, None)
            if address is not None:
                self._start(address)
            last = last or address is None
            if last and not self._trying:
                raise self._refused()
            winner = self._settle(math.inf if last else self._stagger)
            if winner is not None:
                return winner

    def _start(self, address: Address) -> None:
        family, where = address
        try:
            sock = socket.socket(family, socket.SOCK_STREAM)
        except OSError as error:  # a family this machine does not speak
            self._note(error.errno)
            return
        self._attempt.adopt(sock)
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        code = sock.connect_ex(where)
        if code not in (0, errno.EINPROGRESS):
            self._note(code)
            self._attempt.discard(sock)
            return
        self._trying[sock.fileno()] = sock
        self._poller.register(sock, select.POLLOUT)

    def _settle(self, at_most: float) -> socket.socket | None:
        """Wait for an attempt to end; gives the winner if there is one."""
        if not self._trying:
            return None
        for descriptor, _ in self._budget.wait(self._poller, at_most):
            self._poller.unregister(descriptor)
            sock = self._trying.pop(descriptor)
            code = _outcome(sock)
            if code == 0:
                for loser in self._trying.values():
                    self._attempt.discard(loser)
                return sock
            self._note(code)
            self._attempt.discard(sock)
        return None

    def _note(self, code: int | None) -> None:
        self._failures[os.strerror(code or errno.EIO)] = None

    def _refused(self) -> ConnectError:
        count = len(self._addresses)
        return self._budget.error(
            f"no connection to {self._budget.where}: {', '.join(self._failures)} "
            f"({count} address{'es' if count > 1 else ''} tried)"
        )


def _outcome(sock: socket.socket) -> int:
    code = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    if code:
        return code
    try:
        # A connection to a free local port can meet itself.
        met_itself = sock.getpeername() == sock.getsockname()
    except OSError as error:
        return error.errno or errno.ENOTCONN
    return errno.ECONNREFUSED if met_itself else 0
