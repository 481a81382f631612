"""Awaiting futures in asyncio: one wake-up of its loop for many answers.

Answers come in batches, on a loop thread of ours. Waking an asyncio loop from another
thread costs a system call, so those who wait on one loop share a wake-up: the first
answer asks for it, at the end of the turn that brought it, and the others join until
it has happened.
"""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from functools import partial
from typing import TYPE_CHECKING, Any

from ums_actors.runtime.future import let_go

if TYPE_CHECKING:
    from collections.abc import Callable

    from ums_actors.runtime.future import LoopFuture

__all__ = ["waiter_for"]

_here = threading.local()


class _Awakener:
    """Wakes those who wait on one asyncio loop."""

    __slots__ = ("_asked", "_done", "_thread", "loop")

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self._thread = threading.get_ident()
        self._done: deque[asyncio.Future[None]] = deque()
        self._asked = False

    def wake(self, waiter: asyncio.Future[None], _: object) -> None:
        """Let one go on, whose future is done; any thread."""
        if threading.get_ident() == self._thread:
            if not waiter.done():
                waiter.set_result(None)
            return
        self._done.append(waiter)
        if self._asked:
            return
        self._asked = True
        let_go(self)

    def release(self) -> None:
        """Have the asyncio loop look who may go on; any thread."""
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


def waiter_for(
    future: LoopFuture[Any],
) -> tuple[asyncio.Future[None], Callable[[object], None]]:
    """Give what is done in the running asyncio loop when ``future`` is.

    Beside it what the future calls for that: to be forgotten by who waits no longer.
    """
    awakener = _awakener()
    waiter = awakener.loop.create_future()
    wake = partial(awakener.wake, waiter)
    future.add_done_callback(wake)
    return waiter, wake
