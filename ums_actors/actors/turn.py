"""A connection's turn at the gate, before each attempt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ums_actors.runtime.ports import LinedGate

if TYPE_CHECKING:
    from collections.abc import Callable

    from ums_actors.actors.kernel import Kernel
    from ums_actors.runtime.ports import Place
    from ums_actors.runtime.timers import CallLater, Timer

__all__ = ["Turn"]


class Turn:
    """Waits until the gate lets the next attempt begin; loop thread only.

    Args:
        kernel: of the connection.
        call_later: of the actor that waits.
    """

    __slots__ = ("_begin", "_call_later", "_kernel", "_place", "_timer")

    def __init__(self, kernel: Kernel, call_later: CallLater) -> None:
        self._kernel = kernel
        self._call_later = call_later
        self._begin: Callable[[], object] | None = None
        self._place: Place | None = None
        self._timer: Timer | None = None

    def wait(self, begin: Callable[[], object]) -> None:
        """Call this once, when it is our turn; at once if nobody is before us."""
        kernel = self._kernel
        gate, now = kernel.runtime.gate, kernel.loop.clock.now()
        self.leave()
        self._begin = begin
        if isinstance(gate, LinedGate):
            self._place = gate.line_up(now, self._moved)
            pause = self._place.start - now
        else:
            pause = gate.delay(now)
        if pause > 0:
            self._timer = self._call_later(pause, self._come)
        else:
            self._come()

    def leave(self) -> None:
        """Wait no more; the place goes to the next one. Idempotent."""
        place, self._place = self._place, None
        self._begin = None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if place is not None:
            place.leave(self._kernel.loop.clock.now())

    def _moved(self) -> None:
        """Take note that our place has come forward; any thread."""
        self._kernel.loop.call_soon(self._sooner)

    def _sooner(self) -> None:
        if self._place is not None and self._timer is not None:
            self._timer.cancel()
            pause = self._place.start - self._kernel.loop.clock.now()
            self._timer = self._call_later(max(0.0, pause), self._come)

    def _come(self) -> None:
        place, self._place = self._place, None
        begin, self._begin = self._begin, None
        self._timer = None
        if place is not None:
            place.begin(self._kernel.loop.clock.now())
        if begin is not None:
            begin()
