"""Who waits until all that was said in a dialog has been handed out."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ums_actors.actors.waiters import Waiters
from ums_actors.errors import Delivery, RequestTimedOut

if TYPE_CHECKING:
    from collections.abc import Callable

    from ums_actors.runtime import Loop, LoopFuture

__all__ = ["CatchUps"]


class _Query(NamedTuple):
    """One query that somebody waits for, by its number in its dialog."""

    dialog_id: str
    number: int


class CatchUps:
    """Futures that are done once a query of a dialog is answered; loop thread only.

    A query that is lost with its line is made again on the next one, under a higher
    number, which will do as well.
    """

    __slots__ = ("_waiting",)

    def __init__(self) -> None:
        self._waiting: dict[_Query, Waiters] = {}

    def add(
        self, dialog_id: str, number: int, loop: Loop, timeout: float
    ) -> LoopFuture[None]:
        """Wait for a query of that number, or a higher one, so many seconds."""
        key = _Query(dialog_id, number)
        waiters = self._waiting.setdefault(key, Waiters())
        waiter: LoopFuture[None] = waiters.add(loop, timeout, _late)

        def forget(_: LoopFuture[None]) -> None:
            if not waiters and self._waiting.get(key) is waiters:
                del self._waiting[key]

        waiter.add_done_callback(forget)
        return waiter

    def settle(self, answered: Callable[[str], int]) -> None:
        """Answer those whose query has been answered; what it brought is handed out.

        Args:
            answered: gives the number of a dialog's last query that was answered.
        """
        for query, waiters in list(self._waiting.items()):
            if answered(query.dialog_id) >= query.number:
                waiters.resolve()

    def fail(self, dialog_id: str, error: BaseException) -> None:
        """Fail all that wait for a dialog: its query was refused or not answered."""
        for query, waiters in list(self._waiting.items()):
            if query.dialog_id == dialog_id:
                waiters.reject(error)

    def reject(self, error: BaseException) -> None:
        """Fail all: there will be no line."""
        for waiters in list(self._waiting.values()):
            waiters.reject(error)


def _late() -> RequestTimedOut:
    return RequestTimedOut(
        "the dialog was not caught up with in time", delivery=Delivery.UNKNOWN
    )
