"""A connection's turn at a gate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ums_actors.runtime.ports import LinedGate, RankedPlace

if TYPE_CHECKING:
    from collections.abc import Callable

    from ums_actors.actors.kernel import Kernel
    from ums_actors.runtime.ports import Gate, Place
    from ums_actors.runtime.timers import CallLater, Timer

__all__ = ["Turn"]


class Turn:
    """Waits until a gate lets something begin; loop thread only.

    A connection that has not been READY since it was opened is preferred where the
    gate ranks those who wait.

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

    @property
    def waiting(self) -> bool:
        """Whether it has not come yet."""
        return self._begin is not None

    def wait(self, gate: Gate, begin: Callable[[], object]) -> None:
        """Call this once, when it is our turn; at once if nobody is before us."""
        now = self._now()
        self.leave()
        self._begin = begin
        if isinstance(gate, LinedGate):
            self._come_at(self._line_up(gate, now).start - now)
        else:
            self._come_at(gate.delay(now))

    def leave(self) -> None:
        """Wait no more; the place goes to the next one. Idempotent."""
        place, self._place = self._place, None
        self._begin = None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if place is not None:
            place.leave(self._now())

    def _now(self) -> float:
        return self._kernel.loop.clock.now()

    def _line_up(self, gate: LinedGate, now: float) -> Place:
        place = self._place = gate.line_up(now, self._moved)
        if isinstance(place, RankedPlace) and not self._kernel.session.ever_ready:
            place.prefer(now)
        return place

    def _moved(self) -> None:
        """Take note that our place has come forward; any thread."""
        self._kernel.loop.call_soon(self._sooner)

    def _sooner(self) -> None:
        if self._place is not None and self._timer is not None:
            self._timer.cancel()
            self._wait_for(self._place.start - self._now())

    def _come_at(self, pause: float) -> None:
        if pause > 0:
            self._wait_for(pause)
        else:
            self._come()

    def _wait_for(self, pause: float) -> None:
        self._timer = self._call_later(max(0.0, pause), self._come)

    def _come(self) -> None:
        place, now = self._place, self._now()
        self._timer = None
        if isinstance(place, RankedPlace):
            if not place.claim(now):
                self._wait_for(place.start - now)
                return
        elif place is not None:
            place.begin(now)
        self._place = None
        begin, self._begin = self._begin, None
        if begin is not None:
            begin()
