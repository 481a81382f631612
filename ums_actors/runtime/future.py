"""The answer to an ``ask``: a Pykka future that can be chained and awaited.

Differences from :class:`pykka.ThreadingFuture`: it has done-callbacks, its
``await`` does not block the event loop, ``get()`` on a loop thread raises
:class:`~ums_actors.errors.WouldDeadlock`, exactly one ``set`` wins (a second raises
RuntimeError where Pykka raises ``queue.Full``), what ``map`` and its like compute is
computed once, also if that fails, and an exception that nobody ever read is logged
(``future.never_retrieved``) when the last future that has it is gone.
"""

from __future__ import annotations

import contextlib
import functools
import logging
import sys
import threading
from _thread import LockType, allocate_lock
from collections.abc import Callable, Generator, Iterable
from typing import TYPE_CHECKING, Any, TypeVar, cast

import pykka

from ums_actors.errors import WouldDeadlock
from ums_actors.runtime.unread import Unread

if TYPE_CHECKING:
    from types import TracebackType

    from ums_actors.runtime.lending import Lending
    from ums_actors.runtime.loop import Loop
    from ums_actors.runtime.runnable import Sleeper

__all__ = [
    "LoopFuture",
    "Outcome",
    "TimedOut",
    "failure",
    "foreign_future",
    "let_go",
    "on_loop_thread",
]

T = TypeVar("T")
M = TypeVar("M")

_Waiter = LockType | Callable[[Any], object]
Outcome = tuple[Any, ...]
"""(True, value), or what :func:`failure` makes of an exception."""
_logger = logging.getLogger("ums_actors")
on_loop_thread: threading.local = threading.local()
"""Its attribute ``loop`` is the loop that is running on this thread, if any.

``lending`` is there where a thread turns a virtual world by hand: it is led for all
futures that the thread waits for.
"""
_LONGEST_WAIT = threading.TIMEOUT_MAX


class TimedOut(pykka.Timeout, TimeoutError):
    """A future has no value yet: Pykka's own error, and Python's."""


def let_go(sleeper: Sleeper) -> None:
    """Wake somebody: at the end of the turn, if a loop runs one on this thread."""
    loop: Loop | None = getattr(on_loop_thread, "loop", None)
    if loop is None:
        sleeper.release()
    else:
        loop.wake_soon(sleeper)


class LoopFuture(pykka.Future[T]):
    """A value that is there now or later.

    Attributes:
        source: what it waits for itself, if it is known.
        tag: what its maker knows it by.
    """

    __slots__ = ("_claim", "_lending", "_outcome", "_waiters", "source", "tag")

    _get_hook: Callable[[float | None], T] | None = None

    def __init__(  # the base class would add a dict to each future
        self, lending: Lending | None = None
    ) -> None:
        self._lending = lending
        self.source: LoopFuture[Any] | None = None
        self.tag: Any = None
        self._claim = allocate_lock()
        self._outcome: Outcome | None = None
        self._waiters: list[_Waiter] = []

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {'done' if self.done() else 'pending'}>"

    @classmethod
    def of(cls, value: M) -> LoopFuture[M]:
        """Make a future that has its value already."""
        future: LoopFuture[M] = LoopFuture()
        future.set(value)
        return future

    def done(self) -> bool:
        """Tell whether :meth:`get` would not wait."""
        return self._outcome is not None

    def set(self, value: T | None = None) -> None:
        """Give the value; any thread.

        Raises:
            RuntimeError: it has a value already.
        """
        if not self._settle((True, value)):
            raise RuntimeError(f"{self!r} has been set before; it is set only once")

    def try_set(self, value: T | None = None) -> bool:
        """Give the value unless one is there; tell whether this call won."""
        if not self._claim.acquire(False):
            return False
        self._outcome = True, value
        if self._waiters:
            self._run_waiters()
        return True

    def set_exception(
        self,
        exc_info: tuple[
            type[BaseException] | None, BaseException | None, TracebackType | None
        ]
        | BaseException
        | None = None,
    ) -> None:
        """Give an exception; the one being handled, if none is passed.

        Raises:
            RuntimeError: it has a value already.
        """
        if exc_info is None:
            exc_info = sys.exc_info()
        error = exc_info[1] if isinstance(exc_info, tuple) else exc_info
        if not self.try_fail(error or RuntimeError("an unknown failure")):
            raise RuntimeError(f"{self!r} has been set before; it is set only once")

    def try_fail(self, error: BaseException) -> bool:
        """Give an exception unless a value is there; tell whether this call won."""
        if not self._claim.acquire(False):
            return False  # and nothing is made that could be told of as unread
        self._reveal(failure(error))
        return True

    def set_get_hook(self, func: Callable[[float | None], T]) -> None:
        """Let ``func(timeout)`` make the value when it is first got.

        Raises:
            RuntimeError: it has a value already.
        """
        if not self._claim.acquire(False):
            raise RuntimeError(f"{self!r} has been set before; it is set only once")
        self._get_hook = func

    def _settle(self, outcome: Outcome) -> bool:
        if not self._claim.acquire(False):
            return False
        self._outcome = outcome
        if self._waiters:
            self._run_waiters()
        return True

    def _run_waiters(self) -> None:
        """Call each waiter once: whoever pops it, calls it."""
        waiters = self._waiters
        while waiters:
            try:
                waiter = waiters.pop(0)
            except IndexError:
                return
            if isinstance(waiter, LockType):
                let_go(waiter)
                continue
            try:
                waiter(self)
            except BaseException:  # the others who wait must hear of it all the same
                _logger.exception("future.callback_failed")

    def add_done_callback(self, callback: Callable[[LoopFuture[T]], object]) -> None:
        """Call ``callback(self)`` once it is done; at once if it is.

        It runs on the thread that sets the value, mostly a loop thread, and must
        not block. What it raises is logged.

        Raises:
            TypeError: it has a get hook, so nothing happens before it is got.
        """
        if self._get_hook is not None:
            raise foreign_future(self)
        self._waiters.append(callback)
        if self._outcome is not None:
            self._run_waiters()

    def chain(self, source: LoopFuture[T]) -> None:
        """Take over the outcome of ``source`` when it has one.

        If that is again a future, its outcome is taken, and so on.
        """
        self.source = source
        try:
            source.add_done_callback(self._adopt)
        except TypeError as error:
            self.try_fail(error)

    def origin(self) -> LoopFuture[Any]:
        """Give the future that it waits for in the end; itself, if for none."""
        future: LoopFuture[Any] = self
        while future.source is not None:
            future = future.source
        return future

    def _adopt(self, source: LoopFuture[T]) -> None:
        self.source = None  # else a chain would keep all its links
        outcome = cast("Outcome", source._outcome)
        if not isinstance(outcome[1], pykka.Future):
            self._settle(outcome)
        elif isinstance(outcome[1], LoopFuture):
            self.chain(cast("LoopFuture[T]", outcome[1]))
        else:
            self.try_fail(foreign_future(cast("pykka.Future[T]", outcome[1])))

    def exception(self) -> BaseException | None:
        """Give the exception if there is one; never waits."""
        outcome = self._outcome
        if outcome is None or outcome[0]:
            return None
        outcome[3].read()
        return cast("BaseException", outcome[1])

    def peek(self) -> BaseException | None:
        """Give the exception as a bystander: nobody has read it by that."""
        outcome = self._outcome
        if outcome is None or outcome[0]:
            return None
        return cast("BaseException", outcome[1])

    def get(self, *, timeout: float | None = None) -> T:
        """Wait for the value, at most ``timeout`` seconds.

        Raises:
            TimedOut: it was not there in time.
            WouldDeadlock: called on a loop thread before it was there.
        """
        if self._outcome is None:
            if self._get_hook is None:
                self._wait(timeout)
            else:
                self._reveal((True, self._get_hook(timeout)))
        outcome: Any = self._outcome
        if outcome[0]:
            return outcome[1]  # type: ignore[no-any-return]
        outcome[3].read()
        try:
            raise outcome[1].with_traceback(outcome[2])
        finally:
            del self, outcome  # else the traceback would hold what holds it

    def _wait(self, timeout: float | None) -> None:
        if getattr(on_loop_thread, "loop", None) is not None:
            raise WouldDeadlock(
                "get() was called on an event loop thread, which would wait for "
                "itself: return the future from the method, or use "
                "add_done_callback(), or move the code into a worker"
            )
        lending: Lending | None = getattr(on_loop_thread, "lending", self._lending)
        if lending is not None:
            timeout = lending.lead(self, timeout)
            if self._outcome is not None:
                return
        lock = allocate_lock()
        lock.acquire()
        self._waiters.append(lock)
        if self.done():
            self._run_waiters()
        limit = -1 if timeout is None else min(max(0.0, timeout), _LONGEST_WAIT)
        if not lock.acquire(timeout=limit):
            self.forget(lock)
            if not self.done():
                raise TimedOut(f"{timeout} seconds")

    def forget(self, waiter: _Waiter) -> None:
        """Leave nothing of a waiter, or a callback, that gave up; any thread."""
        with contextlib.suppress(ValueError):  # it has just been called
            self._waiters.remove(waiter)

    def _reveal(self, outcome: Outcome) -> None:
        """Settle a future that was claimed beforehand by what computes it."""
        self._outcome = outcome
        self._run_waiters()

    def __await__(self) -> Generator[Any, None, T]:
        """Wait without blocking the running asyncio loop."""
        if self._outcome is None:
            waiter, wake = _waiting()(self)
            try:
                yield from waiter
            except BaseException:  # nobody waits any more
                self.forget(wake)
                raise
        return self.get(timeout=0)

    __iter__ = __await__

    def map(self, func: Callable[[T], M]) -> LoopFuture[M]:
        """Give a future of ``func(value)``; ``func`` runs in whoever gets it."""
        return _derive((self,), lambda values: func(values[0]))

    def filter(self, func: Callable[[Any], bool]) -> LoopFuture[Iterable[Any]]:
        """Give a future of the items for which ``func`` is true."""
        return _derive((self,), lambda values: list(filter(func, values[0])))

    def reduce(self, func: Callable[..., Any], *args: Any) -> LoopFuture[Any]:
        """Give a future of the items folded by ``func``."""
        return _derive((self,), lambda values: functools.reduce(func, values[0], *args))

    def join(self, *futures: pykka.Future[Any]) -> LoopFuture[Iterable[Any]]:
        """Give a future of the list of this and the other futures' values."""
        return _derive((self, *futures), list)


@functools.cache
def _waiting() -> Callable[[LoopFuture[Any]], tuple[Any, Callable[[object], None]]]:
    """Give what makes waiters in asyncio, which is imported by who awaits."""
    from ums_actors.runtime.awaiting import waiter_for  # noqa: PLC0415

    return waiter_for


def failure(error: BaseException) -> Outcome:
    """Make the outcome of an exception: that, its traceback, and whether it was read.

    Futures that take it over share it; it has been read when one of them has been.
    """
    return (False, error, error.__traceback__, Unread(error))


def _derive(
    sources: tuple[pykka.Future[Any], ...], function: Callable[[list[Any]], M]
) -> LoopFuture[M]:
    from ums_actors.runtime.derived import Derived  # noqa: PLC0415  (it subclasses)

    return Derived(sources, function)


def foreign_future(future: pykka.Future[Any]) -> TypeError:
    """Make the error for a future that cannot be waited for without blocking."""
    return TypeError(
        f"a {type(future).__name__} that has no done-callbacks cannot be waited for "
        "without blocking: use a LoopFuture, or get() it on a worker, as in "
        "self._in_worker(future.get)"
    )
