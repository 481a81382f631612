"""What subscribers hear of a connection.

Events about the changes of a conversation are in
:mod:`ums_actors.actors.conversation_events`, those about the traffic itself in
:mod:`ums_actors.actors.traffic_events`.
"""

from __future__ import annotations

from typing import Any

import msgspec

from ums_actors.model.conversation import Conversation  # noqa: TC001 help() reads it
from ums_actors.model.message import Message  # noqa: TC001 help() reads it
from ums_actors.model.ring import Ring  # noqa: TC001 help() reads it
from ums_actors.protocol import records  # noqa: TC001 help() reads it

__all__ = [
    "AgentStateChanged",
    "AttemptFailed",
    "ConversationChanged",
    "ErrorOccurred",
    "Event",
    "ExitReported",
    "IdentityChanged",
    "MessageReceived",
    "MessagesMissed",
    "PublishSettled",
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


class AttemptFailed(Event, frozen=True, kw_only=True):
    """An attempt to get a line ended without one.

    Attributes:
        state: in which it was: AUTHENTICATING, CONNECTING or RESTORING.
        attempt: how many there have been since the line was last stable.
        reason: why, one line.
        error: what was raised, if anything was.
        retry_in: seconds until the next attempt; None if there will be none.
    """

    state: str
    attempt: int
    generation: int
    reason: str
    error: BaseException | None = None
    retry_in: float | None = None


class ExitReported(Event, frozen=True, kw_only=True):
    """A line or an attempt ended, or an actor of the tree crashed.

    Attributes:
        who: ``line`` (it had been READY), ``attempt`` (it never was), or the actor that
            crashed, by its name in ``status().restarts``.
        reason: why, one line.
        verdict: what that means; see :class:`ums_actors.core.verdict.Verdict`.
        generation: number of the line or attempt at the time.
        attempt: how often in a row: of a line or attempt since a line was last stable,
            of an actor its crashes in the window.
        delay: seconds until the next attempt or the restart; None: nothing follows.
        budget_left: crashes of this actor that are still forgiven; None for a line or
            an attempt, which use no budget.
        refilled_in: seconds until its full budget is back, if it does not crash again.
    """

    who: str
    reason: str
    verdict: str
    generation: int
    attempt: int
    delay: float | None
    budget_left: int | None = None
    refilled_in: float = 0.0


class ErrorOccurred(Event, frozen=True, kw_only=True):
    """Something failed in the background; the connection goes on.

    Attributes:
        context: what it was, the name under which it is logged as well, such as
            ``subscriber.failed``, ``notification.failed``, ``frame.undecodable``,
            ``catch_up.failed``, ``subscription.refused``, ``agent_state.refused``,
            ``shift_status.failed``.
        error: what was raised.
        notification_type: of the notification that could not be handled.
        event: that a handler failed on.
    """

    context: str
    error: BaseException
    notification_type: str = ""
    conversation_id: str = ""
    dialog_id: str = ""
    subscription_id: str = ""
    event: Event | None = None


class IdentityChanged(Event, frozen=True, kw_only=True):
    """The connection goes on as somebody else: the identity could not be renewed.

    Conversations of the previous one are not to be had any more.
    """

    previous: str
    current: str


class ConversationChanged(Event, frozen=True, kw_only=True):
    """A conversation was added, changed (UPSERT) or left a subscription (DELETE).

    Each notification is told, also one that brings nothing new; what is different is
    told by the events about conversations.

    Attributes:
        conversation: as it was told.
        live: the same as an object that is kept true; None if it is not known.
    """

    subscription_id: str
    type: str
    conversation_id: str
    conversation: records.ConversationResult
    live: Conversation | None = None


class MessageReceived(Event, frozen=True, kw_only=True):
    """A message event of a dialog: in order, and once, also across reconnects.

    Attributes:
        sequence: number in the dialog from 0; None for chat states, which have none.
        event_type: ContentEvent, RichContentEvent, AcceptStatusEvent, ChatStateEvent.
        text: the message of a plain-text ContentEvent.
        event: the whole event as it came.
        mine: whether this connection's own user sent it.
        message: the same as an object, of a content event; None for other events.
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
    message: Message | None = None


class MessagesMissed(Event, frozen=True, kw_only=True):
    """Message events of a dialog could not be had, and later ones go on without them.

    It comes in their place: after the event before them, and before the one after.
    Numbers that are merely hidden from the user are not told of.

    Attributes:
        first: sequence number of the first that is missing.
        last: of the last, which may be the same. None if it is not known: each time the
            service was asked for what came from ``first`` on, the line died.
        error: why the service could not be asked for them, if that is known.
    """

    conversation_id: str
    dialog_id: str
    first: int
    last: int | None
    error: BaseException | None = None


class PublishSettled(Event, frozen=True, kw_only=True):
    """What became of a message from the outbox, of an earlier process too.

    It comes once more, in the next process, if this one ended before it had written
    that the message has left the outbox.

    Attributes:
        mark: the ``mark`` of its Publication.
        sequence: its number in the dialog; None if there is an error.
        error: the service refused it, or (UNKNOWN) nobody can tell.
    """

    mark: str
    conversation_id: str
    dialog_id: str
    sequence: int | None
    error: BaseException | None = None


class RingOffered(Event, frozen=True, kw_only=True):
    """A conversation is offered to the agent: once for each ring, while it waits."""

    ring: Ring

    @property
    def conversation_id(self) -> str:
        """The conversation that is offered."""
        return self.ring.conversation_id


class RingUpdated(Event, frozen=True, kw_only=True):
    """A ring that was offered has another state: each change once.

    Attributes:
        state: the new one. CANCELLED also stands for a ring that the service no longer
            showed after an outage.
    """

    ring: Ring
    state: str

    @property
    def conversation_id(self) -> str:
        """The conversation that was offered."""
        return self.ring.conversation_id


class AgentStateChanged(Event, frozen=True, kw_only=True):
    """An agent that is subscribed to has another availability: each change once.

    Attributes:
        agent_id: ``account.user``.
        state: see :class:`~ums_actors.protocol.enums.AgentState`; others may come.
        previous: None the first time.
        description: free text that an agent may have set beside it.
    """

    agent_id: str
    state: str
    previous: str | None = None
    description: str = ""
    subscription_id: str = ""
