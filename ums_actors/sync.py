"""The blocking façade, for scripts and threads."""

from __future__ import annotations

import queue
import time
from typing import TYPE_CHECKING, Any, Self, TypeVar

from ums_actors.connection import (
    BrandConnectionProxy,
    BrandWebsocketConnection,
    ConnectionStatus,
    proxy_of,
)
from ums_actors.errors import ConnectionLost, Delivery

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

    from ums_actors.actors.events import Event
    from ums_actors.actors.subscribers import Target
    from ums_actors.protocol.records import MessageEvent
    from ums_actors.runtime import LoopRef

__all__ = ["Connection", "connect"]

E = TypeVar("E", bound="Event")

_POLL = 0.5
"""Seconds between looks whether the connection is still there."""
_ENDED = ("CLOSED", "FAILED")


def connect(
    account_id: str, *, timeout: float = 30.0, fail_fast: bool = False, **more: Any
) -> Connection:
    """Open a supervised brand connection and wait until it is READY.

    Args:
        account_id: the brand's account.
        timeout: seconds for the opening, and for each later call.
        fail_fast: raise at the first failure instead of trying on until ``timeout``.
        more: as for :class:`~ums_actors.connection.BrandWebsocketConnection`.

    Raises:
        AuthenticationRejected: the credentials are refused.
        TimeoutError: not READY in time; nothing is left behind.
    """
    connection = Connection(BrandWebsocketConnection.start(account_id, **more), timeout)
    try:
        connection.proxy.open(timeout, fail_fast).get(timeout=timeout + 1.0)
    except BaseException:
        connection.close()
        raise
    return connection


class Connection:
    """A connection whose methods wait for their answers; any thread.

    Leaving its ``with`` block closes it. :attr:`proxy` is the same connection for
    those who want futures.
    """

    def __init__(self, ref: LoopRef[BrandWebsocketConnection], timeout: float) -> None:
        self.ref = ref
        self.proxy: BrandConnectionProxy = proxy_of(ref)
        self._timeout = timeout

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

    def send(
        self, request: Any, timeout: float | None = None, resend: bool = False
    ) -> Any:
        """Send a request and give the body of its response."""
        # bounded by the queue and request timeouts, whatever the façade's own is
        return self.proxy.send(request, timeout, resend).get()

    def send_text(
        self,
        conversation_id: str,
        text: str,
        dialog_id: str | None = None,
        metadata: Any = None,
    ) -> int:
        """Say something; gives the message's sequence number."""
        return self.proxy.send_text(conversation_id, text, dialog_id, metadata).get()

    def query_messages(
        self, dialog_id: str, newer_than: int | None = None
    ) -> list[MessageEvent]:
        """Ask for a dialog's events after a sequence number."""
        return self.proxy.query_messages(dialog_id, newer_than).get()

    def get_clock(self) -> int:
        """Give the server's time in milliseconds."""
        return self.proxy.get_clock().get()

    def get_token(self) -> str:
        """Give a valid token."""
        return self.proxy.get_token().get(timeout=self._timeout)

    def set_agent_state(self, agent_state: str, agent_id: str | None = None) -> None:
        """Set the availability."""
        self.proxy.set_agent_state(agent_state, agent_id).get()

    def join_dialog(
        self, conversation_id: str, dialog_id: str, participant_role: str
    ) -> str:
        """Take part in a dialog."""
        return self.proxy.join_dialog(
            conversation_id, dialog_id, participant_role
        ).get()

    def leave_dialog(
        self, conversation_id: str, dialog_id: str, participant_role: str
    ) -> str:
        """Take part no more."""
        return self.proxy.leave_dialog(
            conversation_id, dialog_id, participant_role
        ).get()

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

    def transfer_conversation(self, conversation_id: str, **where: Any) -> str:
        """Hand a conversation over; see the connection's own method."""
        return self.proxy.transfer_conversation(conversation_id, **where).get()

    def create_conversation_subscription(
        self, query: Any = None, wait_for_ready: bool = False
    ) -> str:
        """Subscribe to conversations, on this line and all later ones."""
        return self.proxy.create_conversation_subscription(query, wait_for_ready).get()

    def status(self) -> ConnectionStatus:
        """Tell how the connection is doing."""
        return self.proxy.status().get(timeout=self._timeout)

    def subscribe(self, target: Target, *kinds: type[Event]) -> str:
        """Hear events by a callback, an actor or a queue."""
        return self.proxy.subscribe(target, *kinds).get(timeout=self._timeout)

    def unsubscribe(self, handle: str) -> bool:
        """Hear no more."""
        return self.proxy.unsubscribe(handle).get(timeout=self._timeout)

    def events(
        self, *kinds: type[E], timeout: float | None = None, limit: int = 10_000
    ) -> Iterator[E]:
        """Iterate over events; subscribed from this call on.

        Args:
            kinds: event classes, or all.
            timeout: seconds without an event after which the iteration ends.
            limit: events that may wait; the oldest are dropped beyond.

        Raises:
            ConnectionLost: the connection came to rest while you waited.
        """
        waiting: queue.Queue[E] = queue.Queue(limit)
        handle = self.subscribe(waiting, *kinds)
        return self._events(waiting, handle, timeout)

    def _events(
        self, waiting: queue.Queue[E], handle: str, timeout: float | None
    ) -> Iterator[E]:
        last = time.monotonic()
        try:
            while True:
                try:
                    yield waiting.get(timeout=min(_POLL, timeout or _POLL))
                    last = time.monotonic()
                except queue.Empty:
                    if timeout is not None and time.monotonic() - last >= timeout:
                        return
                    self._check_alive()
        finally:
            if self.ref.is_alive():
                self.unsubscribe(handle)

    def _check_alive(self) -> None:
        state = self.status().state if self.ref.is_alive() else "CLOSED"
        if state in _ENDED:
            raise ConnectionLost(
                f"the connection is {state}: no more events will come",
                delivery=Delivery.NOT_SENT,
            )
