"""Calls of a token source on workers, and what they bring home."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ums_actors.actors.messages import SubmitToken
from ums_actors.actors.timings import token_requested
from ums_actors.auth.session import Session
from ums_actors.errors import LoginError, UMSError
from ums_actors.runtime.future import LoopFuture

if TYPE_CHECKING:
    from collections.abc import Callable

    from ums_actors.actors.kernel import Kernel
    from ums_actors.runtime.cell import Cell

__all__ = ["Errands"]


class Errands:
    """Runs the calls for one token actor; loop thread.

    What a login or refresh brought is told to that actor as :class:`SubmitToken`, with
    an error of ours whatever the source raised; a login that ends when the connection
    has stopped is handed to its departure. Nothing is called while the agent may be
    another process's; what is under way then is asked before each write, but for a
    user's own source: that may go on until its deadline.
    """

    __slots__ = ("_cell", "_kernel")

    def __init__(self, kernel: Kernel, cell: Cell) -> None:
        self._kernel = kernel
        self._cell = cell

    def login(self, flight: int) -> None:
        """Log in."""
        kernel = self._kernel
        source, timeout = kernel.source, kernel.options.login_timeout
        departure = kernel.departure
        departure.logins += 1

        def landed(future: LoopFuture[Any]) -> None:
            failed = future.exception() is not None
            departure.landed(None if failed else future.get(timeout=0))

        future = self._send("login", flight, lambda: source.login(timeout))
        future.add_done_callback(landed)

    def refresh(self, flight: int, session: Any) -> None:
        """Keep the session alive, or have it renewed."""
        source, timeout = self._kernel.source, self._kernel.options.login_timeout
        self._send("refresh", flight, lambda: source.refresh(session, timeout))

    def logout(self, session: Any) -> LoopFuture[Any]:
        """End the session; the future is done when that has been tried."""
        source, timeout = self._kernel.source, self._kernel.options.login_timeout
        return self._submit(lambda: source.logout(session, timeout))

    def _send(self, kind: str, flight: int, job: Callable[[], Any]) -> LoopFuture[Any]:
        token_requested(self._kernel, kind)
        future = self._submit(job)
        ref, number = self._cell.ref, self._cell.generation

        def done(_: object) -> None:
            error = future.exception()
            value = future.get(timeout=0) if error is None else None
            if error is None:
                error = _misfit(kind, value)
            ref.tell(SubmitToken(number, flight, kind, value, _as_login_error(error)))

        future.add_done_callback(self._cell.fenced_anywhere(done))
        return future

    def _submit(self, job: Callable[[], Any]) -> LoopFuture[Any]:
        kernel = self._kernel
        tenancy = kernel.tenancy
        if tenancy is not None and not tenancy.is_ours():
            refused: LoopFuture[Any] = LoopFuture()
            refused.try_fail(tenancy.lost())
            return refused
        return kernel.runtime.workers("auth").submit(
            kernel.loop, job, timeout=kernel.options.login_timeout
        )


def _misfit(kind: str, value: Any) -> LoginError | None:
    """Check what a source gave."""
    if isinstance(value, Session) or (kind == "refresh" and value is None):
        return None
    wanted = "a Session" if kind == "login" else "a Session or None"
    return LoginError(
        f"{kind}() of the token source gave a {type(value).__name__}: it must give "
        f"{wanted}",
        step="source",
    )


def _as_login_error(error: BaseException | None) -> BaseException | None:
    """Translate what a user's TokenSource may raise; ours raises LoginError."""
    if error is None or isinstance(error, UMSError):
        return error
    if isinstance(error, TimeoutError):
        return LoginError("the login did not end in time", step="login")
    name = type(error).__name__
    translated = LoginError(
        f"the token source raised {name}: it should raise LoginError", step="source"
    )
    # where it was raised helps; what it says may be an address with a token in it
    translated.__cause__ = _Withheld(f"{name}, whose text is withheld").with_traceback(
        error.__traceback__
    )
    return translated


class _Withheld(Exception):
    """Stands for an error of the user's, without its text."""
