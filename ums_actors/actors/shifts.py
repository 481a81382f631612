"""The working hours of skills on their way to subscribers, and the poll of them.

The object survives the actors: it belongs to the kernel, so no crash doubles the poll.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ums_actors.actors.events import ErrorOccurred
from ums_actors.actors.shift_board import ShiftBoard
from ums_actors.actors.shift_events import (
    ShiftStatusFailed,
    ShiftStatusReceived,
    SkillEnteredOffHours,
    SkillEnteredWorkHours,
)
from ums_actors.actors.trouble import report
from ums_actors.core.polling import PollPace
from ums_actors.core.shifts import ShiftBook
from ums_actors.errors import AuthenticationRejected, LoginError, RequestRejected
from ums_actors.reports.names import SHIFT_STATUS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ums_actors.actors.kernel import Kernel
    from ums_actors.auth.session import Session
    from ums_actors.http.deadline import Deadline
    from ums_actors.protocol.shifts import SkillShift
    from ums_actors.reports.desk import ReportDesk
    from ums_actors.runtime import Loop, LoopFuture
    from ums_actors.runtime.timers import Timer

__all__ = ["Shifts"]


class Shifts:
    """What one connection knows of working hours; loop thread.

    What it asks itself, what is polled and what it is told by hand all count: the
    latest question wins, and each change is told once.
    """

    __slots__ = ("_board", "_book", "_denied", "_kernel", "_timer")

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        self._book: ShiftBook[SkillShift] = ShiftBook()
        self._board: ShiftBoard | None = None
        self._denied: AuthenticationRejected | None = None  # by the login of a poll
        self._timer: Timer | None = None

    @property
    def loop(self) -> Loop:
        """That of the connection."""
        return self._kernel.loop

    @property
    def known(self) -> tuple[SkillShift, ...]:
        """What was told last of each skill."""
        return self._book.shifts

    # -- asking, and being told

    def ask(self) -> LoopFuture[tuple[SkillShift, ...]]:
        """Ask the service now; the answer is taken as well."""
        asked_at = self._now()
        asked = self._question()
        asked.add_done_callback(lambda done: self._take(done, asked_at))
        return asked

    def learn(self, told: tuple[SkillShift, ...], asked_at: float) -> None:
        """Take what the service said of all skills."""
        self._publish(self._book.learn(told, asked_at))

    def add(self, told: Iterable[SkillShift]) -> None:
        """Take what somebody else knows of some of them."""
        self._publish(self._book.add(told, self._now()))

    def trouble(self, error: BaseException, *, own: bool) -> None:
        """Tell that polls have begun to fail; the log hears it from who asked."""
        if own:
            report(self._kernel, "shift_status.failed", error)
        else:
            event = ErrorOccurred(context="shift_status.failed", error=error)
            self._kernel.subscribers.publish(event)

    # -- polling

    def begin(self) -> None:
        """Poll from now on, or share the poll of others; idempotent."""
        if self._board is None:
            kernel = self._kernel
            services = kernel.services
            interval = kernel.options.shift_poll_interval
            # who shares the domains has the same account, hosts and trust
            board: ShiftBoard = services.commons.take(
                (ShiftBoard, services.csds, interval),
                lambda: ShiftBoard(PollPace(interval), kernel.runtime.clock.now),
            )
            self._board = board
            board.join(self)

    def rest(self) -> None:
        """Poll no more; idempotent. What is known stays."""
        board, self._board = self._board, None
        if board is not None:
            self._disarm()
            board.leave(self)
            self._kernel.services.commons.give_back(board)

    def lead(self, due: float) -> None:
        """Be the one who polls, for the first time at ``due``."""
        if self._board is not None:  # else it has just left
            self._disarm()
            self._timer = self.loop.call_at(due, self._poll)

    def _poll(self) -> None:
        self._timer = None
        board = self._board
        if board is None or self._kernel.at_rest() or not board.begin(self):
            return
        if self._denied is not None and self._kernel.held is None:
            # credentials that are tried again and again may get their user blocked
            self._failed(board, self._denied)
            return
        self._denied = None
        self._question().add_done_callback(lambda done: self._polled(board, done))

    def _polled(self, board: ShiftBoard, done: LoopFuture[Any]) -> None:
        error = done.exception()
        if error is None:
            fraction = self._kernel.runtime.random.random()
            board.answered(done.get(timeout=0), fraction)
            return
        if isinstance(error, AuthenticationRejected):
            self._denied = error
        self._failed(board, error)

    def _failed(self, board: ShiftBoard, error: BaseException) -> None:
        if self._kernel.at_rest():
            self.rest()  # that is why
        board.failed(error, _status(error), self._kernel.runtime.random.random())

    def _question(self) -> LoopFuture[tuple[SkillShift, ...]]:
        asked = self._kernel.reporting.ask(SHIFT_STATUS, _ask)
        if self._kernel.subscribers.timed:
            began = self._now()
            asked.add_done_callback(lambda done: self._tell(done, began))
        return asked

    def _take(self, done: LoopFuture[Any], asked_at: float) -> None:
        if done.peek() is None:
            self.learn(done.get(timeout=0), asked_at)

    def _tell(self, done: LoopFuture[Any], began: float) -> None:
        """Tell those who asked for it by name."""
        error, now = done.peek(), self._now()
        event: ShiftStatusFailed | ShiftStatusReceived
        if error is not None:
            event = ShiftStatusFailed(error=error, at=now, seconds=now - began)
        else:
            shifts = done.get(timeout=0)
            event = ShiftStatusReceived(shifts=shifts, at=now, seconds=now - began)
        self._kernel.subscribers.publish(event)

    def _publish(self, changed: Iterable[SkillShift]) -> None:
        for each in changed:
            kind = SkillEnteredWorkHours if each.on_shift else SkillEnteredOffHours
            self._kernel.subscribers.publish(kind(shift=each))

    def _disarm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _now(self) -> float:
        return self._kernel.runtime.clock.now()


def _ask(
    desk: ReportDesk, session: Session, deadline: Deadline
) -> tuple[SkillShift, ...]:
    return desk.shift_status(session.token, deadline)


def _status(error: BaseException) -> int | None:
    """Give the HTTP status that the service answered with, if it did."""
    if isinstance(error, RequestRejected):
        return error.code
    return error.status if isinstance(error, LoginError) else None
