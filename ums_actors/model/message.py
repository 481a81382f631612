"""A message of a dialog, and what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ums_actors.core.facts import Member
from ums_actors.errors import LocalProtocolError
from ums_actors.model.office import nothing
from ums_actors.model.participant import Participant
from ums_actors.protocol.enums import (
    ContentType,
    DeliveryStatus,
    EventType,
    MessageAudience,
    ParticipantRole,
    ParticipantState,
)
from ums_actors.protocol.lenient import is_object
from ums_actors.protocol.publishing import publish_accept_status

if TYPE_CHECKING:
    from ums_actors.core.talk import Said
    from ums_actors.model.conversation import Conversation
    from ums_actors.model.dialog import Dialog
    from ums_actors.model.office import Office
    from ums_actors.protocol.messages import Event
    from ums_actors.runtime import LoopFuture

__all__ = ["Message"]


class Message:
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

    # -- what it says

    @property
    def event(self) -> Event:
        """The whole event as it came."""
        return self._said.record.event

    @property
    def body(self) -> Any:
        """The text, the structured content, or the parts of a file or form."""
        event = self.event
        rich = event.type == EventType.RICH_CONTENT
        return event.content if rich else event.message

    @property
    def text(self) -> str | None:
        """The text of a text message, None for others."""
        return self.event.text

    @property
    def content_type(self) -> str:
        """Such as ``text/plain``; empty for structured content."""
        return self.event.content_type

    @property
    def quick_replies(self) -> Any:
        """The answers it offers, if it does."""
        return self.event.quick_replies

    @property
    def message_audience(self) -> str:
        """ALL, or AGENTS_AND_MANAGERS."""
        return self._said.record.message_audience

    @property
    def is_private(self) -> bool:
        """Whether consumers do not see it."""
        return self.message_audience == MessageAudience.AGENTS_AND_MANAGERS

    @property
    def metadata(self) -> Any:
        """What rides beside it."""
        return self._said.record.metadata

    # -- a file

    @property
    def is_downloadable(self) -> bool:
        """Whether it is a file."""
        return self.content_type == ContentType.HOSTED_FILE and bool(self.relative_path)

    @property
    def relative_path(self) -> str | None:
        """Where the file is; :meth:`download` brings it."""
        return self._part("relativePath")

    @property
    def file_type(self) -> str | None:
        """Such as JPEG."""
        return self._part("fileType")

    @property
    def caption(self) -> str | None:
        """What stands beside the file."""
        return self._part("caption")

    @property
    def preview(self) -> str | None:
        """A small picture as a data URI."""
        return self._part("preview")

    def download(self) -> LoopFuture[bytes]:
        """Get the file; errors are those of the connection's ``download_file``.

        Raises:
            LocalProtocolError: it is no message of a file.
        """
        path = self.relative_path
        if path is None:
            raise LocalProtocolError(
                f"message {self.sequence} is {self.content_type!r}, no file: look at "
                "is_downloadable first"
            )
        return self._office.download_file(path)

    def _part(self, name: str) -> str | None:
        message: Any = self.event.message
        if self.content_type != ContentType.HOSTED_FILE or not is_object(message):
            return None
        found = message.get(name)
        return found if isinstance(found, str) else None

    # -- who said it

    @property
    def participant(self) -> Participant:
        """Who said it, also if they have left since."""
        record = self._said.record
        dialog = self.dialog
        if dialog is not None:
            found = dialog._find(record.user_id)
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
        return self._say(DeliveryStatus.ACCEPT)

    def read(self) -> LoopFuture[None]:
        """Say that it has been read; done when the service has taken that."""
        return self._say(DeliveryStatus.READ)

    def _say(self, status: DeliveryStatus) -> LoopFuture[None]:
        if self.sequence is None:
            raise LocalProtocolError(
                "the message has no sequence number, so nothing can be said of it"
            )
        call = publish_accept_status(
            self.conversation_id, self.dialog_id, [self.sequence], status
        )
        return self._office.ask(call, nothing)
