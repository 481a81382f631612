"""Awaiting futures in asyncio: one wake-up of its loop for many answers.

Answers come in batches, on a loop thread of ours. Waking an asyncio loop from another
thread costs a system call, so those who wait on one loop share a wake-up: the first
answer asks for it, the others join until it has happened.
"""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Generator

    from ums_actors.runtime.future import LoopFuture

__all__ = ["wait"]

_here = threading.local()


class _Awakener:
    """Wakes those who wait on one asyncio loop."""

    __slots__ = ("_asked", "_done", "_thread", "loop")

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self._thread = threading.get_ident()
        self._done: deque[asyncio.Future[None]] = deque()
        self._asked = False

    def wake(self, waiter: asyncio.Future[None]) -> None:
        """Let one go on; any thread."""
        if threading.get_ident() == self._thread:
            if not waiter.done():
                waiter.set_result(None)
            return
        self._done.append(waiter)
        if self._asked:
            return
        self._asked = True
        try:
            self.loop.call_soon_threadsafe(self._wake_all)
        except RuntimeError:  # that loop is closed, and nobody waits there any more
            self._done.clear()

    def _wake_all(self) -> None:
        self._asked = False  # first: what comes from now on asks again
        done = self._done
        while done:
            waiter = done.popleft()
            if not waiter.done():
                waiter.set_result(None)


def _awakener() -> _Awakener:
    """Give this thread's, for the asyncio loop that runs on it."""
    loop = asyncio.get_running_loop()
    found: _Awakener | None = getattr(_here, "awakener", None)
    if found is None or found.loop is not loop:
        found = _here.awakener = _Awakener(loop)
    return found


class _Sleeper:
    """What a future calls when it is done."""

    __slots__ = ("awakener", "waiter")

    def __init__(self, awakener: _Awakener) -> None:
        self.awakener = awakener
        self.waiter: asyncio.Future[None] = awakener.loop.create_future()

    def __call__(self, _: object) -> None:
        self.awakener.wake(self.waiter)


def wait(future: LoopFuture[Any]) -> Generator[object, None, None]:
    """Wait until it is done, without blocking the running asyncio loop."""
    sleeper = _Sleeper(_awakener())
    future.add_done_callback(sleeper)
    try:
        yield from sleeper.waiter
    finally:
        future.forget(sleeper)
