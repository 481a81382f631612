"""A connection that is listened to until Ctrl-C, or until it gives up."""

from __future__ import annotations

import contextlib
import queue
import time
from typing import TYPE_CHECKING, Any, Final

import ums_actors as ums
from ums_actors.cli.interrupt import interruptible

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from ums_actors.cli.settings.settings import Settings

__all__ = ["CLOSE_TIMEOUT", "connected", "listen"]

WAITING: Final = 10_000
"""Events that may wait to be printed; older ones are dropped beyond."""
CLOSE_TIMEOUT: Final = 15.0
_LOOK: Final = 0.2
"""Seconds between two looks at whether the connection has ended."""


@contextlib.contextmanager
def connected(
    settings: Settings, **more: Any
) -> Generator[ums.BrandConnectionProxy, None, None]:
    """Start a connection, not opened yet; stop it in the end, on SIGTERM as well.

    Args:
        settings: which account, as whom, and where.
        more: as for :class:`~ums_actors.BrandWebsocketConnection`.
    """
    runtime = ums.Runtime()
    try:
        ref = settings.start(runtime=runtime, **more)
        with interruptible():
            try:
                yield ums.proxy_of(ref)
            finally:
                ref.stop(timeout=CLOSE_TIMEOUT)
    finally:
        runtime.close()


def listen(
    connection: ums.BrandConnectionProxy,
    events: queue.Queue[ums.Event],
    show: Callable[[ums.Event], bool],
    seconds: float | None = None,
) -> None:
    """Open it, and show events until that says that it was the last.

    Args:
        connection: not opened yet.
        events: what it tells.
        show: prints one; False: enough.
        seconds: after which it ends as well.

    Raises:
        UMSError: the connection gave up.
    """
    opening = connection.open(fail_fast=True)  # a mistyped host ends at once
    ended = connection.wait_closed()
    until = None if seconds is None else time.monotonic() + seconds
    while until is None or time.monotonic() < until:
        try:
            if not show(events.get(timeout=_LOOK)):
                return
        except queue.Empty:
            if ended.done():
                raise _why(connection, opening) from None


def _why(
    connection: ums.BrandConnectionProxy, opening: ums.LoopFuture[None]
) -> BaseException:
    """Give the error that ended it."""
    error = opening.exception() if opening.done() else None
    if error is not None:
        return error
    try:
        connection.wait_ready().get(timeout=CLOSE_TIMEOUT)
    except ums.ConnectionLost as refusal:  # by a connection that has ended
        return refusal if refusal.__cause__ is None else refusal.__cause__
    return ums.UMSError("the connection has ended; start again")
