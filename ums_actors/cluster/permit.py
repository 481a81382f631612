"""What a keeper lets the sockets of its runtime know."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from ums_actors.runtime.ports import Clock

__all__ = ["Permit"]

_NONE = (0, 0.0)


class Permit:
    """The tenure of a runtime: which epoch may send, and until when; any thread.

    Args:
        clock: of the owner, which goes on while the machine is suspended.
    """

    __slots__ = ("_clock", "_held", "_last", "_lock")

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._held = _NONE  # epoch and end, replaced as one
        self._lock = threading.Lock()
        self._last: dict[object, Callable[[], object]] = {}

    @property
    def epoch(self) -> int:
        """The epoch of the lease that runs; 0 if none does."""
        epoch, until = self._held
        return epoch if self._clock.now() < until else 0

    def may_send(self, epoch: int) -> bool:
        """Tell whether the lease of this epoch still runs."""
        held, until = self._held
        return held == epoch and self._clock.now() < until

    def at_end(self, epoch: int, key: object, function: Callable[[], object]) -> None:
        """Have ``function`` called when the lease of this epoch ends."""
        with self._lock:
            runs = self._held[0] == epoch and epoch != 0
            if runs:
                self._last[key] = function
        if not runs:
            function()

    def not_at_end(self, key: object) -> None:
        """Forget what was asked for under ``key``."""
        with self._lock:
            self._last.pop(key, None)

    # -- the keeper's side

    def run(self, epoch: int, until: float) -> None:
        """Let this epoch send until then; 0 lets nobody."""
        with self._lock:
            self._held = epoch, until

    def end(self) -> None:
        """Tell all who asked to be told that nobody may send."""
        with self._lock:
            self._held = _NONE
            last, self._last = self._last, {}
        for function in last.values():
            try:
                function()
            except Exception:
                logging.getLogger("ums_actors").exception("lease.end_failed")
