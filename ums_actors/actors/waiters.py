"""Futures that wait for one thing to happen, each with its own patience."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ums_actors.errors import Overloaded
from ums_actors.runtime import LoopFuture

if TYPE_CHECKING:
    from collections.abc import Callable

    from ums_actors.runtime import Loop
    from ums_actors.runtime.timers import Timer

__all__ = ["Waiters"]

LIMIT = 100_000
"""Futures that may wait for one thing; each request may want a token."""


class Waiters:
    """A bag of futures; loop thread only."""

    __slots__ = ("_waiting",)

    def __init__(self) -> None:
        self._waiting: dict[LoopFuture[Any], Timer | None] | None = None

    def __len__(self) -> int:
        return len(self._waiting or ())

    def add(
        self,
        loop: Loop,
        timeout: float | None = None,
        error: Callable[[], Exception] = TimeoutError,
    ) -> LoopFuture[Any]:
        """Make a future that fails with ``error()`` after ``timeout`` seconds.

        It fails at once with Overloaded if too many wait: those who poll without a
        timeout leave one behind each time.
        """
        future: LoopFuture[Any] = LoopFuture()
        if len(self) >= LIMIT:
            future.try_fail(
                Overloaded(f"{LIMIT} wait for this already: give each a timeout")
            )
            return future
        timer = None
        if timeout is not None:
            timer = loop.call_later(timeout, lambda: self._expire(future, error()))
        if self._waiting is None:  # nobody waits for most things most of the time
            self._waiting = {}
        self._waiting[future] = timer
        return future

    def discard(self, future: LoopFuture[Any]) -> None:
        """Forget one that was answered otherwise."""
        timer = None if self._waiting is None else self._waiting.pop(future, None)
        if timer is not None:
            timer.cancel()

    def resolve(self, value: Any = None) -> None:
        """Answer all."""
        for future in self._take():
            future.try_set(value)

    def reject(self, error: BaseException) -> None:
        """Fail all."""
        for future in self._take():
            future.try_fail(error)

    def _take(self) -> list[LoopFuture[Any]]:
        waiting, self._waiting = self._waiting or {}, None
        for timer in waiting.values():
            if timer is not None:
                timer.cancel()
        return list(waiting)

    def _expire(self, future: LoopFuture[Any], error: Exception) -> None:
        self.discard(future)
        future.try_fail(error)
