"""Calls over HTTP that show the connection's token, and take another if it is refused.

The object survives the actors: it belongs to the kernel.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from ums_actors.actors.messages import AcquireToken, InvalidateToken
from ums_actors.errors import Delivery, RequestRejected, RequestTimedOut
from ums_actors.reports.desk import ReportDesk
from ums_actors.runtime import LoopFuture
from ums_actors.runtime.steps import Steps, run_steps

if TYPE_CHECKING:
    from collections.abc import Callable

    from ums_actors.actors.kernel import Kernel
    from ums_actors.auth.session import Session
    from ums_actors.http.deadline import Deadline

    T = TypeVar("T")
    Question: TypeAlias = Callable[[ReportDesk, Session, Deadline], T]

__all__ = ["Reporting"]


class Reporting:
    """Asks for reports of the account; loop thread.

    It needs no websocket, only a connection that somebody wants to be open. A token
    that is refused (401) is told to the token actor under its generation, so that all
    who find it dead cost one login, and the question is put once more. If a fresh token
    is refused as well, then not for its own sake: until the service has answered, no
    further 401 of that question costs a login, for each login kills the token that the
    websocket lives by.
    """

    __slots__ = ("_kernel", "_refused")

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        self._refused: set[str] = set()  # questions that fresh tokens were no help for

    def ask(self, what: str, question: Question[T]) -> LoopFuture[T]:
        """Put a question to the service, on a worker.

        Args:
            what: its name in errors and as the source of an invalid token.
            question: asks it; called with a desk, the session and the deadline.

        Raises (through the future):
            ConnectionLost: the connection is at rest, or no answer came.
            RequestTimedOut: neither a token nor an answer came in time.
            RequestRejected: the service said no.
            LoginError: no token, or no host, is to be had.
        """
        return run_steps(self._asked(what, question))

    def _asked(self, what: str, question: Question[T]) -> Steps[T]:
        options, now = self._kernel.options, self._kernel.runtime.clock.now()
        until = now + options.queue_timeout + options.request_timeout
        session, generation = yield from self._token(what, until)
        try:
            return (yield from self._answered(what, question, session))
        except RequestRejected as error:
            if error.code != HTTPStatus.UNAUTHORIZED or what in self._refused:
                raise
        self._tell_token(what, InvalidateToken(generation, what))
        session, _ = yield from self._token(what, until)
        try:
            return (yield from self._answered(what, question, session))
        except RequestRejected as error:
            if error.code == HTTPStatus.UNAUTHORIZED:
                self._refused.add(what)
            raise

    def _token(self, what: str, until: float) -> Steps[tuple[Session, int]]:
        """Wait for a valid token; give its generation, too."""
        kernel = self._kernel
        reply: LoopFuture[Any] = LoopFuture()

        def late() -> None:
            text = f"there was no token in time for the {what} call"
            error = RequestTimedOut(text, delivery=Delivery.NOT_SENT, request_type=what)
            reply.try_fail(error)

        timer = kernel.loop.call_at(until, late)
        try:
            self._tell_token(what, AcquireToken(reply))
            session = yield reply
        finally:
            timer.cancel()
        return session, kernel.token_generation

    def _tell_token(self, what: str, message: Any) -> None:
        kernel = self._kernel
        token = kernel.refs["token"]
        if kernel.at_rest() or not token.is_alive():
            raise kernel.refusal(what)
        token.tell(message)

    def _answered(self, what: str, question: Question[T], session: Session) -> Steps[T]:
        kernel, services = self._kernel, self._kernel.services
        timeout = kernel.options.request_timeout
        deadline = services.http.deadline(timeout)
        desk = ReportDesk(kernel.account_id, services.csds, services.http)
        if kernel.tenancy is not None and not kernel.tenancy.is_ours():
            raise kernel.tenancy.lost()
        try:
            answer = yield kernel.runtime.workers("reports").submit(
                kernel.loop,
                lambda: question(desk, session, deadline),
                timeout=timeout,
            )
        except RequestTimedOut:
            raise
        except TimeoutError:
            raise RequestTimedOut(
                f"the {what} call was not answered within {timeout:g} s "
                "(Options.request_timeout)",
                delivery=Delivery.UNKNOWN,
                request_type=what,
            ) from None
        self._refused.discard(what)
        return answer  # type: ignore[no-any-return]
