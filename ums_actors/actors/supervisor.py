"""The supervisor: owns the children, takes users' commands, survives its own crash.

It never waits: closing, status and an impatient user are served at any time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from ums_actors.actors.line import finish
from ums_actors.actors.messages import (
    AnswersArrived,
    ApplyEvent,
    ChildExited,
    ConnectPrepared,
    LineRestored,
    OpenConnection,
    SocketOpened,
    StepFailed,
    TenureEnded,
)
from ums_actors.actors.pilot import Pilot
from ums_actors.actors.recovery import is_opening, lost_exits
from ums_actors.core import course
from ums_actors.core.course import State
from ums_actors.core.reason import Crashed, Fenced
from ums_actors.core.restart import GiveUp
from ums_actors.errors import RestartBudgetExhausted

if TYPE_CHECKING:
    from ums_actors.actors.kernel import Kernel

__all__ = ["SupervisorActor"]

_CALLS: dict[type[course.Event], str] = {
    course.CloseRequested: "close() was called",
    course.RetryDue: "reconnect_now() was called",
}
"""What users' calls that reach the session by themselves are, in the recorder."""


class SupervisorActor(Pilot):
    """Owns the children and the course of the connection."""

    handlers: ClassVar[dict[type[Any], str]] = {
        ApplyEvent: "_apply_command",
        OpenConnection: "_open",
        ConnectPrepared: "_prepared",
        SocketOpened: "_socket_opened",
        LineRestored: "_restored",
        StepFailed: "_step_failed",
        ChildExited: "_child_exited",
        AnswersArrived: "_answered",
        TenureEnded: "_tenure_ended",
    }

    def __init__(self, kernel: Kernel) -> None:
        super().__init__(kernel)
        self._succeeds = "socket" in kernel.refs
        if not self._succeeds:  # here, so that the first request finds them
            self._children.start_all()

    def on_start(self) -> None:
        """After a crash of ours, take up where it stopped."""
        if self._succeeds:
            self._resume()
            self._recover()

    def on_failure(self, *_: object, **_named: object) -> None:
        """Leave no timer behind."""
        self._disarm()

    def on_stop(self) -> None:
        """Stop the children, last started first."""
        self._disarm()
        self._children.stop_all()
        super().on_stop()

    # -- children

    def _child_exited(self, event: ChildExited) -> None:
        if isinstance(event.reason, Crashed):
            self._child_crashed(event.child, event.reason)
        elif event.generation == self._session.generation:
            self._end_attempt(event.reason)
        else:
            self._kernel.counters.stale += 1

    def _child_crashed(self, child: str, reason: Crashed) -> None:
        renews_line = self._children.crashed(child, reason)
        if isinstance(renews_line, GiveUp):
            self._give_up(renews_line, child)
            return
        socket = self._kernel.refs["socket"]._cell
        if not renews_line:
            return  # a socket that is down too has its own message under way
        if child != "socket" or socket.suspended:  # else it is late
            self._end_attempt(reason)
        if socket.suspended:  # else what waits there would spoil the next line
            self._children.start("socket")

    def _give_up(self, action: GiveUp, child: str) -> None:
        kernel = self._kernel
        kernel.last_error = RestartBudgetExhausted(
            f"{action.child} crashed more than {kernel.options.restart_intensity} "
            f"times in {kernel.options.restart_period:g} s: the connection has FAILED",
            child=action.child,
            exits=action.history,
            history=kernel.history,
        )
        self._apply(course.GaveUp())
        kernel.token_waiters.reject(kernel.last_error)  # also of one that was at rest
        self._children.start(child)  # to turn away what still waits in its inbox

    # -- what users want

    def _apply_command(self, command: ApplyEvent) -> None:
        called = type(command.event)
        self._kernel.note(_CALLS.get(called, called.__name__))
        self._apply(command.event)

    def _open(self, command: OpenConnection) -> None:
        kernel = self._kernel
        if kernel.session.state in (State.CLOSED, State.FAILED):
            kernel.supervision = kernel.new_supervision()
            kernel.crashes.reset()
            kernel.hooks.reset()
            kernel.last_error = kernel.last_reason = None
        kernel.opening = kernel.closing = False
        kernel.note(f"open(fail_fast={command.fail_fast}) was called")
        waiter = kernel.openers.add(self._loop, command.timeout)
        self._let_wait(command.reply, waiter)
        self._apply(course.OpenRequested(command.fail_fast))
        if self._session.state is State.READY:
            kernel.openers.resolve()

    # -- whose agent it is

    def _tenure_ended(self, event: TenureEnded) -> None:
        """End what was begun when the agent was ours; what waits for it hears so."""
        kernel = self._kernel
        tenancy = kernel.tenancy
        if tenancy is None or tenancy.epoch != event.epoch:
            kernel.counters.stale += 1
        elif self._session.state is State.BACKING_OFF:  # between two attempts
            kernel.last_reason, kernel.last_error = Fenced(), tenancy.lost()
            self._apply(course.CloseRequested())
        else:
            self._end_attempt(Fenced(), tenancy.lost())

    # -- after a crash of ours

    def _resume(self) -> None:
        """Go on after a crash of ours: timers are gone, the kernel is not."""
        match self._session.state:
            case State.NEW:  # an open() that our predecessor had just begun with
                self._kernel.openers.reject(self._kernel.refusal())
            case State.CLOSED | State.FAILED:
                finish(self._kernel, self._now())
            case State.READY:
                self._serve()
            case State.BACKING_OFF:
                pause = max(0.0, (self._kernel.next_retry or 0.0) - self._now())
                self._step = self._call_later(
                    pause, lambda: self._apply(course.RetryDue())
                )
            case _:
                self._end_attempt(Crashed("SupervisorActor", "crashed during a step"))

    def _recover(self) -> None:
        """Do what our predecessor was told, and lost by its crash."""
        kernel, waiting = self._kernel, self._cell.waiting()
        kernel.opening = is_opening(waiting)
        for lost in lost_exits(kernel, waiting):
            self._child_exited(lost)
        if kernel.closing:
            self._apply(course.CloseRequested())
        tenancy = kernel.tenancy
        if tenancy is not None and not tenancy.holds():
            self._tenure_ended(TenureEnded(tenancy.epoch))
