"""Work for a loop's thread that another thread waits for, though not for long."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from ums_actors.runtime.loop import Loop

__all__ = ["Errand"]

SLICE: Final = 20
"""Steps of one turn of a loop: a millisecond or so."""


class Errand:
    """Steps that a loop does some of in each turn, once.

    Args:
        loop: whose thread it is.
        steps: done in this order; what one raises ends the errand.
    """

    __slots__ = ("_at", "_begun", "_called_off", "_done", "_error", "_lock", "_steps")

    def __init__(self, loop: Loop, steps: list[Callable[[], object]]) -> None:
        self._steps = steps
        self._at = 0
        self._begun = self._called_off = False
        self._error: Exception | None = None
        self._lock = threading.Lock()
        self._done = threading.Event()
        loop.call_soon(lambda: self._walk(loop))

    def wait(self, seconds: float) -> bool:
        """Wait until it is done; tell whether it is; any thread but the loop's."""
        return self._done.wait(seconds)

    def check(self) -> None:
        """Raise what a step has raised; any thread."""
        if self._error is not None:
            raise self._error

    def call_off(self) -> bool:
        """See to it that no more steps are done; tell whether none was; any thread."""
        with self._lock:
            self._called_off = True
            return not self._begun

    @property
    def over(self) -> bool:
        """Whether the loop has nothing to do with it any more; any thread."""
        return self._done.is_set()

    def _walk(self, loop: Loop) -> None:
        with self._lock:
            self._begun = self._begun or not self._called_off
        end = self._at + SLICE
        try:
            for step in self._steps[self._at : end]:
                if self._called_off:
                    break
                step()
        except Exception as error:  # noqa: BLE001  (raised to who waits)
            self._error = error
        self._at = end
        if self._error or self._called_off or end >= len(self._steps):
            self._done.set()
        else:
            loop.call_soon(lambda: self._walk(loop))
