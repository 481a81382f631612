"""Events in the making: who may publish what, and where."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ums_actors.emulator import choices
from ums_actors.emulator.failures import Refused
from ums_actors.emulator.world.bodies import checked_body
from ums_actors.emulator.world.event import Event
from ums_actors.emulator.world.metadata import checked_metadata

if TYPE_CHECKING:
    from ums_actors.emulator.world.conversation import Conversation
    from ums_actors.emulator.world.dialog import Dialog
    from ums_actors.emulator.world.event import Author

__all__ = ["chat_state_event", "new_event"]


def new_event(
    conversation: Conversation,
    dialog: Dialog,
    author: Author,
    body: Any,
    *,
    audience: Any,
    metadata: Any,
    now: int,
) -> Event:
    """Make the event that somebody publishes; ``now`` is in epoch milliseconds.

    Raises:
        Refused: the dialog is closed or full, or it is no event that they may publish.
    """
    if dialog.state != "OPEN":
        raise Refused(409, "Dialog is closed")
    audience = _checked_audience(author, audience)
    body = checked_body(body)
    is_kept = body["type"] != "ChatStateEvent"
    sequence = len(conversation.events.get(dialog.dialog_id, ()))
    if is_kept and sequence >= choices.MAX_EVENTS:
        raise Refused(429, "The dialog is full")
    return Event(
        conversation_id=conversation.conversation_id,
        dialog_id=dialog.dialog_id,
        author=author,
        body=body,
        audience=audience,
        metadata=checked_metadata(metadata),
        sequence=sequence if is_kept else None,
        timestamp=now if is_kept else None,
        recipients=dialog.audience(is_private=audience != "ALL"),
    )


def chat_state_event(
    conversation: Conversation, dialog: Dialog, author: Author, chat_state: str
) -> Event:
    """Make the event of a chat state that the service itself notes."""
    return Event(
        conversation_id=conversation.conversation_id,
        dialog_id=dialog.dialog_id,
        author=author,
        body={"type": "ChatStateEvent", "chatState": chat_state},
        audience="ALL",
        metadata=None,
        sequence=None,
        timestamp=None,
        recipients=dialog.audience(is_private=False),
    )


def _checked_audience(author: Author, audience: Any) -> str:
    named = str(audience or "ALL")
    if named not in choices.AUDIENCES:
        raise Refused(400, "Unknown messageAudience")
    if named != "ALL" and author.role == "CONSUMER":
        raise Refused(403, "A consumer may not write private messages")
    return named
