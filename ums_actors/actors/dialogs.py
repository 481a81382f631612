"""Message events on their way to subscribers: in order, once, none left out.

The two sides differ in how messages come: a brand's user is sent those of all dialogs
it takes part in (:mod:`ums_actors.actors.asking`), a consumer those of the dialogs it
subscribes to (:mod:`ums_actors.actors.following`).
"""

from __future__ import annotations

import abc
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ums_actors.actors.delivery import deliver
from ums_actors.actors.trouble import report

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ums_actors.actors.kernel import Kernel
    from ums_actors.protocol.envelopes import Notification
    from ums_actors.protocol.records import ConversationResult
    from ums_actors.runtime import LoopFuture
    from ums_actors.runtime.timers import CallLater, Timer

__all__ = ["Dialogs", "Query"]

Query = Callable[[str, Any], "LoopFuture[Any]"]

_PAUSE = 5.0
"""Seconds before a query is repeated that was refused for now."""


class Dialogs(abc.ABC):
    """What both sides have in common; loop thread only."""

    __slots__ = ("_call_later", "_kernel", "_query", "_waits")

    def __init__(self, kernel: Kernel, query: Query, call_later: CallLater) -> None:
        self._kernel = kernel
        self._query = query
        self._call_later = call_later
        self._waits: dict[str, Timer] = {}  # of the dialogs' queries

    def stop(self) -> None:
        """Leave no timer behind; idempotent."""
        for timer in self._waits.values():
            timer.cancel()
        self._waits.clear()

    @abc.abstractmethod
    def sight(
        self,
        result: ConversationResult,
        *,
        baseline: bool,
        first: bool,
        fresh: bool = False,
    ) -> None:
        """Compare what a conversation says of its messages with what was heard.

        Args:
            result: the conversation.
            baseline: whether this is the first snapshot of the process.
            first: whether it is the first that its subscription ever gave.
            fresh: whether what was said last is news all the same.
        """

    @abc.abstractmethod
    def leave(self, result: ConversationResult) -> None:
        """Take note that a conversation left its subscription."""

    @abc.abstractmethod
    def take(self, frame: Notification) -> None:
        """Take a message notification."""

    def catch_up(self) -> None:
        """Ask for what is missing, a few dialogs at a time."""
        self.spill()
        self._ask()

    def spill(self) -> None:
        """Hand out what dialogs held that have just been forgotten.

        Before anything else is: one of them may be heard of again.
        """
        ready = self._kernel.streams.spilled()
        if ready:
            deliver(self._kernel, ready)

    @abc.abstractmethod
    def _ask(self) -> None:
        """Send the queries that are wanted, if there is a line for them."""

    def _hand_out(self, ready: Iterable[Any]) -> None:
        deliver(self._kernel, ready)
        if self._kernel.made("catch_ups"):
            self._kernel.catch_ups.settle(self._kernel.streams.answered)
        self.catch_up()

    def _fail_later(self, dialog_id: str, why: BaseException) -> None:
        """Count a query as failed after a pause, unless the line is lost before."""
        generation = self._kernel.session.generation

        def failed() -> None:
            if generation == self._kernel.session.generation:
                self._hand_out(self._kernel.streams.query_failed(dialog_id, why))

        self._wait(dialog_id, _PAUSE, failed)

    def _wait(
        self, dialog_id: str, seconds: float, function: Callable[[], None]
    ) -> None:
        """Call it in so many seconds; what a dialog waited for before is void."""

        def over() -> None:
            del self._waits[dialog_id]
            function()

        before = self._waits.get(dialog_id)
        if before is not None:
            before.cancel()
        self._waits[dialog_id] = self._call_later(seconds, over)

    def _report(self, context: str, error: BaseException, **fields: Any) -> None:
        report(self._kernel, context, error, **fields)
