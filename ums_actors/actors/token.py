"""The token actor: executes what the lease machine decides, on auth workers.

Fetching is single flight: however many wait, there is one login. Those who wait, and
the token that is held, are in the kernel: a crash of this actor leaves nobody hanging
and costs no login, which a ready bearer could not repeat.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, ClassVar

from ums_actors.actors.announce import adopt
from ums_actors.actors.child import Child
from ums_actors.actors.messages import (
    AcquireToken,
    InvalidateToken,
    SubmitToken,
    ValidateToken,
)
from ums_actors.core import lease
from ums_actors.errors import LoginError, UMSError

if TYPE_CHECKING:
    from collections.abc import Callable

    from ums_actors.actors.kernel import Kernel
    from ums_actors.runtime.timers import Timer

__all__ = ["TokenActor"]

_REFUSED = 401


class TokenActor(Child):
    """Holds the token's life."""

    handlers: ClassVar[dict[type[Any], str]] = {
        AcquireToken: "_acquire",
        InvalidateToken: "_invalidate",
        SubmitToken: "_settle",
        ValidateToken: "_validate",
    }

    def __init__(self, kernel: Kernel) -> None:
        super().__init__(kernel)
        self._lease = lease.Lease(
            kernel.options.refresh_interval,
            generation=kernel.token_generation,
            session=kernel.held,
        )
        self._refresh_timer: Timer | None = None
        self._dozing = False  # a refresh fell due while the connection was at rest

    def on_start(self) -> None:
        """Take up what a crashed predecessor left."""
        if self._kernel.held is not None:
            self._arm(self._kernel.options.refresh_interval)
        if self._kernel.token_waiters:
            self._handle(lease.Wanted())

    def on_failure(self, *_: object) -> None:
        """Leave no timer behind: it would keep this object for minutes."""
        self._disarm()

    def on_stop(self) -> None:
        """Log out as far as that is possible in time."""
        self._handle(lease.Closed())
        super().on_stop()

    def _acquire(self, command: AcquireToken) -> None:
        waiter = self._kernel.token_waiters.add(self._loop)
        command.reply.chain(waiter)
        if self._dozing:
            self._dozing = False
            self._handle(lease.RefreshDue())
        self._handle(lease.Wanted())

    def _invalidate(self, command: InvalidateToken) -> None:
        generation = command.generation
        if generation is None:
            generation = self._lease.generation
        self._observe("token.invalidated", logging.INFO, source=command.source)
        self._handle(lease.Invalidated(generation, command.source))

    def _validate(self, _: ValidateToken) -> None:
        self._handle(lease.RefreshDue())

    def _refresh_due(self) -> None:
        """Keep the token alive; not that of a connection that has ended."""
        if self._kernel.has_ended():
            self._dozing = True
        else:
            self._handle(lease.RefreshDue())

    def _settle(self, result: SubmitToken) -> None:
        """Take what a worker brought."""
        if result.object != self._cell.generation:
            self._kernel.counters.stale += 1  # a predecessor's, for its own lease
            return
        error = result.error
        event: lease.Event
        if result.kind == "login":
            if error is None:
                self._kernel.counters.logins += 1
                event = lease.Fetched(result.flight, result.value)
            else:
                event = lease.FetchFailed(result.flight, error)
        elif error is None:
            self._kernel.counters.refreshes += 1
            event = lease.Refreshed(result.flight)
        elif isinstance(error, LoginError) and error.status == _REFUSED:
            event = lease.RefreshRefused(result.flight)
        else:
            self._observe("token.refresh_failed", logging.WARNING, reason=str(error))
            event = lease.RefreshFailed(result.flight)
        self._handle(event)

    def _handle(self, event: lease.Event) -> None:
        actions = self._lease.handle(event, self._now())
        self._kernel.held = self._lease.session
        for action in actions:
            self._execute(action)

    def _execute(self, action: lease.Action) -> None:
        source = self._kernel.source
        timeout = self._kernel.options.login_timeout
        match action:
            case lease.StartFetch():
                self._work("login", action.flight, lambda: source.login(timeout))
            case lease.StartRefresh():
                session = action.session
                self._work(
                    "refresh", action.flight, lambda: source.refresh(session, timeout)
                )
            case lease.Grant():
                adopt(self._kernel, action.session)
                self._kernel.token_generation = action.generation
                self._kernel.token_waiters.resolve(action.session)
            case lease.Deny():
                self._kernel.token_waiters.reject(action.error)
            case lease.ArmRefresh():
                self._arm(action.delay)
            case lease.DisarmRefresh():
                self._disarm()
            case lease.Logout():
                session = action.session
                self._runtime.workers("auth").submit(
                    self._loop, lambda: source.logout(session, timeout), timeout=timeout
                ).add_done_callback(self._logged_out)

    def _work(self, kind: str, flight: int, job: Callable[[], Any]) -> None:
        """Run a blocking call of the source and tell ourselves what became of it."""
        timeout = self._kernel.options.login_timeout
        future = self._runtime.workers("auth").submit(self._loop, job, timeout=timeout)
        number = self._cell.generation

        def done(_: object) -> None:
            error = future.exception()
            value = future.get(timeout=0) if error is None else None
            self.actor_ref.tell(
                SubmitToken(number, flight, kind, value, _as_login_error(error))
            )

        future.add_done_callback(self._cell.fenced(done))

    def _logged_out(self, future: Any) -> None:
        error = future.exception()
        if error is not None:
            self._observe("token.logout_failed", logging.INFO, reason=str(error))

    def _arm(self, delay: float) -> None:
        self._disarm()
        self._refresh_timer = self._call_later(delay, self._refresh_due)

    def _disarm(self) -> None:
        if self._refresh_timer is not None:
            self._refresh_timer.cancel()
            self._refresh_timer = None


def _as_login_error(error: BaseException | None) -> BaseException | None:
    """Translate what a user's TokenSource may raise; ours raises LoginError."""
    if error is None or isinstance(error, UMSError):
        return error
    if isinstance(error, TimeoutError):
        return LoginError("the login did not end in time", step="login")
    translated = LoginError(
        f"the token source raised {type(error).__name__}: it should raise LoginError",
        step="source",
    )
    translated.__cause__ = error
    return translated
