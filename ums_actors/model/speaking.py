"""Saying something in a dialog, and asking what was said."""

from __future__ import annotations

import abc
from typing import TYPE_CHECKING, Any

from ums_actors.model.message import Message
from ums_actors.model.office import brand_only, consumer_only, nothing
from ums_actors.protocol import brand
from ums_actors.protocol.enums import DeliveryStatus, MessageAudience
from ums_actors.protocol.forms import (
    publish_form_invitation,
    publish_form_submission,
)
from ums_actors.protocol.publishing import (
    checked_sequences,
    publish_accept_status,
    publish_chat_state,
    publish_file,
    publish_rich,
    publish_text,
)
from ums_actors.protocol.records import read_message_events, read_sequence
from ums_actors.runtime import LoopFuture

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ums_actors.files.parcel import Upload
    from ums_actors.model.office import Office
    from ums_actors.protocol.requests import Call

__all__ = ["Speaking"]


class Speaking(abc.ABC):
    """What is said goes to the service; each future is done when that has taken it."""

    __slots__ = ()

    _office: Office
    dialog_id: str

    @property
    @abc.abstractmethod
    def conversation_id(self) -> str:
        """The conversation's id."""

    def send_text(
        self,
        text: str,
        metadata: Any = None,
        quick_replies: Any = None,
        *,
        effectively_once: bool = False,
    ) -> LoopFuture[int]:
        """Say something; done with the message's number in the dialog.

        Args:
            text: 1 to 8,000 characters.
            metadata: a list of objects with a ``type``, or one.
            quick_replies: ``{"type": "quickReplies", "replies": […]}``.
            effectively_once: see to it that it is said once, also if its answer is
                lost; see the connection's ``publish_once``.
        """
        call = publish_text(*self._place(), text, quick_replies=quick_replies)
        return self._publish(call, metadata, once=effectively_once)

    def send_private(self, text: str, metadata: Any = None) -> LoopFuture[int]:
        """Say something that consumers do not see; brands only."""
        brand_only(self._office, "send what consumers do not see")
        audience = MessageAudience.AGENTS_AND_MANAGERS
        call = publish_text(*self._place(), text, audience)
        return self._office.ask(call, read_sequence, metadata=metadata)

    def send_rich(
        self,
        content: Any,
        metadata: Any = None,
        quick_replies: Any = None,
        *,
        effectively_once: bool = False,
    ) -> LoopFuture[int]:
        """Show structured content, 1 to 15,000 characters as JSON."""
        call = publish_rich(*self._place(), content, quick_replies)
        return self._publish(call, metadata, once=effectively_once)

    def send_file(
        self,
        relative_path: str,
        file_type: str,
        *,
        caption: str = "",
        preview: str | None = None,
        metadata: Any = None,
    ) -> LoopFuture[int]:
        """Show a file that is on the file service already."""
        call = publish_file(
            *self._place(), relative_path, file_type, caption=caption, preview=preview
        )
        return self._office.ask(call, read_sequence, metadata=metadata)

    def upload_file(
        self,
        file: Upload,
        caption: str = "",
        *,
        file_type: str | None = None,
        preview: str | None = None,
        metadata: Any = None,
    ) -> LoopFuture[int]:
        """Put a file on the file service and show it; done with its message's number.

        Arguments and errors are those of the connection's own method.
        """
        return self._office.upload_file(
            self.conversation_id,
            file,
            dialog_id=self.dialog_id,
            caption=caption,
            file_type=file_type,
            preview=preview,
            metadata=metadata,
        )

    def send_form_invitation(
        self,
        form_id: str | int,
        title: str,
        invitation_id: str | None = None,
        metadata: Any = None,
    ) -> LoopFuture[int]:
        """Ask the consumer to fill a secure form in; brands only.

        Args:
            form_id: of a form that is set up for the account.
            title: what the consumer reads.
            invitation_id: by which the submission is known; a new one if not given,
                which the message has.
            metadata: a list of objects with a ``type``, or one.
        """
        brand_only(self._office, "invite to forms")
        call = publish_form_invitation(*self._place(), form_id, title, invitation_id)
        return self._office.ask(call, read_sequence, metadata=metadata)

    def send_form_submission(
        self, submission_id: str, invitation_id: str, metadata: Any = None
    ) -> LoopFuture[int]:
        """Say that a secure form has been filled in; consumers only.

        Args:
            submission_id: under which the tokenizer has it.
            invitation_id: of the invitation.
            metadata: a list of objects with a ``type``, or one.
        """
        consumer_only(self._office, "fill forms in")
        call = publish_form_submission(*self._place(), submission_id, invitation_id)
        return self._office.ask(call, read_sequence, metadata=metadata)

    def send_accept_status(
        self, sequences: Iterable[int], status: str = DeliveryStatus.ACCEPT
    ) -> LoopFuture[None]:
        """Say what became of messages, by their numbers; of none is nothing."""
        numbers = checked_sequences(sequences)
        if not numbers:
            return LoopFuture.of(None)
        call = publish_accept_status(*self._place(), numbers, status)
        return self._office.ask(call, nothing)

    def send_read_status(self, sequences: Iterable[int]) -> LoopFuture[None]:
        """Say that messages have been read."""
        return self.send_accept_status(sequences, DeliveryStatus.READ)

    def set_chat_state(self, chat_state: str) -> LoopFuture[None]:
        """Say what one is doing: COMPOSING, PAUSE, ACTIVE or another."""
        return self._office.ask(publish_chat_state(*self._place(), chat_state), nothing)

    def query_messages(
        self,
        newer_than: int | None = None,
        older_than: int | None = None,
        max_quantity: int | None = None,
    ) -> LoopFuture[list[Message]]:
        """Ask for messages of the dialog, by their numbers; brands only.

        They are among its ``messages`` then, as far as there is room.

        Args:
            newer_than: only such as come after this number.
            older_than: only such as come before this one.
            max_quantity: so many at most.
        """
        brand_only(self._office, "query messages")
        conversation_id, dialog_id = self._place()
        office = self._office
        call = brand.query_messages(dialog_id, newer_than, older_than, max_quantity)

        def messages(body: Any) -> list[Message]:
            said = office.keep(read_message_events(body), conversation_id, dialog_id)
            return [Message(each, office) for each in said]

        return office.ask(call, messages, resend=True)

    def _publish(self, call: Call, metadata: Any, *, once: bool) -> LoopFuture[int]:
        if once:
            return self._office.publish_once(call, metadata)
        return self._office.ask(call, read_sequence, metadata=metadata)

    def _place(self) -> tuple[str, str]:
        return self.conversation_id, self.dialog_id
