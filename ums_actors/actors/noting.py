"""Which event it is that somebody said what became of messages, or is writing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ums_actors.actors.message_events import ChatStateChanged, MessageStatusChanged
from ums_actors.model.message import Message

if TYPE_CHECKING:
    from ums_actors.actors.events import Event
    from ums_actors.core.card import Noted
    from ums_actors.model.conversation import Conversation
    from ums_actors.model.office import Office
    from ums_actors.protocol.messages import MessageEvent

__all__ = ["noted_event", "noted_kind"]


def noted_kind(noted: Noted[Conversation]) -> type[Event]:
    """Give the class of the event."""
    return ChatStateChanged if noted.marked is None else MessageStatusChanged


def noted_event(
    noted: Noted[Conversation], record: MessageEvent, office: Office
) -> Event:
    """Make the event of what is news about a record."""
    conversation = noted.card.view
    dialog_id = record.dialog_id or conversation.conversation_id
    user_id = record.user_id
    mine = office.is_own(user_id, record.originator_id)
    marked = noted.marked
    if marked is not None:
        return MessageStatusChanged(
            conversation_id=conversation.conversation_id,
            dialog_id=dialog_id,
            status=record.event.status,
            sequences=marked.numbers,
            messages=tuple(Message(each, office) for each in marked.messages),
            user_id=user_id,
            role=noted.role,
            mine=mine,
        )
    dialog = conversation.get_dialog(dialog_id)
    return ChatStateChanged(
        conversation_id=conversation.conversation_id,
        dialog_id=dialog_id,
        state=record.event.chat_state,
        previous=noted.chat_state,
        user_id=user_id,
        participant=None if dialog is None else dialog.participant(user_id),
        mine=mine,
    )
