"""Publishing what shall outlive the process: by way of an outbox."""

from __future__ import annotations

import abc
from typing import TYPE_CHECKING, Any

from ums_actors.connection.delivering import Delivering
from ums_actors.connection.publishing import marked
from ums_actors.core.marks import PREFIX
from ums_actors.errors import NotSupported
from ums_actors.model.office import brand_only
from ums_actors.outbox import Letter
from ums_actors.protocol.beside import checked_encoded_metadata
from ums_actors.protocol.enums import MessageAudience
from ums_actors.protocol.envelopes import encode_part
from ums_actors.protocol.publishing import (
    PUBLISH_EVENT,
    publish_file,
    publish_rich,
    publish_text,
)
from ums_actors.runtime.steps import Steps, run_steps

if TYPE_CHECKING:
    from ums_actors.actors.courier import Courier
    from ums_actors.files.parcel import Upload
    from ums_actors.outbox.publication import Publication
    from ums_actors.protocol.requests import Call
    from ums_actors.runtime import LoopFuture

__all__ = ["Posting"]

_HIDE = "send what consumers do not see"


class Posting(Delivering, abc.ABC):
    """Messages that are durable before their first byte is written.

    Each goes out effectively once, those of a dialog in the order in which they were
    given, whatever their kinds and whatever becomes of line and process; see
    :class:`~ums_actors.Outbox`.
    """

    def publish(
        self, call: Call, metadata: Any = None, encoded_metadata: str | None = None
    ) -> LoopFuture[Publication]:
        """Publish a message by way of the outbox; done when it is durable.

        Nothing is durable before the first login, for the file is its user's.

        What becomes of it is told by ``publication.sent``, and by the event
        :class:`~ums_actors.PublishSettled`, which comes in a later process as well.

        Args:
            call: as a builder of :mod:`ums_actors.protocol.publishing` made it: text,
                structured content or a file. What it holds is kept as it is now.
            metadata: a list of objects with a ``type``, or one; no ExternalId.
            encoded_metadata: base64 text of at most 5 KiB that rides beside the body.

        Raises (through the future):
            LocalProtocolError: it is no message, cannot be written as JSON, or has an
                ExternalId already.
            NotSupported: the connection has no outbox, or consumers cannot do this.
            OutboxError: it could not be kept, and is not sent.
            Overloaded: too many wait.
        """
        letter = self._letter(call, metadata, encoded_metadata)
        courier = self._open_courier()
        courier.begin(self._deliver)
        return courier.post(letter)

    def publish_text(
        self,
        conversation_id: str,
        text: str,
        dialog_id: str | None = None,
        metadata: Any = None,
        *,
        quick_replies: Any = None,
        audience: str = MessageAudience.ALL,
    ) -> LoopFuture[Publication]:
        """Say something by way of the outbox; see :meth:`publish`.

        Args:
            conversation_id: where.
            text: 1 to 8,000 characters.
            dialog_id: the main dialog if not given.
            metadata: a list of objects with a ``type``, or one; no ExternalId.
            quick_replies: ``{"type": "quickReplies", "replies": […]}``.
            audience: ALL, or AGENTS_AND_MANAGERS for what consumers shall not see;
                brands only.
        """
        where = conversation_id if dialog_id is None else dialog_id
        call = publish_text(conversation_id, where, text, audience, quick_replies)
        return self.publish(call, metadata)

    def publish_rich(
        self,
        conversation_id: str,
        content: Any,
        dialog_id: str | None = None,
        metadata: Any = None,
        *,
        quick_replies: Any = None,
        audience: str = MessageAudience.ALL,
    ) -> LoopFuture[Publication]:
        """Show structured content by way of the outbox; see :meth:`publish`.

        It has 1 to 15,000 characters as JSON; the rest as for :meth:`publish_text`.
        """
        where = conversation_id if dialog_id is None else dialog_id
        call = publish_rich(conversation_id, where, content, quick_replies, audience)
        return self.publish(call, metadata)

    def publish_file(
        self,
        conversation_id: str,
        relative_path: str,
        file_type: str,
        *,
        dialog_id: str | None = None,
        caption: str = "",
        preview: str | None = None,
        metadata: Any = None,
    ) -> LoopFuture[Publication]:
        """Show a file that is on the file service already, by way of the outbox.

        See :meth:`publish`, and :meth:`publish_upload` for one that is not there yet.
        """
        where = conversation_id if dialog_id is None else dialog_id
        call = publish_file(
            conversation_id,
            where,
            relative_path,
            file_type,
            caption=caption,
            preview=preview,
        )
        return self.publish(call, metadata)

    def publish_upload(
        self,
        conversation_id: str,
        file: Upload,
        *,
        caption: str = "",
        dialog_id: str | None = None,
        file_type: str | None = None,
        preview: str | None = None,
        metadata: Any = None,
    ) -> LoopFuture[Publication]:
        """Put a file on the file service and show it by way of the outbox.

        Done when the message that shows it is durable. The outbox does not keep the
        file itself: if the process ends before, nothing is said. Arguments and further
        errors are those of :meth:`upload_file`.
        """
        uploaded = self._upload(
            conversation_id,
            file,
            caption=caption,
            dialog_id=dialog_id,
            file_type=file_type,
            preview=preview,
        )

        marked(metadata, PREFIX)
        self._open_courier()

        def steps() -> Steps[Publication]:
            shown = yield from uploaded
            publication: Publication = yield self.publish(shown, metadata)
            return publication

        return run_steps(steps())

    def _open_courier(self) -> Courier:
        """Give the courier, if it takes letters now.

        Raises:
            NotSupported: there is none.
            ConnectionLost: the connection is at rest.
        """
        courier = self._courier
        if courier is None:
            raise NotSupported(
                "there is no outbox: start the connection with outbox=Outbox(path)"
            )
        if self._kernel.at_rest():
            raise self._kernel.refusal(PUBLISH_EVENT)
        return courier

    def _letter(
        self, call: Call, metadata: Any, encoded_metadata: str | None
    ) -> Letter:
        """Write a message down as it is now.

        Raises:
            LocalProtocolError: it is none, or cannot be written.
            NotSupported: a consumer cannot hide what it says.
        """
        sought = self._sought(call)
        if call.body.get("messageAudience", MessageAudience.ALL) != MessageAudience.ALL:
            brand_only(self._kernel.conversations.office, _HIDE)
        return Letter(
            mark=sought.mark,
            conversation_id=sought.conversation_id,
            dialog_id=sought.dialog_id,
            base=sought.base,
            body=encode_part(call.type, call.body),
            metadata=encode_part(call.type, marked(metadata, sought.mark)),
            encoded_metadata=checked_encoded_metadata(encoded_metadata),
        )
