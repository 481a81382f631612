"""What subscribers hear."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from ums_actors.model.ring import Ring
    from ums_actors.protocol import records

__all__ = [
    "ConversationChanged",
    "Event",
    "IdentityChanged",
    "MessageReceived",
    "NotificationReceived",
    "RingOffered",
    "RingUpdated",
    "StateChanged",
]


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """Base of all events."""


class StateChanged(Event, frozen=True, kw_only=True):
    """The connection went from one state to another.

    Attributes:
        at: monotonic seconds.
        reason: why the last line or attempt ended, one line, empty if none did.
    """

    state: str
    previous: str
    generation: int
    at: float
    reason: str = ""


class IdentityChanged(Event, frozen=True, kw_only=True):
    """The connection goes on as somebody else: the identity could not be renewed.

    Conversations of the previous one are not to be had any more.
    """

    previous: str
    current: str


class ConversationChanged(Event, frozen=True, kw_only=True):
    """A conversation was added, changed (UPSERT) or left a subscription (DELETE)."""

    subscription_id: str
    type: str
    conversation_id: str
    conversation: records.ConversationResult


class MessageReceived(Event, frozen=True, kw_only=True):
    """A message event of a dialog: in order, and once, also across reconnects.

    Attributes:
        sequence: number in the dialog from 0; None for chat states, which have none.
        event_type: ContentEvent, RichContentEvent, AcceptStatusEvent, ChatStateEvent.
        text: the message of a plain-text ContentEvent.
        event: the whole event as it came.
        mine: whether this connection's own user sent it.
    """

    conversation_id: str
    dialog_id: str
    sequence: int | None
    originator_id: str
    role: str
    event_type: str
    text: str | None
    event: records.Event
    metadata: Any
    mine: bool


class RingOffered(Event, frozen=True, kw_only=True):
    """A conversation is offered to the agent: once for each ring, while it waits."""

    ring: Ring


class RingUpdated(Event, frozen=True, kw_only=True):
    """A ring that was offered has another state: each change once.

    Attributes:
        state: the new one. CANCELLED also stands for a ring that the service no longer
            showed after an outage.
    """

    ring: Ring
    state: str


class NotificationReceived(Event, frozen=True, kw_only=True):
    """Any notification frame, as it came."""

    type: str
    body: Any
