"""Who is told of all that happens."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ums_actors.emulator.world.conversation import Conversation, Event
    from ums_actors.emulator.world.users import User

__all__ = ["Listener"]


class Listener:
    """Hears of what happens at once and in order; hears nothing unless it overrides."""

    def event_published(self, conversation: Conversation, event: Event) -> None:
        """Hear of an event; a change that repeats it comes after."""

    def conversation_changed(self, conversation: Conversation) -> None:
        """Hear that a conversation is new or changed."""

    def agent_state_changed(self, user: User, state: str) -> None:
        """Hear that an agent's availability changed."""
