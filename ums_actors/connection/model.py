"""The conversations of a connection as objects that are kept true."""

from __future__ import annotations

import abc
from typing import TYPE_CHECKING

from ums_actors.arguments import identifier
from ums_actors.connection.conversations import Conversations

if TYPE_CHECKING:
    from ums_actors.model.conversation import Conversation

__all__ = ["Model"]


class Model(Conversations, abc.ABC):
    """What is known of conversations, from whichever subscription it came."""

    def get_conversation(self, conversation_id: str) -> Conversation | None:
        """Give a conversation; None if no subscription shows it.

        The object is kept true, and may be used on any thread.
        """
        return self._kernel.conversations.view(
            identifier("conversation_id", conversation_id)
        )

    def get_all_known_conversations(self) -> tuple[Conversation, ...]:
        """Give all that a subscription shows, ended ones too if it shows them."""
        return self._kernel.conversations.views()
