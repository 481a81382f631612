"""What ``map``, ``filter``, ``reduce`` and ``join`` make of futures."""

from __future__ import annotations

import time
from _thread import allocate_lock
from typing import TYPE_CHECKING, Any, TypeVar

from ums_actors.runtime.future import LoopFuture, failure, foreign_future

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import pykka

    from ums_actors.runtime.future import Outcome

__all__ = ["Derived"]

M = TypeVar("M")


class Derived(LoopFuture[M]):
    """A function of other futures, computed once by the first who gets it."""

    __slots__ = ("_computing", "_function", "_sources")

    def __init__(
        self,
        sources: tuple[pykka.Future[Any], ...],
        function: Callable[[list[Any]], M],
    ) -> None:
        super().__init__()
        self._claim.acquire()  # nobody else may set it
        self._computing = allocate_lock()
        self._sources = sources
        self._function = function

    def done(self) -> bool:
        """Tell whether all its sources are."""
        return self._outcome is not None or all(
            isinstance(source, LoopFuture) and source.done() for source in self._sources
        )

    def add_done_callback(self, callback: Callable[[LoopFuture[M]], object]) -> None:
        """Call ``callback(self)`` once all its sources are done, and compute it then.

        Raises:
            TypeError: a source has no done-callbacks.
        """
        for source in self._sources:
            if not isinstance(source, LoopFuture):
                raise foreign_future(source)
        self._waiters.append(callback)
        self._follow(iter(self._sources))

    def _follow(self, rest: Iterator[pykka.Future[Any]]) -> None:
        """Compute it when the last source is done."""
        for source in rest:
            if isinstance(source, LoopFuture) and not source.done():
                source.add_done_callback(lambda _: self._follow(rest))
                return
        if self._outcome is None:
            self._compute(None)
        self._run_waiters()

    def exception(self) -> BaseException | None:
        """Give the exception if there is one; computes it if all sources are done."""
        if self._outcome is None and self.done():
            self._compute(None)
        return super().exception()

    def get(self, *, timeout: float | None = None) -> M:
        """Wait for all sources, at most ``timeout`` seconds in all; then compute it."""
        if self._outcome is None:
            self._compute(timeout)
        return super().get(timeout=0)

    def _compute(self, timeout: float | None) -> None:
        deadline = None if timeout is None else time.monotonic() + timeout
        values: list[Any] = []
        for source in self._sources:
            left = None if deadline is None else max(0.0, deadline - time.monotonic())
            try:
                values.append(source.get(timeout=left))
            except BaseException as error:
                known = isinstance(source, LoopFuture) and source.exception()
                if known is not error:
                    raise  # it gave up waiting: that is no outcome
                self._reveal(failure(error))
                return
        with self._computing:
            if self._outcome is None:
                self._outcome = self._apply(values)
        self._run_waiters()

    def _apply(self, values: list[Any]) -> Outcome:
        try:
            return (True, self._function(values))
        except BaseException as error:  # noqa: BLE001  (it goes to those who get it)
            return failure(error)
