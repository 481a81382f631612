"""A connection's way to its next attempt: by the gate of logins, then of connects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ums_actors.actors.clearance import clear, lacks_clearance
from ums_actors.actors.turn import Turn

if TYPE_CHECKING:
    from collections.abc import Callable

    from ums_actors.actors.kernel import Kernel
    from ums_actors.runtime.timers import CallLater

__all__ = ["Admission"]


class Admission:
    """Waits until an attempt may begin; loop thread only.

    At the gate of logins it waits only if the attempt will have to log in. Who loses
    his token while he waits to connect goes there after all, and keeps the place that
    has come.

    Args:
        kernel: of the connection.
        call_later: of the actor that waits.
    """

    __slots__ = ("_begin", "_kernel", "_may_connect", "_turn")

    def __init__(self, kernel: Kernel, call_later: CallLater) -> None:
        self._kernel = kernel
        self._turn = Turn(kernel, call_later)
        self._begin: Callable[[], object] | None = None
        self._may_connect = False

    def wait(self, begin: Callable[[], object]) -> None:
        """Call this once, when the attempt may begin; at once if nothing is before."""
        self.leave()
        self._begin = begin
        self._go_on()

    def leave(self) -> None:
        """Wait no more; idempotent."""
        self._turn.leave()
        self._begin = None
        self._may_connect = False

    def _go_on(self) -> None:
        kernel, runtime = self._kernel, self._kernel.runtime
        if runtime.login_gate is not None and lacks_clearance(kernel):
            self._turn.wait(runtime.login_gate, self._log_in)
        elif not self._may_connect:
            self._turn.wait(runtime.gate, self._connect)
        else:
            begin = self._begin
            self.leave()
            if begin is not None:
                begin()

    def _log_in(self) -> None:
        clear(self._kernel)
        self._go_on()

    def _connect(self) -> None:
        self._may_connect = True
        self._go_on()
