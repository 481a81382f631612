"""One call for all who want the same at the same time."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from typing import TYPE_CHECKING, Generic, TypeVar

from ums_actors.errors import AuthenticationRejected, LoginError

if TYPE_CHECKING:
    from collections.abc import Callable

    from ums_actors.http.deadline import Deadline

__all__ = ["Flights"]

T = TypeVar("T")


class Flights(Generic[T]):
    """Calls that are under way, by what they ask for; any thread.

    Args:
        what: the call, for texts.
        step: the ``step`` of errors.
    """

    __slots__ = ("_flights", "_lock", "_step", "_what")

    def __init__(self, what: str, step: str) -> None:
        self._what = what
        self._step = step
        self._lock = threading.Lock()
        self._flights: dict[str, tuple[Future[T], Deadline]] = {}

    def share(self, key: str, call: Callable[[], T], deadline: Deadline) -> T:
        """Call, or wait for what somebody else's call of this key brings.

        A call that failed when its own time was over says nothing to who has more.

        Raises:
            LoginError: as the call does; or the deadline was over first.
        """
        own: tuple[Future[T], Deadline] = (Future(), deadline)
        while True:
            with self._lock:
                flight, end = self._flights.setdefault(key, own)
            if flight is own[0]:
                return self._lead(key, flight, call)
            try:
                return self._await(flight, deadline)
            except LoginError:
                if not end.over() or deadline.over():
                    raise

    def _lead(self, key: str, flight: Future[T], call: Callable[[], T]) -> T:
        try:
            found = call()
        except BaseException as error:
            self._land(key)
            flight.set_exception(error)
            raise
        self._land(key)
        flight.set_result(found)
        return found

    def _land(self, key: str) -> None:
        with self._lock:
            del self._flights[key]

    def _await(self, flight: Future[T], deadline: Deadline) -> T:
        try:
            error = flight.exception(deadline.left())
        except TimeoutError:
            error = LoginError(
                f"{self._what} did not end before the deadline", step=self._step
            )
        if error is None:
            return flight.result()
        raise self._own(error)

    def _own(self, error: BaseException) -> LoginError:
        """Give an error of our own: one that is raised twice gets two tracebacks."""
        if not isinstance(error, LoginError):
            return LoginError(
                f"{self._what} of another thread failed: {type(error).__name__}",
                step=self._step,
            )
        known = AuthenticationRejected
        kind = known if isinstance(error, known) else LoginError
        return kind(
            str(error),
            step=error.step,
            status=error.status,
            retry_after=error.retry_after,
        )
