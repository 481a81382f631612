"""What subscribers hear of messages beside their coming, and of who is writing."""

from __future__ import annotations

from ums_actors.actors.events import Event
from ums_actors.model.message import Message  # noqa: TC001 help() reads it
from ums_actors.model.participant import Participant  # noqa: TC001 help() reads it

__all__ = ["ChatStateChanged", "MessageStatusChanged"]


class MessageStatusChanged(Event, frozen=True, kw_only=True):
    """Somebody said what became of messages; each user's status of each once.

    It follows the :class:`~ums_actors.MessageReceived` that has the event as it came;
    of conversations that a subscription shows.

    Attributes:
        status: see ``DeliveryStatus``; others may come.
        sequences: the numbers of the messages of which it is news.
        messages: those of them that are kept.
        user_id: who said it.
        role: theirs in the dialog; empty if it is not known.
        mine: whether it was this connection's own user.
    """

    conversation_id: str
    dialog_id: str
    status: str
    sequences: tuple[int, ...]
    messages: tuple[Message, ...]
    user_id: str
    role: str
    mine: bool


class ChatStateChanged(Event, frozen=True, kw_only=True):
    """Somebody is doing something else now: COMPOSING, GONE and others.

    It follows the :class:`~ums_actors.MessageReceived` that has the event as it came;
    of conversations that a subscription shows.

    Attributes:
        state: see ``ChatState``; others may come.
        previous: None the first time.
        user_id: who.
        participant: the same as an object; None if they are not shown in the dialog.
        mine: whether it is this connection's own user.
    """

    conversation_id: str
    dialog_id: str
    state: str
    previous: str | None
    user_id: str
    participant: Participant | None
    mine: bool
