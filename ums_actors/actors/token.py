"""The token actor: executes what the lease machine decides, on auth workers.

Fetching is single flight: however many wait, there is one login. Those who wait, and
the token that is held, are in the kernel: a crash of this actor leaves nobody hanging
and costs no login, which a ready bearer could not repeat.
"""

from __future__ import annotations

import logging
import math
from typing import TYPE_CHECKING, Any, ClassVar

from ums_actors.actors.announce import adopt
from ums_actors.actors.child import Child
from ums_actors.actors.clearance import take_clearance
from ums_actors.actors.errands import Errands
from ums_actors.actors.messages import (
    AbandonLogin,
    AcquireToken,
    InvalidateToken,
    LogOut,
    RefreshToken,
    SubmitToken,
    ValidateToken,
)
from ums_actors.actors.timings import token_answered, token_invalidated
from ums_actors.actors.trouble import report
from ums_actors.actors.turn import Turn
from ums_actors.core import leasing
from ums_actors.core.lease import Lease
from ums_actors.core.pauses import is_final
from ums_actors.core.reason import from_error
from ums_actors.errors import LoginError
from ums_actors.runtime.ports import HoldingGate

if TYPE_CHECKING:
    from ums_actors.actors.kernel import Kernel
    from ums_actors.auth.session import Session
    from ums_actors.runtime import LoopFuture
    from ums_actors.runtime.timers import Timer

__all__ = ["TokenActor"]

_REFUSED = 401
_EARLIER = 0.1
"""Share of a pause between refreshes that chance may take off, so that connections
which were opened together do not refresh together for ever."""


class TokenActor(Child):
    """Holds the token's life."""

    handlers: ClassVar[dict[type[Any], str]] = {
        AbandonLogin: "_abandon",
        AcquireToken: "_acquire",
        InvalidateToken: "_invalidate",
        LogOut: "_log_out",
        RefreshToken: "_refresh",
        SubmitToken: "_settle",
        ValidateToken: "_validate",
    }

    def __init__(self, kernel: Kernel) -> None:
        super().__init__(kernel)
        options, held = kernel.options, kernel.held
        self._lease = Lease(
            options.refresh_interval if options.refresh_tokens else None,
            generation=kernel.token_generation,
            session=held,
            life=None if held is None else held.span(self._now()),
        )
        self._errands = Errands(kernel, self._cell)
        self._turn: Turn | None = None  # at the gate of logins; few ever wait there
        kernel.fetching = False  # what a predecessor began, it does not end
        self._refresh_timer: Timer | None = None
        self._dozing = False  # a refresh fell due while the connection was at rest
        self._leaving: LoopFuture[Any] | None = None  # waits for the logout
        self._stopped = False

    def on_start(self) -> None:
        """Take up what a crashed predecessor left."""
        for action in self._lease.resume(self._now()):
            self._execute(action)
        if self._kernel.token_waiters:
            self._handle(leasing.Wanted())
        if self._kernel.refresh_waiters:
            self._refresh_now()

    def on_failure(self, *_: object, **_named: object) -> None:
        """Leave no timer behind: it would keep this object for minutes."""
        self._disarm()
        self._leave_line()

    def on_stop(self) -> None:
        """Leave the session, if there still is one, to the departure."""
        self._stopped = True
        self._handle(leasing.Closed())
        super().on_stop()

    # -- commands

    def _acquire(self, command: AcquireToken) -> None:
        waiter = self._kernel.token_waiters.add(self._loop)
        self._let_wait(command.reply, waiter)
        self._wake()
        self._handle(leasing.Wanted())

    def _invalidate(self, command: InvalidateToken) -> None:
        generation = command.generation
        if generation is None:
            generation = self._lease.generation
        self._observe("token.invalidated", logging.INFO, source=command.source)
        held = self._lease.session
        self._handle(leasing.Invalidated(generation, command.source))
        if held is not None and self._lease.session is None:
            self._kernel.subscribers.token_refused()
            token_invalidated(self._kernel, command.source)

    def _validate(self, _: ValidateToken) -> None:
        self._handle(leasing.RefreshDue())

    def _refresh(self, command: RefreshToken) -> None:
        waiter = self._kernel.refresh_waiters.add(self._loop)
        self._let_wait(command.reply, waiter)
        self._refresh_now()

    def _refresh_now(self) -> None:
        """Refresh what is held; where nothing is, a login is as good."""
        self._dozing = False
        held = self._lease.session is not None
        self._handle(leasing.RefreshDue() if held else leasing.Wanted())

    def _log_out(self, command: LogOut) -> None:
        """End the session before the connection stops."""
        held = self._lease.session
        self._leaving = command.reply
        self._handle(leasing.Closed())
        if held is None:
            self._leave()

    def _abandon(self, _: AbandonLogin) -> None:
        if self._turn is not None and self._turn.waiting:
            self._handle(leasing.Closed())

    def _leave(self) -> None:
        leaving, self._leaving = self._leaving, None
        if leaving is not None:
            leaving.try_set(None)

    # -- refreshing

    def _wake(self) -> None:
        if self._dozing:
            self._dozing = False
            self._handle(leasing.RefreshDue())

    def _refresh_due(self) -> None:
        """Keep the token alive; not that of a connection that has ended."""
        if self._kernel.has_ended():
            self._dozing = True
        else:
            self._handle(leasing.RefreshDue())

    # -- what workers brought

    def _settle(self, result: SubmitToken) -> None:
        """Take what a worker brought."""
        if result.object != self._cell.generation:
            self._kernel.counters.stale += 1  # a predecessor's, for its own lease
            return
        before = self._lease.session
        if result.kind == "login":
            self._handle(self._login_ended(result))
        else:
            self._handle(self._refresh_ended(result))
        renewed = result.error is None and _is_another(before, result.value)
        token_answered(self._kernel, result, renewed=renewed)

    def _login_ended(self, result: SubmitToken) -> leasing.Event:
        error, now = result.error, self._now()
        if error is None:
            self._kernel.counters.logins += 1
            self._kernel.note("login succeeded")
            session: Session = result.value
            return leasing.Fetched(result.flight, session, session.span(now))
        self._kernel.note(f"login failed: {from_error(error)}")
        pause = error.retry_after if isinstance(error, LoginError) else 0.0
        login_gate = self._runtime.login_gate
        gate = self._runtime.gate if login_gate is None else login_gate
        if pause > 0 and isinstance(gate, HoldingGate):
            gate.hold(now, pause)
        return leasing.FetchFailed(result.flight, error, pause)

    def _refresh_ended(self, result: SubmitToken) -> leasing.Event:
        error = result.error
        if error is None:
            self._kernel.counters.refreshes += 1
            self._kernel.note("refresh succeeded")
            return self._refreshed(result.flight, result.value)
        if isinstance(error, LoginError) and error.status == _REFUSED:
            self._kernel.note(f"refresh refused: {error}")
            self._kernel.subscribers.token_refused()
            token_invalidated(self._kernel, "refresh")
            return leasing.RefreshRefused(result.flight)
        report(self._kernel, "token.refresh_failed", error)
        self._kernel.refresh_waiters.reject(error)
        pause = 0.0
        if isinstance(error, LoginError):
            final = error.status is not None and is_final(error.status)
            pause = math.inf if final else error.retry_after  # inf: not before its time
        return leasing.RefreshFailed(result.flight, pause)

    def _refreshed(self, flight: int, session: Session | None) -> leasing.Event:
        held = self._lease.session
        if session is None or held is None:
            return leasing.Refreshed(flight)
        life, renewed = session.span(self._now()), _is_another(held, session)
        return leasing.Refreshed(flight, session, life, renewed)

    # -- the lease

    def _handle(self, event: leasing.Event) -> None:
        actions = self._lease.handle(event, self._now())
        kernel = self._kernel
        kernel.held = self._lease.session
        kernel.fetching = self._lease.state is leasing.LeaseState.FETCHING
        if not kernel.fetching:
            self._leave_line()  # what it was for is over
        for action in actions:
            self._execute(action)
        self._serve_refreshers()

    def _serve_refreshers(self) -> None:
        """Answer those who wanted a refresh once there is a token that is alive."""
        waiters = self._kernel.refresh_waiters
        if not waiters or self._stopped:
            return
        state = self._lease.state
        if state is leasing.LeaseState.HELD:
            waiters.resolve()
        elif state is leasing.LeaseState.NONE and self._leaving is None:
            self._handle(leasing.Wanted())  # it was refused: a new one, then

    def _execute(self, action: leasing.Action) -> None:
        kernel = self._kernel
        match action:
            case leasing.StartFetch():
                self._log_in(action.flight)
            case leasing.StartRefresh():
                self._errands.refresh(action.flight, action.session)
            case leasing.Grant():
                adopt(kernel, action.session)
                kernel.token_generation = action.generation
                kernel.token_waiters.resolve(action.session)
            case leasing.Deny():
                kernel.token_waiters.reject(action.error)
                kernel.refresh_waiters.reject(action.error)
            case leasing.ArmRefresh():
                self._arm(action.delay)
            case leasing.DisarmRefresh():
                self._disarm()
            case leasing.Logout():
                self._end(action.session)

    def _log_in(self, flight: int) -> None:
        """Log in; who comes from no attempt's turn at the gate of logins waits here.

        The login's time runs from when it begins.
        """
        gate = self._runtime.login_gate
        if gate is None or take_clearance(self._kernel):
            self._errands.login(flight)
        else:
            self._turn = self._turn or Turn(self._kernel, self._call_later)
            self._turn.wait(gate, lambda: self._errands.login(flight))

    def _leave_line(self) -> None:
        if self._turn is not None:
            self._turn.leave()

    def _end(self, session: Session) -> None:
        if self._stopped:
            self._kernel.departure.session = session
            return
        self._errands.logout(session).add_done_callback(
            self._cell.fenced_anywhere(self._logged_out)
        )

    def _logged_out(self, future: LoopFuture[Any]) -> None:
        error = future.exception()
        if error is not None:
            self._observe("token.logout_failed", logging.INFO, reason=str(error))
        self._leave()

    def _arm(self, delay: float) -> None:
        self._disarm()
        delay *= 1.0 - _EARLIER * self._runtime.random.random()
        self._refresh_timer = self._call_later(delay, self._refresh_due)

    def _disarm(self) -> None:
        if self._refresh_timer is not None:
            self._refresh_timer.cancel()
            self._refresh_timer = None


def _is_another(held: Session | None, session: Session | None) -> bool:
    """Tell whether a refresh brought another token than the one that is held."""
    return held is not None and session is not None and session.token != held.token
