"""Waiting for descriptors, and being woken from another thread."""

from __future__ import annotations

import contextlib
import os
import select
import selectors
import socket
import threading
from typing import TYPE_CHECKING, Protocol

from ums_actors.errors import NotSupported

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["READABLE", "WRITABLE", "EpollPoller", "Poller", "SelectPoller", "poller"]

READABLE = 1
WRITABLE = 4
"""Same values as EPOLLIN and EPOLLOUT. Any other bit of what is told is of an error or
a hang-up: reading tells which."""
AT_ONCE = 128
"""Descriptors one ``poll`` tells of: a turn that hears of the end of a thousand lines
would keep the others, timers and callers, waiting. Those left out come first next."""


class Poller(Protocol):
    """What a loop needs of the operating system."""

    def add(self, fd: int, mask: int, /) -> None:
        """Watch a descriptor."""
        ...

    def change(self, fd: int, mask: int, /) -> None:
        """Watch it for something else."""
        ...

    def remove(self, fd: int, /) -> None:
        """Forget a descriptor; one that is closed is forgotten already."""
        ...

    def poll(self, timeout: float | None) -> list[tuple[int, int]]:
        """Wait at most ``timeout`` seconds for (descriptor, mask) pairs."""
        ...

    def wake(self) -> None:
        """End a running ``poll``, also after ``close``; any thread."""
        ...

    def close(self) -> None:
        """Give the descriptors back; idempotent."""
        ...


class EpollPoller:
    """epoll, woken by an eventfd."""

    def __init__(self) -> None:
        self._epoll = select.epoll()
        self._event = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        # told of once a write, so that nothing has to be read
        self._epoll.register(self._event, select.EPOLLIN | select.EPOLLET)
        self._woken = self._event, select.EPOLLIN
        self._closing = threading.Lock()  # a wake must not write to a reused number
        self.change: Callable[[int, int], None] = self._epoll.modify
        self.add: Callable[[int, int], None] = self._epoll.register

    def fileno(self) -> int:
        """Give the descriptor that is readable while there are events."""
        return self._epoll.fileno()

    def remove(self, fd: int) -> None:
        """Forget a descriptor; one that is closed is forgotten already."""
        try:
            self._epoll.unregister(fd)
        except (OSError, ValueError):
            return

    def poll(self, timeout: float | None) -> list[tuple[int, int]]:
        """Wait for events."""
        events = self._epoll.poll(timeout, AT_ONCE)
        if self._woken in events:
            events.remove(self._woken)
        return events

    def wake(self) -> None:
        """End a running poll."""
        with self._closing:
            if not self._epoll.closed:
                os.eventfd_write(self._event, 1)

    def close(self) -> None:
        """Give the descriptors back."""
        with self._closing:
            if not self._epoll.closed:
                self._epoll.close()
                os.close(self._event)


class SelectPoller:
    """The best selector of a system without epoll, woken by a socket pair."""

    def __init__(self) -> None:
        self._selector = selectors.DefaultSelector()
        self._closing = threading.Lock()
        self._near, self._far = socket.socketpair()
        self._near.setblocking(False)
        self._far.setblocking(False)
        self._selector.register(self._near, selectors.EVENT_READ)

    def fileno(self) -> int:
        """Give the descriptor that is readable while there are events.

        Raises:
            NotSupported: this system's best selector has none.
        """
        selector = self._selector
        if isinstance(selector, (selectors.SelectSelector, selectors.PollSelector)):
            raise NotSupported(
                f"a {type(selector).__name__} cannot be watched by another loop: use "
                "a Runtime with threads of its own"
            )
        return selector.fileno()

    def add(self, fd: int, mask: int) -> None:
        """Watch a descriptor."""
        self._selector.register(fd, _to_selectors(mask))

    def change(self, fd: int, mask: int) -> None:
        """Watch it for something else."""
        self._selector.modify(fd, _to_selectors(mask))

    def remove(self, fd: int) -> None:
        """Forget a descriptor."""
        try:
            self._selector.unregister(fd)
        except (KeyError, ValueError):
            return

    def poll(self, timeout: float | None) -> list[tuple[int, int]]:
        """Wait for events."""
        found: list[tuple[int, int]] = []
        for key, events in self._selector.select(timeout):
            if key.fileobj is self._near:
                self._near.recv(4096)
            else:
                writable = WRITABLE if events & selectors.EVENT_WRITE else 0
                readable = READABLE if events & selectors.EVENT_READ else 0
                found.append((key.fd, writable | readable))
        return found

    def wake(self) -> None:
        """End a running poll."""
        with self._closing:
            if self._far.fileno() < 0:
                return
            with contextlib.suppress(BlockingIOError):  # enough are on their way
                self._far.send(b"w")

    def close(self) -> None:
        """Give the descriptors back."""
        with self._closing:
            self._selector.close()
            self._near.close()
            self._far.close()


def _to_selectors(mask: int) -> int:
    readable = selectors.EVENT_READ if mask & READABLE else 0
    return readable | (selectors.EVENT_WRITE if mask & WRITABLE else 0)


def poller() -> EpollPoller | SelectPoller:
    """Make the best poller of this system."""
    if hasattr(select, "epoll") and hasattr(os, "eventfd"):
        return EpollPoller()
    return SelectPoller()
