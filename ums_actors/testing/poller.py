"""Descriptors that exist in the simulator only."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["FakePoller"]

_FIRST = 1_000_000
"""Descriptor numbers beyond those of any real file, in case one is mixed up."""


class FakePoller:
    """A level-triggered poller over descriptors that say themselves if they are ready.

    Only those are asked that were touched since they were last found not to be.

    It never sleeps, and refuses what would go unnoticed with a real one: watching
    a descriptor twice, or closing one that is watched.
    """

    def __init__(self) -> None:
        self._numbers = itertools.count(_FIRST)
        self._sources: dict[int, Callable[[], int]] = {}
        self._masks: dict[int, int] = {}
        self._touched: dict[int, None] = {}
        self.misuses: list[str] = []

    def __len__(self) -> int:
        """Give the number of watched descriptors."""
        return len(self._masks)

    # -- the network's side

    def open(self, readiness: Callable[[], int]) -> int:
        """Make a descriptor; ``readiness`` gives its present mask."""
        fd = next(self._numbers)
        self._sources[fd] = readiness
        return fd

    def touch(self, fd: int) -> None:
        """Take note that a descriptor may have become ready."""
        self._touched[fd] = None

    def close_fd(self, fd: int) -> None:
        """Close a descriptor."""
        self._sources.pop(fd, None)
        if fd in self._masks:
            self.misuses.append(f"descriptor {fd} was closed while it was watched")

    # -- the loop's side

    def add(self, fd: int, mask: int) -> None:
        """Watch a descriptor."""
        if fd in self._masks:
            raise FileExistsError(fd)
        if fd not in self._sources:
            raise OSError(9, "Bad file descriptor")
        self._masks[fd] = mask
        self.touch(fd)

    def change(self, fd: int, mask: int) -> None:
        """Watch it for something else."""
        if fd not in self._masks:
            raise FileNotFoundError(fd)
        self._masks[fd] = mask
        self.touch(fd)

    def remove(self, fd: int) -> None:
        """Forget a descriptor."""
        self._masks.pop(fd, None)

    def poll(self, timeout: float | None) -> list[tuple[int, int]]:
        """Give (descriptor, mask) pairs."""
        if timeout != 0.0:
            raise RuntimeError("a simulated loop must not sleep: turn(block=False)")
        found: list[tuple[int, int]] = []
        for fd in list(self._touched):
            source = self._sources.get(fd)
            ready = self._masks.get(fd, 0) & source() if source is not None else 0
            if ready:
                found.append((fd, ready))
            else:
                del self._touched[fd]
        return found

    def wake(self) -> None:
        """Do nothing: nobody sleeps."""

    def close(self) -> None:
        """Forget all."""
        self._masks.clear()
