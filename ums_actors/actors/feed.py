"""Notifications on their way to subscribers: read, put in order, handed out.

What fails in one frame is reported and concerns that frame alone: a crash here
would come again with the same snapshot after each restart.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import msgspec

from ums_actors.actors.events import (
    ConversationChanged,
    MessageReceived,
    NotificationReceived,
)
from ums_actors.errors import ConnectionLost, RequestRejected
from ums_actors.protocol import brand
from ums_actors.protocol.envelopes import Notification, decode_body
from ums_actors.protocol.records import (
    ConversationResult,
    MessageEvent,
    read_conversation_changes,
    read_message_events,
)

if TYPE_CHECKING:
    from ums_actors.actors.kernel import Kernel
    from ums_actors.runtime import LoopFuture

__all__ = ["Feed"]

_CONVERSATIONS = frozenset(
    {brand.CONVERSATION_NOTIFICATION, "cqm.ExConversationChangeNotification"}
)
_MESSAGES = frozenset(
    {
        brand.MESSAGE_NOTIFICATION,
        "ms.OnlineEventDistribution",
        "ms.MessagingEventNotification",
    }
)
_MAY_PASS = frozenset({401, 429})
_FIRST_SERVER_ERROR = 500
_PAUSE = 5.0
"""Seconds before a query is repeated that was refused for now."""
Query = Callable[[str, Any], "LoopFuture[Any]"]


class Feed:
    """Turns notification frames into events; loop thread only."""

    def __init__(
        self,
        kernel: Kernel,
        query: Query,
        call_later: Callable[[float, Callable[[], object]], object],
    ) -> None:
        self._kernel = kernel
        self._streams = kernel.streams
        self._subscribers = kernel.subscribers
        self._query = query
        self._call_later = call_later

    def take(self, frame: Notification) -> None:
        """Handle one notification; never raises."""
        try:
            if self._subscribers.wants(NotificationReceived):
                self._subscribers.publish(
                    NotificationReceived(type=frame.type, body=decode_body(frame.body))
                )
            if frame.type in _CONVERSATIONS:
                self._conversations(frame)
            elif frame.type in _MESSAGES:
                self._messages(frame)
        except Exception as error:  # noqa: BLE001  (isolation is the point)
            self._kernel.counters.failed_notifications += 1
            self._report("notification.failed", type=frame.type, error=error)
        self.catch_up()

    # -- conversations

    def _conversations(self, frame: Notification) -> None:
        body = read_conversation_changes(frame.body)
        subscription = next(
            (
                known
                for known in self._kernel.subscriptions.values()
                if known.subscription_id == body.subscription_id
            ),
            None,
        )
        baseline = not self._kernel.baseline_seen
        for change in body.changes:
            if change.type == "UPSERT":
                self._note_dialogs(change.result, baseline=baseline)
            self._subscribers.publish(
                ConversationChanged(
                    subscription_id=body.subscription_id,
                    type=change.type,
                    conversation_id=change.result.conv_id,
                    conversation=change.result,
                )
            )
        if subscription is not None:
            self._kernel.baseline_seen = True
            subscription.snapshot_seen = True
            subscription.waiters.resolve(body.subscription_id)

    def _note_dialogs(self, result: ConversationResult, *, baseline: bool) -> None:
        """Compare what the conversation says of its messages with what we saw."""
        last = result.last_content_event
        details = result.conversation_details
        mine = _takes_part(self._kernel.agent_id, result)
        for dialog in details.dialogs:
            dialog_id = dialog.dialog_id or result.conv_id
            is_last = (
                last is not None and (last.dialog_id or result.conv_id) == dialog_id
            )
            self._streams.snapshot(
                dialog_id,
                last.sequence if is_last and last is not None else None,
                dialog.meta_data_last_update_ts
                or details.meta_data_last_update_ts
                or 0,
                baseline=baseline,
                participating=mine,
            )

    # -- messages

    def _messages(self, frame: Notification) -> None:
        for event in read_message_events(frame.body):
            if event.sequence is None or not event.dialog_id:
                self._publish(event)
                continue
            for ready in self._streams.live(event.dialog_id, event.sequence, event):
                self._publish(ready)

    def _publish(self, event: MessageEvent) -> None:
        self._subscribers.publish(_to_event(event, self._kernel.agent_id))

    def catch_up(self) -> None:
        """Ask for what was said while nobody listened, a few dialogs at a time."""
        if self._kernel.websocket is None:
            return  # asked again when there is a line
        for wanted in self._streams.queries():
            call = brand.query_messages(wanted.dialog_id, wanted.newer_than)
            answer = self._query(call.type, call.body)
            answer.add_done_callback(partial(self._caught_up, wanted.dialog_id))

    def _caught_up(self, dialog_id: str, answer: LoopFuture[Any]) -> None:
        error = answer.exception()
        try:
            if isinstance(error, ConnectionLost):
                return  # losing the line has put it back
            if error is not None:
                self._report("catch_up.failed", reason=type(error).__name__)
                if isinstance(error, RequestRejected) and _passing(error.code):
                    self._fail_later(dialog_id)
                    return
                ready = self._streams.query_failed(dialog_id)
            else:
                events = [
                    event
                    if event.dialog_id
                    else msgspec.structs.replace(event, dialog_id=dialog_id)
                    for event in read_message_events(answer.get(timeout=0))
                ]
                ready = self._streams.caught_up(
                    dialog_id,
                    [(e.sequence, e) for e in events if e.sequence is not None],
                )
        except Exception as failure:  # noqa: BLE001  (isolation is the point)
            self._kernel.counters.failed_notifications += 1
            self._report("catch_up.failed", error=failure)
            ready = self._streams.query_failed(dialog_id)
        self._hand_out(ready)

    def _fail_later(self, dialog_id: str) -> None:
        """Count a query as failed after a pause, unless the line is lost before."""
        generation = self._kernel.session.generation

        def failed() -> None:
            if generation == self._kernel.session.generation:
                self._hand_out(self._streams.query_failed(dialog_id))

        self._call_later(_PAUSE, failed)

    def _hand_out(self, ready: list[MessageEvent]) -> None:
        for event in ready:
            self._publish(event)
        self.catch_up()

    def _report(self, event: str, **fields: Any) -> None:
        self._kernel.runtime.observer.observe(
            event,
            logging.WARNING,
            {"connection": self._kernel.connection_id, **fields},
        )


def _passing(code: int) -> bool:
    """Tell whether a refusal may pass: of a dead token, or of a busy or ill server."""
    return code in _MAY_PASS or code >= _FIRST_SERVER_ERROR


def _takes_part(agent_id: str | None, result: ConversationResult) -> bool:
    """Tell whether our user is a participant, and so is sent the messages."""
    if agent_id is None:
        return False
    details = result.conversation_details
    if any(member == agent_id for _, member in details.members()):
        return True
    found = (dialog.participant(agent_id) for dialog in details.dialogs)
    return any(who is not None and who.state == "ACTIVE" for who in found)


def _to_event(record: MessageEvent, agent_id: str | None) -> MessageReceived:
    return MessageReceived(
        conversation_id=record.conversation_id or record.dialog_id,
        dialog_id=record.dialog_id,
        sequence=record.sequence,
        originator_id=record.originator_id,
        role=record.role,
        event_type=record.event.type,
        text=record.event.text,
        event=record.event,
        metadata=record.metadata,
        mine=agent_id is not None and record.originator_id == agent_id,
    )
