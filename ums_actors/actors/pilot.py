"""The pilot: takes a connection along its course, as the session machine decides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ums_actors.actors.admission import Admission
from ums_actors.actors.announce import announce, tell_failed_attempt
from ums_actors.actors.child import Child
from ums_actors.actors.children import Children
from ums_actors.actors.crash import hook_gave_up
from ums_actors.actors.draining import Draining
from ums_actors.actors.exits import tell_end
from ums_actors.actors.line import finish, lose_line
from ums_actors.actors.messages import (
    AnswersArrived,
    ConnectPrepared,
    InvalidateToken,
    LineRestored,
    OpenSocket,
    PrepareConnect,
    ReleaseQueue,
    RestoreLine,
    SocketOpened,
    StepFailed,
)
from ums_actors.actors.timings import (
    attempt_begins,
    attempt_may_be_over,
    step_begins,
)
from ums_actors.core import course
from ums_actors.core.reason import (
    ConnectFailed,
    Crashed,
    Fenced,
    Reason,
    Stopped,
    from_error,
)
from ums_actors.errors import LocalProtocolError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ums_actors.actors.kernel import Kernel
    from ums_actors.runtime.timers import Timer
    from ums_actors.secret import Secret

__all__ = ["Pilot"]

_GRACE = 0.5
"""Seconds a step's own deadline has before the supervisor's."""


class Pilot(Child):
    """The part of the supervisor that executes the session's actions.

    It never waits: each step of an attempt is a message away and has a timer beside it.
    """

    def __init__(self, kernel: Kernel) -> None:
        super().__init__(kernel)
        self._session = kernel.session
        self._children = Children(kernel)
        call_later = self._call_later
        self._admission = Admission(kernel, call_later)
        self._draining = Draining(kernel, call_later)
        self._step: Timer | None = None
        self._stable: Timer | None = None
        self._address: tuple[Secret, dict[str, Secret]] | None = None

    def _apply(self, event: course.Event, error: BaseException | None = None) -> None:
        previous = self._session.state
        if not self._session.allows(event):
            self._kernel.counters.stale += 1
            return
        actions = self._session.handle(event, self._now())
        if isinstance(event, course.AttemptEnded):
            tell_end(self._kernel, previous, event.reason, _pause(actions))
        if self._session.state is not previous:
            announce(self._kernel, previous, self._now())
            attempt_may_be_over(self._kernel, previous)
        if isinstance(event, (course.AttemptEnded, course.GaveUp)):
            tell_failed_attempt(self._kernel, previous, _pause(actions), error)
        for action in actions:
            self._execute(action)

    def _execute(self, action: course.Action) -> None:
        kernel, options = self._kernel, self._kernel.options
        match action:
            case course.Prepare():
                self._disarm()
                kernel.next_retry = None
                attempt_begins(kernel)
                if self._is_ours():
                    self._admission.wait(lambda: self._prepare(action.generation))
            case course.OpenLine():
                self._arm(options.connect_timeout + _GRACE, "tcp")
                step_begins(kernel, "worker")
                self._open_line(action.generation)
            case course.Restore():
                self._arm(options.restore_timeout, "restore")
                step_begins(kernel, "restore")
                kernel.root.tell(RestoreLine(action.generation))
            case course.Proclaim():
                self._proclaim()
            case course.DropToken():
                self._tell("token", InvalidateToken(kernel.line_token, action.source))
            case course.ScheduleRetry():
                kernel.next_retry = self._now() + action.delay
                self._disarm()
                self._step = self._call_later(
                    action.delay, lambda: self._apply(course.RetryDue())
                )
            case course.CloseLine():
                self._close_line()
            case course.Finish():
                self._disarm()
                kernel.next_retry = None
                finish(kernel, self._now())

    def _prepare(self, generation: int) -> None:
        if not self._is_ours():  # the line before the gate may be long
            return
        self._arm(self._kernel.options.login_timeout + _GRACE, "login")
        step_begins(self._kernel, "token")
        self._kernel.root.tell(PrepareConnect(generation))

    def _is_ours(self) -> bool:
        """Begin under the tenure's epoch; end the attempt if the agent is not ours."""
        tenancy = self._kernel.tenancy
        if tenancy is None or tenancy.begin():
            return True
        self._end_attempt(Fenced(), tenancy.lost())
        return False

    def _open_line(self, generation: int) -> None:
        if self._address is None:
            raise LocalProtocolError("a line was to be opened without an address")
        self._children.start("socket")
        self._tell("socket", OpenSocket(generation, *self._address))
        self._address = None

    def _proclaim(self) -> None:
        self._disarm()
        self._kernel.counters.reconnects += 1
        self._serve()

    def _serve(self) -> None:
        """Let those go on who wait for READY; more often than once does no harm."""
        kernel = self._kernel
        self._tell("correlator", ReleaseQueue())
        kernel.openers.resolve()
        kernel.ready_waiters.resolve()
        self._await_proof()

    def _await_proof(self) -> None:
        """Wait until the line has held for long enough, counted from its READY.

        A predecessor may have begun to, or have seen it.
        """
        stable_at = self._session.backoff.stable_at
        if stable_at is None:
            return
        left = stable_at - self._now()
        if left > 0:
            self._stable = self._call_later(left, self._proven)
        elif self._kernel.supervision.stable_at < stable_at:
            self._proven()

    def _proven(self) -> None:
        """Give everybody their full budget: the line has held."""
        at = self._session.backoff.stable_at
        if at is not None:
            self._kernel.supervision.stable(at)
            self._kernel.hooks.forgive(at)

    def _close_line(self) -> None:
        if self._kernel.websocket is None:
            self._end_attempt(Stopped())
            return
        options = self._kernel.options
        self._arm(options.close_timeout, "close")
        self._draining.begin(min(options.drain_timeout, options.close_timeout / 2))

    def _answered(self, event: AnswersArrived) -> None:
        if self._current(event.generation):
            self._draining.end()

    # -- the steps of an attempt

    def _current(self, generation: int) -> bool:
        if generation == self._session.generation:
            return True
        self._kernel.counters.stale += 1
        return False

    def _prepared(self, event: ConnectPrepared) -> None:
        if self._current(event.generation):
            self._address = event.url, event.headers
            self._kernel.line_token = event.token
            self._apply(course.Prepared())

    def _socket_opened(self, event: SocketOpened) -> None:
        if self._current(event.generation):
            self._apply(course.SocketUp())

    def _restored(self, event: LineRestored) -> None:
        if self._current(event.generation):
            self._apply(course.Restored())

    def _step_failed(self, event: StepFailed) -> None:
        if not self._current(event.generation):
            return
        error, reason = event.error, from_error(event.error)
        if isinstance(reason, Crashed) and hook_gave_up(self._kernel, reason, error):
            self._kernel.last_reason = reason
            self._apply(course.GaveUp(), error)
        else:
            self._end_attempt(reason, error)

    def _end_attempt(self, reason: Reason, error: BaseException | None = None) -> None:
        """End the line or the attempt, whichever there is.

        Between two attempts and at rest there is none, and nothing is touched: the
        next attempt's timer, or why the connection came to rest.
        """
        if not self._session.allows(course.AttemptEnded(reason)):
            self._kernel.counters.stale += 1
            return
        self._disarm()
        tenancy = self._kernel.tenancy
        if tenancy is not None and not tenancy.holds():
            reason, error = Fenced(), tenancy.lost()  # whatever came of it
        if error is not None:
            self._kernel.last_error = error
        self._kernel.last_reason = reason
        lose_line(self._kernel, reason, self._now())
        fraction = self._runtime.random.random()
        self._apply(course.AttemptEnded(reason, fraction), error)

    # -- timers

    def _arm(self, seconds: float, step: str) -> None:
        """Bound a step; its own deadline should come first."""
        self._disarm()

        def overdue() -> None:
            self._end_attempt(ConnectFailed(step, timed_out=True))

        self._step = self._call_later(seconds, overdue)

    def _disarm(self) -> None:
        for timer in (self._step, self._stable):
            if timer is not None:
                timer.cancel()
        self._step = self._stable = None
        self._admission.leave()
        self._draining.cancel()


def _pause(actions: Iterable[course.Action]) -> float | None:
    """Give the seconds until the next attempt, None if none is scheduled."""
    for action in actions:
        if isinstance(action, course.ScheduleRetry):
            return action.delay
    return None
