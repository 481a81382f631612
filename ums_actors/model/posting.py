"""Saying something that shall outlive the process: by way of the outbox."""

from __future__ import annotations

import abc
from typing import TYPE_CHECKING, Any

from ums_actors.model.office import brand_only
from ums_actors.protocol.enums import MessageAudience
from ums_actors.protocol.publishing import publish_file, publish_rich, publish_text

if TYPE_CHECKING:
    from ums_actors.files.parcel import Upload
    from ums_actors.model.office import Office
    from ums_actors.outbox.publication import Publication
    from ums_actors.runtime import LoopFuture

__all__ = ["Posting"]


class Posting(abc.ABC):
    """Each future is done when the message is durable.

    What is said goes out once, and in the order in which it was given; see the
    connection's ``publish``.
    """

    __slots__ = ()

    _office: Office

    @abc.abstractmethod
    def _place(self) -> tuple[str, str]:
        """Give the ids of the conversation and of the dialog in which it is said."""

    def publish_text(
        self, text: str, metadata: Any = None, quick_replies: Any = None
    ) -> LoopFuture[Publication]:
        """Say something, 1 to 8,000 characters."""
        call = publish_text(*self._place(), text, quick_replies=quick_replies)
        return self._office.publish(call, metadata)

    def publish_private(
        self, text: str, metadata: Any = None
    ) -> LoopFuture[Publication]:
        """Say something that consumers do not see; brands only."""
        brand_only(self._office, "send what consumers do not see")
        audience = MessageAudience.AGENTS_AND_MANAGERS
        call = publish_text(*self._place(), text, audience)
        return self._office.publish(call, metadata)

    def publish_rich(
        self, content: Any, metadata: Any = None, quick_replies: Any = None
    ) -> LoopFuture[Publication]:
        """Show structured content, 1 to 15,000 characters as JSON."""
        call = publish_rich(*self._place(), content, quick_replies)
        return self._office.publish(call, metadata)

    def publish_file(
        self,
        relative_path: str,
        file_type: str,
        *,
        caption: str = "",
        preview: str | None = None,
        metadata: Any = None,
    ) -> LoopFuture[Publication]:
        """Show a file that is on the file service already."""
        call = publish_file(
            *self._place(), relative_path, file_type, caption=caption, preview=preview
        )
        return self._office.publish(call, metadata)

    def publish_upload(
        self,
        file: Upload,
        caption: str = "",
        *,
        file_type: str | None = None,
        preview: str | None = None,
        metadata: Any = None,
    ) -> LoopFuture[Publication]:
        """Put a file on the file service and show it.

        Arguments and errors are those of the connection's own method.
        """
        conversation_id, dialog_id = self._place()
        return self._office.publish_upload(
            conversation_id,
            file,
            dialog_id=dialog_id,
            caption=caption,
            file_type=file_type,
            preview=preview,
            metadata=metadata,
        )
