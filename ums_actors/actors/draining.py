"""The time between ``close()`` and the close frame: what is in flight is answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ums_actors.actors.messages import AwaitAnswers, CloseSocket

if TYPE_CHECKING:
    from ums_actors.actors.kernel import Kernel
    from ums_actors.runtime.timers import CallLater, Timer

__all__ = ["Draining"]


class Draining:
    """Has the line closed when all are answered, or its time is over; loop thread only.

    The correlator tells of the last answer, so that nobody looks now and then.

    Args:
        kernel: of the connection.
        call_later: of the actor that waits.
    """

    __slots__ = ("_call_later", "_kernel", "_limit")

    def __init__(self, kernel: Kernel, call_later: CallLater) -> None:
        self._kernel = kernel
        self._call_later = call_later
        self._limit: Timer | None = None

    def begin(self, seconds: float) -> None:
        """Wait for at most so many seconds, not at all for 0."""
        self.cancel()
        self._limit = self._call_later(seconds, self.end)
        if seconds > 0:
            generation = self._kernel.session.generation
            self._kernel.refs["correlator"].tell(AwaitAnswers(generation))
        else:
            self.end()

    def end(self) -> None:
        """Have the line closed, if it is waited for that."""
        if self._limit is not None:
            self.cancel()
            self._kernel.refs["socket"].tell(CloseSocket())

    def cancel(self) -> None:
        """Wait no more: there is no line. Idempotent."""
        if self._limit is not None:
            self._limit.cancel()
            self._limit = None
