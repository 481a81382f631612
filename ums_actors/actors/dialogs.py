"""Message events on their way to subscribers: in order, once, none left out.

The two sides differ in how messages come: a brand's user is sent those of all dialogs
it takes part in (:mod:`ums_actors.actors.asking`), a consumer those of the dialogs it
subscribes to (:mod:`ums_actors.actors.following`).
"""

from __future__ import annotations

import abc
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ums_actors.actors.events import MessageReceived
from ums_actors.actors.trouble import report

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ums_actors.actors.kernel import Kernel
    from ums_actors.protocol.envelopes import Notification
    from ums_actors.protocol.records import ConversationResult, MessageEvent
    from ums_actors.runtime import LoopFuture

__all__ = ["CallLater", "Dialogs", "Query"]

Query = Callable[[str, Any], "LoopFuture[Any]"]
CallLater = Callable[[float, Callable[[], object]], object]

_PAUSE = 5.0
"""Seconds before a query is repeated that was refused for now."""


class Dialogs(abc.ABC):
    """What both sides have in common; loop thread only."""

    def __init__(self, kernel: Kernel, query: Query, call_later: CallLater) -> None:
        self._kernel = kernel
        self._query = query
        self._call_later = call_later

    @abc.abstractmethod
    def sight(self, result: ConversationResult, *, baseline: bool, first: bool) -> None:
        """Compare what a conversation says of its messages with what was heard.

        Args:
            result: the conversation.
            baseline: whether this is the first snapshot of the process.
            first: whether it is the first that its subscription ever gave.
        """

    @abc.abstractmethod
    def leave(self, result: ConversationResult) -> None:
        """Take note that a conversation left its subscription."""

    @abc.abstractmethod
    def take(self, frame: Notification) -> None:
        """Take a message notification."""

    @abc.abstractmethod
    def catch_up(self) -> None:
        """Ask for what is missing, a few dialogs at a time."""

    def _publish(self, event: MessageEvent) -> None:
        own_id = self._kernel.own_id
        if event.originator_pid:
            self._kernel.ids.learn(event.originator_id, event.originator_pid)
        message = self._kernel.conversations.heard(event)
        self._kernel.subscribers.publish(
            MessageReceived(
                conversation_id=event.conversation_id or self._place_of(event),
                dialog_id=event.dialog_id,
                sequence=event.sequence,
                originator_id=event.originator_id,
                role=event.role,
                event_type=event.event.type,
                text=event.event.text,
                event=event.event,
                metadata=event.metadata,
                mine=own_id is not None and event.originator_id == own_id,
                message=message,
            )
        )

    def _place_of(self, event: MessageEvent) -> str:
        """Give the conversation of a dialog; a main one has its id."""
        card = self._kernel.conversations.find("", event.dialog_id)
        return event.dialog_id if card is None else card.conversation_id

    def _hand_out(self, ready: Iterable[MessageEvent]) -> None:
        for event in ready:
            self._publish(event)
        self._kernel.catch_ups.settle(self._kernel.streams.answered)
        self.catch_up()

    def _fail_later(self, dialog_id: str) -> None:
        """Count a query as failed after a pause, unless the line is lost before."""
        generation = self._kernel.session.generation

        def failed() -> None:
            if generation == self._kernel.session.generation:
                self._hand_out(self._kernel.streams.query_failed(dialog_id))

        self._call_later(_PAUSE, failed)

    def _report(self, context: str, error: BaseException, **fields: Any) -> None:
        report(self._kernel, context, error, **fields)
