"""Conversations on their way into what is kept, and out of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ums_actors.emulator.kept.facts import KeptConversation
from ums_actors.emulator.world.conversation import Conversation

if TYPE_CHECKING:
    from ums_actors.emulator.world.event import Event

__all__ = ["kept_conversation", "restored_conversation"]


def kept_conversation(conversation: Conversation) -> KeptConversation:
    """Give a conversation as it is kept."""
    return KeptConversation(
        conversation_id=conversation.conversation_id,
        consumer=conversation.consumer,
        details=conversation.details,
        origin=conversation.origin,
        is_first=conversation.is_first,
        started=conversation.started,
        updated=conversation.updated,
        events=conversation.events,
        last_content=_place(conversation.last_content),
        last_public_content=_place(conversation.last_public_content),
        unread=conversation.unread_messages.listed(),
    )


def restored_conversation(kept: KeptConversation) -> Conversation:
    """Give the conversation that was kept.

    Raises:
        ValueError: what is kept of it does not fit together.
    """
    conversation = Conversation(
        kept.conversation_id,
        kept.consumer,
        kept.details,
        kept.started,
        kept.origin,
        is_first=kept.is_first,
    )
    conversation.updated = kept.updated
    conversation.events = kept.events
    conversation.last_content = _event(kept, kept.last_content)
    conversation.last_public_content = _event(kept, kept.last_public_content)
    conversation.unread_messages.restore(kept.unread)
    if not kept.details.dialogs:
        raise ValueError("a conversation has no dialog")
    return conversation


def _place(event: Event | None) -> tuple[str, int] | None:
    if event is None or event.sequence is None:
        return None
    return event.dialog_id, event.sequence


def _event(kept: KeptConversation, place: tuple[str, int] | None) -> Event | None:
    if place is None:
        return None
    dialog_id, sequence = place
    events = kept.events.get(dialog_id, [])
    if not 0 <= sequence < len(events):
        raise ValueError("the last message of a conversation is missing")
    return events[sequence]
