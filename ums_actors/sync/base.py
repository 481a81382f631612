"""What both sides' blocking connections have in common."""

from __future__ import annotations

import queue
import time
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar

from ums_actors.connection import ConnectionProxy
from ums_actors.errors import ConnectionLost, Delivery

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

    from ums_actors.actors.events import Event
    from ums_actors.actors.subscribers import Target
    from ums_actors.connection import ConnectionStatus
    from ums_actors.runtime import LoopRef

__all__ = ["BlockingConnection"]

E = TypeVar("E", bound="Event")
P = TypeVar("P", bound=ConnectionProxy)

_POLL = 0.5
"""Seconds between looks whether the connection is still there."""
_ENDED = ("CLOSED", "FAILED")


class BlockingConnection(Generic[P]):
    """A connection whose methods wait for their answers; any thread.

    Leaving its ``with`` block closes it. :attr:`proxy` is the same connection for
    those who want futures.
    """

    def __init__(self, ref: LoopRef[Any], proxy: P, timeout: float) -> None:
        self.ref = ref
        self.proxy: P = proxy
        self._timeout = timeout

    def _open(self, fail_fast: bool) -> Self:
        """Wait until READY; leave nothing behind if that fails."""
        timeout = self._timeout
        try:
            self.proxy.open(timeout, fail_fast).get(timeout=timeout + 1.0)
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

    def get_clock(self) -> int:
        """Give the server's time in milliseconds."""
        return self.proxy.get_clock().get()

    def get_token(self) -> str:
        """Give a valid token."""
        return self.proxy.get_token().get(timeout=self._timeout)

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
