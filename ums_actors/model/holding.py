"""What a message holds: text, structured content, a file, or a form."""

from __future__ import annotations

import abc
from typing import TYPE_CHECKING, Any

from ums_actors.core.keeping import digest
from ums_actors.errors import LocalProtocolError
from ums_actors.model.office import consumer_only
from ums_actors.protocol import files, forms
from ums_actors.protocol.enums import ContentType, EventType, MessageAudience
from ums_actors.protocol.lenient import is_object

if TYPE_CHECKING:
    from ums_actors.core.talk import Said
    from ums_actors.model.office import Office
    from ums_actors.protocol.forms import FormKeys
    from ums_actors.protocol.messages import Event
    from ums_actors.runtime import LoopFuture
    from ums_actors.secret import Secret

__all__ = ["Holding"]

_FORMS = frozenset(
    {ContentType.SECURE_FORM_INVITATION, ContentType.SECURE_FORM_SUBMISSION}
)


class Holding(abc.ABC):
    """Parts that it does not hold are None."""

    __slots__ = ()

    _said: Said
    _office: Office

    @property
    @abc.abstractmethod
    def sequence(self) -> int | None:
        """Its number in the dialog, from 0."""

    @property
    @abc.abstractmethod
    def dialog_id(self) -> str:
        """The dialog it was said in."""

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
    def digest(self) -> str:
        """The SHA-256 of the body, in hexadecimal digits.

        Of a message that was loaded without bodies, which has no body, what was kept;
        so it can be compared. See ``ums_actors.core.kept`` for what it is of.
        """
        return self._said.digest or digest(self._said.record)

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
            raise self._no("file", "is_downloadable")
        return self._office.download_file(path)

    # -- a secure form

    @property
    def is_form_invitation(self) -> bool:
        """Whether a consumer is asked to fill a secure form in."""
        return self.content_type == ContentType.SECURE_FORM_INVITATION

    @property
    def is_form_submission(self) -> bool:
        """Whether a consumer has filled a secure form in."""
        return self.content_type == ContentType.SECURE_FORM_SUBMISSION

    @property
    def form_id(self) -> str | None:
        """Of an invitation: which form."""
        return self._form_part("formId")

    @property
    def form_title(self) -> str | None:
        """Of an invitation: what the consumer reads."""
        return self._form_part("title")

    @property
    def invitation_id(self) -> str | None:
        """Of an invitation, and of the submission that belongs to it."""
        return self._form_part("invitationId")

    @property
    def submission_id(self) -> str | None:
        """Of a submission."""
        return self._form_part("submissionId")

    def get_form_token(self) -> LoopFuture[Secret]:
        """Get the key with which a submitted form can be read, once, at the tokenizer.

        Raises:
            LocalProtocolError: it is no submission.
        """
        submission, invitation = self.submission_id, self.invitation_id
        if submission is None or invitation is None:
            raise self._no("submission of a form", "is_form_submission")
        call = files.download_token(self.dialog_id, submission, invitation)
        return self._office.ask(call, call.read)

    def get_form_keys(self) -> LoopFuture[FormKeys]:
        """Get the keys with which the form of an invitation can be filled in, once.

        Consumers only; then :meth:`Dialog.send_form_submission` says that it was.

        Raises:
            LocalProtocolError: it is no invitation.
            NotSupported: the connection is a brand's.
        """
        form, invitation = self.form_id, self.invitation_id
        if form is None or invitation is None:
            raise self._no("invitation to a form", "is_form_invitation")
        consumer_only(self._office, "fill forms in")
        call = forms.upload_token(self.dialog_id, form, invitation)
        return self._office.ask(call, call.read)

    # -- parts

    def _no(self, what: str, look: str) -> LocalProtocolError:
        return LocalProtocolError(
            f"message {self.sequence} is {self.content_type!r}, no {what}: look at "
            f"{look} first"
        )

    def _part(self, name: str) -> str | None:
        return (
            self._text(name) if self.content_type == ContentType.HOSTED_FILE else None
        )

    def _form_part(self, name: str) -> str | None:
        return self._text(name, numbers=True) if self.content_type in _FORMS else None

    def _text(self, name: str, *, numbers: bool = False) -> str | None:
        message: Any = self.event.message
        found = message.get(name) if is_object(message) else None
        if numbers and type(found) is int:  # ids of forms are
            return str(found)
        return found if isinstance(found, str) else None
