"""A message of a dialog, and what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ums_actors.core.facts import Member
from ums_actors.errors import LocalProtocolError
from ums_actors.model.holding import Holding
from ums_actors.model.office import nothing
from ums_actors.model.participant import Participant
from ums_actors.protocol.enums import (
    DeliveryStatus,
    ParticipantRole,
    ParticipantState,
)
from ums_actors.protocol.publishing import publish_accept_status
from ums_actors.protocol.requests import text as checked_text

if TYPE_CHECKING:
    from ums_actors.core.talk import Said
    from ums_actors.model.conversation import Conversation
    from ums_actors.model.dialog import Dialog
    from ums_actors.model.office import Office
    from ums_actors.runtime import LoopFuture

__all__ = ["Message"]


class Message(Holding):
    """One message; any thread.

    What became of it is known of the last messages of a dialog alone, as many as
    ``Options.messages_per_dialog`` says.
    """

    __slots__ = ("_office", "_said")

    def __init__(self, said: Said, office: Office) -> None:
        self._said = said
        self._office = office

    def __repr__(self) -> str:
        return f"<Message {self.sequence} of {self.dialog_id}>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Message) and self._place() == other._place()

    def __hash__(self) -> int:
        return hash(self._place())

    def _place(self) -> tuple[str, str, int | None]:
        return self.conversation_id, self.dialog_id, self.sequence

    # -- where it is

    @property
    def sequence(self) -> int | None:
        """Its number in the dialog, from 0."""
        return self._said.record.sequence

    @property
    def dialog_id(self) -> str:
        """The dialog it was said in."""
        return self._said.record.dialog_id or self._said.record.conversation_id

    @property
    def conversation_id(self) -> str:
        """The conversation it was said in."""
        told = self._said.record.conversation_id
        if told:
            return told
        card = self._office.find("", self.dialog_id)
        return self.dialog_id if card is None else card.conversation_id

    @property
    def conversation(self) -> Conversation | None:
        """The conversation; None if no subscription shows it."""
        card = self._office.find(self._said.record.conversation_id, self.dialog_id)
        return None if card is None else card.view

    @property
    def dialog(self) -> Dialog | None:
        """The dialog; None if no subscription shows it."""
        conversation = self.conversation
        return None if conversation is None else conversation.get_dialog(self.dialog_id)

    @property
    def time(self) -> int | None:
        """When it was said, milliseconds since 1970 by the server's clock."""
        return self._said.record.server_timestamp

    # -- who said it

    @property
    def participant(self) -> Participant:
        """Who said it, also if they have left since."""
        record = self._said.record
        dialog = self.dialog
        if dialog is not None:
            user_id = record.user_id
            found = dialog._find(user_id) or dialog._find_gone(user_id)
            if found is not None:
                return found
        told = record.originator_id
        is_agent = told.startswith(f"{self._office.account_id}.")
        member = Member(record.user_id, told if is_agent else None, record.role)
        talk = None if dialog is None else dialog._talk
        return Participant(member, talk, self._office, ParticipantState.REMOVED)

    @property
    def sent_by_current_user(self) -> bool:
        """Whether the connection's own user said it."""
        record = self._said.record
        return self._office.is_own(record.user_id, record.originator_id)

    # -- what became of it

    @property
    def has_consumer_read(self) -> bool:
        """Whether a consumer said that it read it."""
        return self._read_by(ParticipantRole.CONSUMER)

    @property
    def has_assigned_agent_read(self) -> bool:
        """Whether the assigned agent of then said that it read it."""
        return self._read_by(ParticipantRole.ASSIGNED_AGENT)

    @property
    def statuses(self) -> tuple[tuple[str, str], ...]:
        """(user id, status) of all who said what became of it, oldest first."""
        return tuple((mark.user_id, mark.status) for mark in self._said.marks)

    def _read_by(self, role: str) -> bool:
        return any(
            mark.role == role and mark.status == DeliveryStatus.READ
            for mark in self._said.marks
        )

    def accept(self) -> LoopFuture[None]:
        """Say that it has been received; done when the service has taken that."""
        return self.mark(DeliveryStatus.ACCEPT)

    def read(self) -> LoopFuture[None]:
        """Say that it has been read; done when the service has taken that."""
        return self.mark(DeliveryStatus.READ)

    def has_status(self, status: str, user_id: str | None = None) -> bool:
        """Tell whether anybody, or that user, gave it this status."""
        checked_text("status", status)
        return any(
            mark.status == status and user_id in (None, mark.user_id)
            for mark in self._said.marks
        )

    def mark(self, status: str) -> LoopFuture[None]:
        """Say what became of it; done when the service has taken that.

        Args:
            status: see ``DeliveryStatus``: VIEWED and ACTION of a form or a card,
                NACK and ERROR of what could not be shown, and others.

        Raises:
            LocalProtocolError: there is no such status, or it has no number.
        """
        if self.sequence is None:
            raise LocalProtocolError(
                "the message has no sequence number, so nothing can be said of it"
            )
        call = publish_accept_status(
            self.conversation_id, self.dialog_id, [self.sequence], status
        )
        return self._office.ask(call, nothing)
