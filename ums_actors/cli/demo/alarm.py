"""Calls things at their time: the one clock of all bots and consumers."""

from __future__ import annotations

import heapq
import itertools
import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Alarm"]

_JOIN_TIMEOUT = 10.0


class Alarm(threading.Thread):
    """One thread for what is to be done later; any thread may ask."""

    def __init__(self) -> None:
        super().__init__(name="demo-alarm", daemon=True)
        self._changed = threading.Condition()
        self._due: list[tuple[float, int, Callable[[], object]]] = []
        self._numbers = itertools.count()
        self._stopping = False
        self.error: BaseException | None = None

    def call_later(self, seconds: float, call: Callable[[], object]) -> None:
        """Call it in so many seconds, in the alarm's thread: it must not block."""
        with self._changed:
            at = time.monotonic() + seconds
            heapq.heappush(self._due, (at, next(self._numbers), call))
            self._changed.notify()

    def run(self) -> None:
        """Call what is due, until stopped."""
        try:
            while (call := self._next()) is not None:
                call()
        except Exception as error:  # noqa: BLE001  (told in the report)
            self.error = error

    def stop(self) -> None:
        """End the thread; what is not due yet is forgotten."""
        with self._changed:
            self._stopping = True
            self._changed.notify()
        if self.is_alive():
            self.join(timeout=_JOIN_TIMEOUT)

    def _next(self) -> Callable[[], object] | None:
        with self._changed:
            while not self._stopping:
                wait = self._due[0][0] - time.monotonic() if self._due else None
                if wait is not None and wait <= 0:
                    return heapq.heappop(self._due)[2]
                self._changed.wait(wait)
            return None
