"""All conversations of the account, by their ids and those of their dialogs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ums_actors.emulator import choices
from ums_actors.emulator.failures import Refused

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ums_actors.emulator.world.conversation import Conversation

__all__ = ["Conversations"]


class Conversations(Mapping[str, "Conversation"]):
    """Conversations by id, oldest first; open and closed ones have a bound each."""

    def __init__(self) -> None:
        self._by_id: dict[str, Conversation] = {}
        self._by_dialog: dict[str, Conversation] = {}
        self._closed: dict[str, None] = {}
        """In the order in which they closed."""

    def __getitem__(self, conversation_id: str) -> Conversation:
        return self._by_id[conversation_id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_id)

    def __len__(self) -> int:
        return len(self._by_id)

    def require_room(self) -> None:
        """Refuse one open conversation too many."""
        if len(self._by_id) - len(self._closed) >= choices.MAX_CONVERSATIONS:
            raise Refused(429, "There are too many open conversations; close some")

    def find(self, conversation_id: str) -> Conversation:
        """Find a conversation.

        Raises:
            Refused: there is none of that id.
        """
        conversation = self._by_id.get(conversation_id)
        if conversation is None:
            raise Refused(404, "Conversation not found")
        return conversation

    def has_dialog(self, dialog_id: str) -> bool:
        """Say whether there is a dialog of that id."""
        return dialog_id in self._by_dialog

    def of_dialog(self, dialog_id: str) -> Conversation:
        """Find the conversation of a dialog.

        Raises:
            Refused: there is none of that id.
        """
        conversation = self._by_dialog.get(dialog_id)
        if conversation is None:
            raise Refused(404, "Dialog not found")
        return conversation

    def keep(self, conversation: Conversation) -> Conversation | None:
        """Take in a conversation, or note that it has changed.

        Gives the one that has to go for it: the first that closed, when too many have.
        """
        identity = conversation.conversation_id
        self._by_id[identity] = conversation
        for dialog in conversation.details.dialogs:
            self._by_dialog[dialog.dialog_id] = conversation
        if conversation.details.stage != "OPEN":
            self._closed.setdefault(identity)
        if len(self._closed) <= choices.MAX_CLOSED_CONVERSATIONS:
            return None
        return self._drop(next(iter(self._closed)))

    def _drop(self, conversation_id: str) -> Conversation:
        del self._closed[conversation_id]
        conversation = self._by_id.pop(conversation_id)
        for dialog in conversation.details.dialogs:
            del self._by_dialog[dialog.dialog_id]
        return conversation
