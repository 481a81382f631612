"""A connection's way to its next attempt: by the gate of logins, then of connects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ums_actors.actors.clearance import clear, lacks_clearance
from ums_actors.actors.turn import Turn

if TYPE_CHECKING:
    from collections.abc import Callable

    from ums_actors.actors.kernel import Kernel
    from ums_actors.runtime import LoopFuture
    from ums_actors.runtime.ports import Gate
    from ums_actors.runtime.timers import CallLater

__all__ = ["Admission"]


class Admission:
    """Waits until an attempt may begin; loop thread only.

    At the gate of logins it waits only if the attempt will have to log in, and nobody
    else of its connection does. Who loses his token while he waits to connect goes
    there after all, and keeps the place that has come.

    Args:
        kernel: of the connection.
        call_later: of the actor that waits.
    """

    __slots__ = ("_begin", "_kernel", "_login", "_may_connect", "_turn")

    def __init__(self, kernel: Kernel, call_later: CallLater) -> None:
        self._kernel = kernel
        self._turn = Turn(kernel, call_later)
        self._begin: Callable[[], object] | None = None
        self._login: LoopFuture[Any] | None = None  # another's, which is waited for
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
        future, self._login = self._login, None
        if future is not None:
            self._kernel.token_waiters.discard(future)

    def _go_on(self) -> None:
        kernel, runtime = self._kernel, self._kernel.runtime
        if runtime.login_gate is not None and lacks_clearance(kernel):
            if kernel.fetching:
                self._await_login(runtime.login_gate)
            else:
                self._turn.wait(runtime.login_gate, self._may_log_in)
        elif not self._may_connect:
            self._turn.wait(runtime.gate, self._connect)
        else:
            begin = self._begin
            self.leave()
            if begin is not None:
                begin()

    def _await_login(self, gate: Gate) -> None:
        """Go on when a login ends that was begun, or stands in line, for others."""
        future = self._login = self._kernel.token_waiters.add(self._kernel.loop)

        def ended(_: object) -> None:
            failed = future.exception() is not None
            if self._login is not future:
                return
            self._login = None
            if failed:  # the attempt makes its own
                self._turn.wait(gate, self._may_log_in)
            else:
                self._go_on()

        future.add_done_callback(ended)

    def _may_log_in(self) -> None:
        clear(self._kernel)
        self._go_on()

    def _connect(self) -> None:
        self._may_connect = True
        self._go_on()
