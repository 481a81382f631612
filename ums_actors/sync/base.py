"""What both sides' blocking connections have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar, overload

from ums_actors.connection import ConnectionProxy
from ums_actors.connection.listening import LIMIT

if TYPE_CHECKING:
    from types import TracebackType

    from ums_actors.actors.events import Event
    from ums_actors.actors.iterator import EventIterator
    from ums_actors.actors.selection import Where
    from ums_actors.actors.subscribers import Target
    from ums_actors.connection import ConnectionStatus
    from ums_actors.connection.model import Saved
    from ums_actors.files.parcel import Upload
    from ums_actors.model.conversation import Conversation
    from ums_actors.outbox.publication import Publication
    from ums_actors.protocol.profiles import BrandProfile, UserProfile
    from ums_actors.protocol.requests import Call, Plain, Request
    from ums_actors.protocol.webhooks import WebhookBody
    from ums_actors.runtime import LoopRef

__all__ = ["BlockingConnection"]

E = TypeVar("E", bound="Event")
P = TypeVar("P", bound=ConnectionProxy)
T = TypeVar("T")


class BlockingConnection(Generic[P]):
    """A connection whose methods wait for their answers; any thread.

    Leaving its ``with`` block closes it. :attr:`proxy` is the same connection for
    those who want futures.

    What each argument is, and what can go wrong, say the methods of that name of
    :class:`~ums_actors.BrandWebsocketConnection` and its consumer's counterpart; errors
    are raised here. Requests wait for their answers as long as
    :class:`~ums_actors.Options` lets them, all else for the ``timeout`` of the opening
    (then TimeoutError).
    """

    def __init__(self, ref: LoopRef[Any], proxy: P, timeout: float) -> None:
        self.ref = ref
        self.proxy: P = proxy
        self._timeout = timeout

    def _open(self, fail_fast: bool, wait_for_ready: bool) -> Self:
        """Wait until READY; leave nothing behind if that fails."""
        timeout = self._timeout
        try:
            opened = self.proxy.open(timeout, fail_fast, wait_for_ready)
            opened.get(timeout=timeout + 1.0)
        except BaseException:
            self.close()
            raise
        return self

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection and stop its actors; idempotent."""
        self.ref.stop(timeout=self._timeout)

    @overload
    def send(
        self,
        request: Request[T],
        timeout: float | None = None,
        resend: bool = False,
        encoded_metadata: str | None = None,
    ) -> T: ...
    @overload
    def send(
        self,
        request: Plain,
        timeout: float | None = None,
        resend: bool = False,
        encoded_metadata: str | None = None,
    ) -> Any: ...
    def send(
        self,
        request: Request[Any] | Plain,
        timeout: float | None = None,
        resend: bool = False,
        encoded_metadata: str | None = None,
    ) -> Any:
        """Send a request; gives its typed answer, or the body of its response.

        See the connection's own method.
        """
        # bounded by the queue and request timeouts, whatever the façade's own is
        return self.proxy.send(request, timeout, resend, encoded_metadata).get()

    def send_text(
        self,
        conversation_id: str,
        text: str,
        dialog_id: str | None = None,
        metadata: Any = None,
        effectively_once: bool = False,
        *,
        quick_replies: Any = None,
    ) -> int:
        """Say something; gives the message's sequence number."""
        return self.proxy.send_text(
            conversation_id,
            text,
            dialog_id,
            metadata,
            effectively_once,
            quick_replies=quick_replies,
        ).get()

    def publish(
        self, call: Call, metadata: Any = None, encoded_metadata: str | None = None
    ) -> Publication:
        """Publish a message by way of the outbox; returns when it is durable."""
        return self.proxy.publish(call, metadata, encoded_metadata).get()

    def publish_text(
        self,
        conversation_id: str,
        text: str,
        dialog_id: str | None = None,
        metadata: Any = None,
        **more: Any,
    ) -> Publication:
        """Say something by way of the outbox; returns when it is durable."""
        return self.proxy.publish_text(
            conversation_id, text, dialog_id, metadata, **more
        ).get()

    def publish_rich(
        self,
        conversation_id: str,
        content: Any,
        dialog_id: str | None = None,
        metadata: Any = None,
        **more: Any,
    ) -> Publication:
        """Show structured content by way of the outbox; returns when it is durable."""
        return self.proxy.publish_rich(
            conversation_id, content, dialog_id, metadata, **more
        ).get()

    def publish_file(
        self, conversation_id: str, relative_path: str, file_type: str, **more: Any
    ) -> Publication:
        """Show a file by way of the outbox; returns when that is durable."""
        return self.proxy.publish_file(
            conversation_id, relative_path, file_type, **more
        ).get()

    def publish_upload(
        self, conversation_id: str, file: Upload, **more: Any
    ) -> Publication:
        """Upload a file, and show it by way of the outbox."""
        return self.proxy.publish_upload(conversation_id, file, **more).get()

    def upload_file(self, conversation_id: str, file: Upload, **more: Any) -> int:
        """Put a file on the file service and show it; gives its message's number."""
        return self.proxy.upload_file(conversation_id, file, **more).get()

    def download_file(self, relative_path: str) -> bytes:
        """Get a file by the path in its message."""
        return self.proxy.download_file(relative_path).get()

    def get_clock(self) -> int:
        """Give the server's time in milliseconds."""
        return self.proxy.get_clock().get()

    def get_token(self) -> str:
        """Give a valid token."""
        return self.proxy.get_token().get(timeout=self._timeout)

    def refresh_token(self) -> None:
        """Refresh the token now; one that is dead is replaced by a new login."""
        self.proxy.refresh_token().get(timeout=self._timeout)

    def get_conversation(self, conversation_id: str) -> Conversation | None:
        """Give a conversation as an object that is kept true; None if unknown."""
        found = self.proxy.get_conversation(conversation_id)
        return found.get(timeout=self._timeout)

    def get_all_known_conversations(self) -> tuple[Conversation, ...]:
        """Give all conversations that a subscription shows."""
        return self.proxy.get_all_known_conversations().get(timeout=self._timeout)

    def save_conversations(self, bodies: bool = True) -> bytes:
        """Write down all conversations, and the place in each dialog."""
        return self.proxy.save_conversations(bodies).get(timeout=self._timeout)

    def load_conversations(self, data: Saved) -> tuple[Conversation, ...]:
        """Take over what was saved; ``memory=`` does so before the first line."""
        return self.proxy.load_conversations(data).get(timeout=self._timeout)

    def load_conversation(self, data: Saved) -> Conversation:
        """Take over one conversation that its ``serialize()`` gave."""
        return self.proxy.load_conversation(data).get(timeout=self._timeout)

    def close_conversation(self, conversation_id: str) -> str:
        """Close a conversation with all its dialogs."""
        return self.proxy.close_conversation(conversation_id).get()

    def close_dialog(
        self,
        conversation_id: str,
        dialog_id: str,
        dialog_close_reason: str | None = None,
        cause: str | None = None,
    ) -> str:
        """Close one dialog."""
        return self.proxy.close_dialog(
            conversation_id, dialog_id, dialog_close_reason, cause
        ).get()

    def create_conversation_subscription(
        self, query: Any = None, wait_for_ready: bool = False
    ) -> str:
        """Subscribe to conversations, on this line and all later ones."""
        return self.proxy.create_conversation_subscription(query, wait_for_ready).get()

    def status(self) -> ConnectionStatus:
        """Tell how the connection is doing."""
        return self.proxy.status().get(timeout=self._timeout)

    def update_conversation_subscription(
        self, subscription_id: str, query: Any
    ) -> None:
        """Put another query in the place of a subscription's own."""
        self.proxy.update_conversation_subscription(subscription_id, query).get()

    def unsubscribe_conversations(self, subscription_id: str) -> None:
        """End a subscription for good."""
        self.proxy.unsubscribe_conversations(subscription_id).get()

    def get_user_profile(self, user_id: str | None = None) -> UserProfile:
        """Give a user's profile; the own one if nobody is named."""
        return self.proxy.get_user_profile(user_id).get()

    def get_brand_profile(self) -> BrandProfile:
        """Give what the brand says of itself."""
        return self.proxy.get_brand_profile().get()

    def catch_up(self, dialog_id: str) -> None:
        """Wait until all that was said in a dialog by now has been handed out."""
        self.proxy.catch_up(dialog_id).get()

    def process_webhooks_notification(self, body: WebhookBody) -> None:
        """Take the body of a webhook; returns when it has been handed on."""
        self.proxy.process_webhooks_notification(body).get(timeout=self._timeout)

    def set_user_profile(self, profile: Any) -> str:
        """Set the parts of the own profile that are given."""
        return self.proxy.set_user_profile(profile).get()

    def subscribe(
        self,
        target: Target,
        *kinds: type[Event],
        where: Where | None = None,
        conversation_id: str | None = None,
        dialog_id: str | None = None,
    ) -> str:
        """Hear events by a callback, an actor or a queue."""
        return self.proxy.subscribe(
            target,
            *kinds,
            where=where,
            conversation_id=conversation_id,
            dialog_id=dialog_id,
        ).get(timeout=self._timeout)

    def subscribe_notifications(self, target: Target, *types: str) -> str:
        """Hear notifications of these types as they come, or all."""
        return self.proxy.subscribe_notifications(target, *types).get(
            timeout=self._timeout
        )

    def unsubscribe(self, handle: str) -> bool:
        """Hear no more."""
        return self.proxy.unsubscribe(handle).get(timeout=self._timeout)

    def events(
        self,
        *kinds: type[E],
        where: Where | None = None,
        conversation_id: str | None = None,
        dialog_id: str | None = None,
        timeout: float | None = None,
        limit: int = LIMIT,
    ) -> EventIterator[E]:
        """Iterate over events; subscribed from this call on, until it is closed.

        Args:
            kinds: event classes, or all.
            where: tells of an event whether it is wanted; must not block.
            conversation_id: hear of this conversation alone.
            dialog_id: hear of this dialog alone.
            timeout: seconds without an event after which the iteration ends.
            limit: events that may wait; the oldest are dropped beyond.

        Raises:
            ConnectionLost: (by the iteration) the connection came to rest.
        """
        return self.proxy.events(
            *kinds,
            where=where,
            conversation_id=conversation_id,
            dialog_id=dialog_id,
            timeout=timeout,
            limit=limit,
            strict=True,
        )
