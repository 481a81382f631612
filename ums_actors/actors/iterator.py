"""Iterating over events, in a plain loop or in one of asyncio."""

from __future__ import annotations

import weakref
from collections.abc import AsyncIterator, Callable, Iterator
from typing import TYPE_CHECKING, Final, Generic, Self, TypeVar, cast

import pykka

from ums_actors.actors.events import Event
from ums_actors.errors import ConnectionLost, Delivery

if TYPE_CHECKING:
    from types import TracebackType

    from ums_actors.actors.inbox import Waited
    from ums_actors.runtime import LoopFuture

__all__ = ["EventIterator"]

E = TypeVar("E", bound=Event)

_LOOK: Final = 1.0
"""Seconds between looks whether the actors are still there."""


class EventIterator(Iterator[E], AsyncIterator[E], Generic[E]):
    """The events of a subscription, for ``for`` or ``async for``.

    It is bounded: who is too slow loses the oldest events, which is counted in the
    connection's status. It ends with the connection, after the events that came before
    that; it raises ConnectionLost then if the connection FAILED. Closing it, leaving
    its ``with`` block and forgetting it end the subscription.

    Args:
        inbox: where the events wait.
        release: ends the subscription; any thread, without waiting.
        alive: tells whether there is a connection at all.
        timeout: seconds without an event after which ``for`` ends; None never does.
        strict: raise ConnectionLost also when the connection was closed in order.
    """

    def __init__(
        self,
        inbox: Waited,
        release: Callable[[], object],
        alive: Callable[[], bool],
        timeout: float | None = None,
        *,
        strict: bool = False,
    ) -> None:
        self._inbox = inbox
        self._strict = strict
        self._alive = alive
        self._timeout = timeout
        self._closed = weakref.finalize(self, _let_go, inbox, release)
        self._closed.atexit = False

    def close(self) -> None:
        """End the subscription; events that wait are forgotten. Idempotent."""
        self._closed()

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> E:
        """Wait for the next event.

        Raises:
            ConnectionLost: the connection came to rest, and not in order.
            WouldDeadlock: called on a loop thread.
        """
        left = self._timeout
        while (event := self._taken()) is None:
            if self._over():
                raise StopIteration
            pause = _LOOK if left is None else min(_LOOK, left)
            if self._wait(pause) or left is None:
                continue
            left -= pause
            if left <= 0:
                self.close()
                raise StopIteration
        return event

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> E:
        """Wait for the next event without blocking asyncio; errors as for ``for``."""
        while (event := self._taken()) is None:
            if self._over():
                raise StopAsyncIteration
            waiter = self._inbox.waiter()
            try:
                await _within(waiter, _LOOK)
            except TimeoutError:
                self._look()
            finally:
                self._inbox.forget(waiter)
        return event

    async def aclose(self) -> None:
        """Do as :meth:`close`; it does not wait."""
        self.close()

    def _taken(self) -> E | None:
        return cast("E | None", self._inbox.take())

    def _over(self) -> bool:
        """Tell whether nothing will come any more.

        Raises:
            ConnectionLost: that is an error, which is raised once.
        """
        inbox = self._inbox
        if not inbox.ended or len(inbox):
            return False
        error, inbox.error = inbox.error, None
        if error is None and self._strict and self._closed.alive:
            error = ConnectionLost(
                "the connection has ended: no more events will come",
                delivery=Delivery.NOT_SENT,
            )
        self.close()
        if error is not None:
            raise error
        return True

    def _wait(self, pause: float) -> bool:
        waiter = self._inbox.waiter()
        try:
            waiter.get(timeout=pause)
        except pykka.Timeout:
            self._look()
            return False
        finally:
            self._inbox.forget(waiter)
        return True

    def _look(self) -> None:
        """See that nobody waits for a connection whose loop has ended."""
        if not self._alive():
            self._inbox.end()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


def _let_go(inbox: Waited, release: Callable[[], object]) -> None:
    inbox.discard()
    release()


async def _within(waiter: LoopFuture[None], seconds: float) -> None:
    import asyncio  # noqa: PLC0415  (only those who await pay for it)

    async with asyncio.timeout(seconds):
        await waiter
