"""What goes wrong with the handler of a fleet's events, told and counted."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, Any

from ums_actors.actors.events import ErrorOccurred

if TYPE_CHECKING:
    from ums_actors.fleet.events import AgentEvent
    from ums_actors.fleet.switchboard import Switchboard
    from ums_actors.runtime import Runtime

__all__ = ["HandlerTroubles"]


class HandlerTroubles:
    """Tells the observer, and those who hear; any thread.

    Attributes:
        errors: calls that raised.
    """

    def __init__(self, runtime: Runtime, board: Switchboard) -> None:
        self._runtime = runtime
        self._board = board
        self.errors: int = 0
        self._counting = threading.Lock()  # of several threads

    def failed(self, error: BaseException, event: AgentEvent) -> None:
        """Tell of a call that raised; not if it was told of just this."""
        with self._counting:
            self.errors += 1
        self._observe(
            "fleet.handler_failed",
            logging.WARNING,
            account=event.account_id,
            user=event.user,
            error=error,
        )
        if not isinstance(event.event, ErrorOccurred):
            told = ErrorOccurred(
                context="fleet.handler_failed", error=error, event=event.event
            )
            self._board.tell((event.account_id, event.user), told)

    def blocked(self, threads: int) -> None:
        """Tell that nobody is served."""
        self._observe("fleet.handlers_blocked", logging.ERROR, threads=threads)

    def late(self) -> None:
        """Tell that it has not heard all."""
        self._observe("fleet.handler_late", logging.WARNING)

    def gone(self, waiting: int) -> None:
        """Tell that nobody hears any more."""
        self._observe("fleet.handler_gone", logging.ERROR, lost=waiting)

    def _observe(self, event: str, level: int, **fields: Any) -> None:
        self._runtime.observer.observe(event, level, fields)
