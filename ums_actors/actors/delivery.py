"""The last steps of message events to subscribers, with what is missing among them."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import msgspec

from ums_actors.actors.events import MessageReceived, MessagesMissed
from ums_actors.actors.trouble import observed, report
from ums_actors.core.talk import MESSAGES
from ums_actors.core.tracked import Missed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ums_actors.actors.kernel import Kernel
    from ums_actors.protocol.records import MessageEvent

__all__ = ["deliver", "publish"]


def deliver(kernel: Kernel, ready: Iterable[Any]) -> None:
    """Publish what the streams let through, in order; loop thread.

    What fails with one of them is reported, and takes none of the others with it.

    Args:
        kernel: of the connection.
        ready: message events, and :class:`Missed` in the place of some.
    """
    for each in ready:
        try:
            if isinstance(each, Missed):
                _tell_missed(kernel, each)
            else:
                publish(kernel, each)
        except Exception as error:  # noqa: BLE001  (isolation is the point)
            kernel.counters.failed_notifications += 1
            report(kernel, "notification.failed", error, dialog_id=each.dialog_id)


def publish(kernel: Kernel, event: MessageEvent) -> None:
    """Publish one message event; loop thread."""
    own_id = kernel.own_id
    if not event.conversation_id:
        known = kernel.streams.conversation_of(event.dialog_id)
        event = msgspec.structs.replace(event, conversation_id=known)
    if event.originator_pid:
        kernel.ids.learn(event.originator_id, event.originator_pid)
    conversations = kernel.conversations
    message = noted = None
    if event.event.type in MESSAGES:
        message = conversations.heard(event)
    else:
        noted = conversations.noted(event)
    kernel.subscribers.publish(
        MessageReceived(
            conversation_id=event.conversation_id or _place_of(kernel, event.dialog_id),
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
    if noted is not None:
        kernel.subscribers.publish(noted)


def _tell_missed(kernel: Kernel, missed: Missed) -> None:
    told = MessagesMissed(
        conversation_id=missed.conversation_id or _place_of(kernel, missed.dialog_id),
        dialog_id=missed.dialog_id,
        first=missed.first,
        last=missed.last,
        error=missed.why,
    )
    fields = {
        "conversation_id": told.conversation_id,
        "dialog_id": told.dialog_id,
        "first": told.first,
        "last": told.last,
        "reason": "" if told.error is None else str(told.error),
    }
    observed(kernel, "messages.missed", logging.WARNING, fields)
    if told.error is not None:
        kernel.catch_ups.fail(told.dialog_id, told.error)
    kernel.subscribers.publish(told)


def _place_of(kernel: Kernel, dialog_id: str) -> str:
    """Give the conversation of a dialog; a main one has its id."""
    card = kernel.conversations.find("", dialog_id)
    return dialog_id if card is None else card.conversation_id
