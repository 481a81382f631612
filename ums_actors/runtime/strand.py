"""Calls of one subscriber, one after another, on worker threads."""

from __future__ import annotations

import logging
from collections import deque
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from ums_actors.runtime.loop import Loop
    from ums_actors.runtime.runtime import Runtime

__all__ = ["Strand"]

SLOW_SECONDS = 30.0
"""A callback that runs longer is reported, and its thread replaced."""
BATCH = 64
BATCH_SECONDS = 1.0
"""Calls a strand makes, and how long, before it gives its thread to another."""
RETRY_SECONDS = 1.0
"""Until it asks again when the workers have no room."""
_NOTHING = object()


class Strand:
    """Bounded, ordered calls of ``function``; the oldest is dropped on overflow.

    Args:
        runtime: whose workers make the calls.
        loop: whose thread queues them.
        function: what is called.
        limit: calls that may wait.
        failed: told, on the loop, of what a call raised and for which event.
        place: gives what each event for the observer begins with; any thread.
    """

    __slots__ = (
        "_busy",
        "_closed",
        "_failed",
        "_function",
        "_hand",
        "_late",
        "_limit",
        "_loop",
        "_place",
        "_runtime",
        "_waiting",
        "dropped",
    )

    def __init__(
        self,
        runtime: Runtime,
        loop: Loop,
        function: Callable[[Any], object],
        limit: int,
        failed: Callable[[BaseException, Any], object] | None = None,
        *,
        place: Callable[[], dict[str, Any]] = dict,
    ) -> None:
        self._runtime = runtime
        self._loop = loop
        self._function = function
        self._waiting: deque[Any] = deque()
        self._hand: Any = _NOTHING  # what a call is being made for
        self._limit = limit
        self._failed = failed
        self._place = place
        self._busy = False
        self._late = False
        self._closed = False
        self.dropped: int = 0

    def __len__(self) -> int:
        return len(self._waiting)

    def waiting(self) -> list[Any]:
        """Give what calls are still to be made for, or are being made; loop thread."""
        waiting = list(self._waiting)  # first: a worker shows what it takes beforehand
        hand = self._hand
        return waiting if hand is _NOTHING else [hand, *waiting]

    def push(self, event: Any) -> bool:
        """Queue one call; tell whether none was dropped; loop thread, never waits."""
        if self._closed:
            return True
        full = len(self._waiting) >= self._limit
        if full and self._take() is not _NOTHING:
            self.dropped += 1
        else:
            full = False  # a worker has just made room
        self._waiting.append(event)
        self._next()
        return not full

    def close(self) -> None:
        """Make no more calls."""
        self._closed = True
        self._waiting.clear()

    def _next(self) -> None:
        if self._busy or self._closed or not self._waiting:
            return
        self._busy = True
        self._late = False
        job = self._runtime.workers("callbacks").submit(
            self._loop,
            self._call_some,
            timeout=SLOW_SECONDS,
            on_abandon=self._note_late,
        )
        job.add_done_callback(lambda done: self._done(done.exception()))

    def _call_some(self) -> None:
        """Call for a batch of events; worker thread."""
        clock = self._loop.clock
        enough = clock.now() + BATCH_SECONDS
        try:
            for _ in range(BATCH):
                event = _NOTHING if self._closed else self._take_in_hand()
                if event is _NOTHING:
                    return
                try:
                    self._function(event)
                except BaseException as error:  # noqa: BLE001  (a user's own)
                    self._observe("subscriber.failed", error)
                    self._tell(error, event)
                if clock.now() >= enough:
                    return
        finally:
            self._hand = _NOTHING
            # also after the deadline: order needs the true end of the last call
            self._loop.call_soon(self._free)

    def _tell(self, error: BaseException, event: Any) -> None:
        failed = self._failed
        if failed is not None:
            self._loop.call_soon(lambda: failed(error, event))

    def _take(self) -> Any:
        try:
            return self._waiting.popleft()
        except IndexError:  # the other thread was faster
            return _NOTHING

    def _take_in_hand(self) -> Any:
        """Take an event; at no moment is it neither in line nor in hand."""
        try:
            self._hand = self._waiting[0]
        except IndexError:
            return _NOTHING
        event = self._hand = self._take()
        return event

    def _note_late(self) -> None:
        self._late = True

    def _free(self) -> None:
        self._busy = False
        self._next()

    def _done(self, error: BaseException | None) -> None:
        if error is None or self._closed:
            return
        if self._late:
            self._observe("subscriber.slow", error)  # and it will free us itself
        else:
            self._observe("subscriber.waits", error)  # it never came to run
            self._loop.call_later(RETRY_SECONDS, self._free)

    def _observe(self, event: str, error: BaseException | None) -> None:
        fields = {**self._place(), "dropped": self.dropped}
        if error is not None:
            fields["error"] = error
        self._runtime.observer.observe(event, logging.WARNING, fields)
