"""Who waits until all agents of a fleet are READY, or have failed."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from ums_actors.runtime import LoopFuture

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ums_actors.fleet.spec import Key
    from ums_actors.fleet.status import FleetStatus
    from ums_actors.runtime import Loop

__all__ = ["Opening"]


class Opening:
    """Answers when the last agent is through; any thread.

    Args:
        loop: whose timers bound the waiting.
        status: gives what the answer is.
    """

    def __init__(self, loop: Loop, status: Callable[[], FleetStatus]) -> None:
        self._loop = loop
        self._status = status
        self._lock = threading.Lock()
        self._left: set[Key] = set()
        self._loaded = False
        self._over: BaseException | None = None
        self._waiters: list[LoopFuture[FleetStatus]] = []

    @property
    def failed(self) -> bool:
        """Whether it has come to nothing."""
        return self._over is not None

    def wait(self, timeout: float | None) -> LoopFuture[FleetStatus]:
        """Give a future of the end, which fails after ``timeout`` seconds."""
        future: LoopFuture[FleetStatus] = LoopFuture()
        with self._lock:
            self._waiters.append(future)
        if timeout is not None:
            self._loop.call_soon(lambda: self._arm(future, timeout))
        self._look()
        return future

    def expect(self, keys: Iterable[Key]) -> None:
        """Wait for these agents as well."""
        with self._lock:
            self._left.update(keys)

    def through(self, keys: Iterable[Key]) -> None:
        """Take note that these agents need not be waited for any more."""
        with self._lock:
            self._left.difference_update(keys)
        self._look()

    def loaded(self) -> None:
        """Take note that all agents are known now."""
        self._loaded = True
        self._look()

    def fail(self, error: BaseException) -> None:
        """Answer all who wait, now and later, with an error."""
        self._over = error
        self._look()

    def _arm(self, future: LoopFuture[FleetStatus], timeout: float) -> None:
        timer = self._loop.call_later(timeout, lambda: self._expire(future, timeout))
        future.add_done_callback(lambda _: timer.cancel())

    def _expire(self, future: LoopFuture[FleetStatus], timeout: float) -> None:
        with self._lock:
            left = len(self._left)
            if future in self._waiters:
                self._waiters.remove(future)
        future.try_fail(
            TimeoutError(
                f"{left} agents were neither READY nor FAILED within {timeout:g} s; "
                "they are tried on"
            )
        )

    def _look(self) -> None:
        with self._lock:
            if self._over is None and (self._left or not self._loaded):
                return
            waiters, self._waiters = self._waiters, []
        if not waiters:
            return
        if self._over is not None:
            for each in waiters:
                each.try_fail(self._over)
            return
        status = self._status()
        for each in waiters:
            each.try_set(status)
