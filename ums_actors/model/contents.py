"""What is in a conversation: its dialogs, who takes part, and what was said."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from ums_actors.arguments import identifier
from ums_actors.core.facts import DialogFacts
from ums_actors.core.talk import Said
from ums_actors.model.dialog import Dialog
from ums_actors.model.message import Message
from ums_actors.model.shown import Shown
from ums_actors.protocol.enums import ParticipantRole
from ums_actors.protocol.requests import text as checked_text

if TYPE_CHECKING:
    from ums_actors.model.participant import Participant

__all__ = ["Contents"]


class Contents(Shown):
    """Dialogs, participants and messages of a conversation, as they are now."""

    __slots__ = ()

    # -- its dialogs

    @property
    def dialogs(self) -> tuple[Dialog, ...]:
        """All its dialogs."""
        return tuple([self._dialog(each) for each in self._card.facts.dialogs])

    @property
    def main_dialog(self) -> Dialog:
        """The dialog in which consumer and agents talk."""
        facts = self._card.facts
        return self._dialog(facts.main or DialogFacts(facts.conversation_id))

    @property
    def open_dialog(self) -> Dialog | None:
        """An open dialog: the main one rather than another; None if all are closed.

        Never a COBROWSE dialog, in which nothing is said: see :attr:`cobrowse_dialog`.
        """
        main = self.main_dialog
        if main.is_open:
            return main
        dialogs = self._card.facts.dialogs
        others = [each for each in dialogs if each.open and not each.cobrowse]
        return self._dialog(_latest(others)) if others else None

    @property
    def cobrowse_dialog(self) -> Dialog | None:
        """The shared screen or call: the open one, or else the last; None without.

        What the service tells of it, such as ``sessionState`` and ``mode``, is its
        ``meta_data``.
        """
        found = [each for each in self._card.facts.dialogs if each.cobrowse]
        going_on = [each for each in found if each.open]
        return self._dialog(_latest(going_on or found)) if found else None

    def dialog(self, dialog_type: str) -> Dialog | None:
        """Give the dialog of a type; of several, that which was changed last.

        A COBROWSE dialog only where there is no other of its type, which mostly is
        OTHER.
        """
        checked_text("dialog_type", dialog_type)
        found = [
            each for each in self._card.facts.dialogs if each.dialog_type == dialog_type
        ]
        spoken = [each for each in found if not each.cobrowse]
        return self._dialog(_latest(spoken or found)) if found else None

    def get_dialog(self, dialog_id: str) -> Dialog | None:
        """Give the dialog of an id; None if there is none."""
        found = self._card.facts.dialog(identifier("dialog_id", dialog_id))
        return None if found is None else self._dialog(found)

    @property
    def _speaking(self) -> Dialog:
        """Where something is said; the service knows best whether it is open."""
        return self.open_dialog or self.main_dialog

    def _dialog(self, facts: DialogFacts) -> Dialog:
        return Dialog(facts, self._card, self._office)

    # -- who takes part

    @property
    def participants(self) -> tuple[Participant, ...]:
        """All of the main dialog."""
        return self.main_dialog.participants

    def participant(self, user_id: str) -> Participant | None:
        """Give who has that id, of either form, in the main dialog or another."""
        identifier("user_id", user_id)
        for dialog in (self.main_dialog, *self.dialogs):
            found = dialog._find(user_id)
            if found is not None:
                return found
        return None

    @property
    def self_participant(self) -> Participant | None:
        """The connection's own user in the main dialog, if it takes part."""
        return self.main_dialog.self_participant

    @property
    def assigned_agent(self) -> Participant | None:
        """Who is assigned; not who is only asked to be."""
        return self.main_dialog.assigned_agent

    @property
    def consumer(self) -> Participant | None:
        """The consumer."""
        return self.main_dialog.consumer

    # -- what was said

    @property
    def messages(self) -> tuple[Message, ...]:
        """The last messages of the main dialog."""
        return self.main_dialog.messages

    @property
    def last_message(self) -> Message | None:
        """The last message, of any dialog, that was heard or shown."""
        heard = [dialog.messages[-1] for dialog in self.dialogs if dialog.messages]
        shown = self._shown_last()
        if shown is not None and shown not in heard:
            heard.append(shown)
        return max(heard, key=lambda message: message.time or 0, default=None)

    def latest_consumer_message(self) -> Message | None:
        """The last message of a consumer's that was heard or shown."""
        heard = self.main_dialog.latest_consumer_message()
        shown = self._shown_last()
        if shown is None or shown.participant.role != ParticipantRole.CONSUMER:
            return heard
        if heard is None or (heard.time or 0) < (shown.time or 0):
            return shown
        return heard

    def _shown_last(self) -> Message | None:
        """Give the message that the conversation's own state shows."""
        record = self._card.facts.last_content
        if record is None:
            return None
        dialog_id = record.dialog_id or self.conversation_id
        record = replace(
            record, conversation_id=self.conversation_id, dialog_id=dialog_id
        )
        return Message(Said(record), self._office)


def _latest(dialogs: list[DialogFacts]) -> DialogFacts:
    return max(dialogs, key=lambda dialog: dialog.updated or 0)
