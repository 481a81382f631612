"""What both sides' asyncio connections have in common."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final, Generic, Self, TypeVar, overload

from ums_actors.aio.awaited import awaited
from ums_actors.connection import ConnectionProxy
from ums_actors.connection.listening import LIMIT
from ums_actors.connection.model import Model

if TYPE_CHECKING:
    from collections.abc import Coroutine, Generator
    from types import TracebackType

    from ums_actors.actors.events import Event
    from ums_actors.actors.iterator import EventIterator
    from ums_actors.actors.selection import Where
    from ums_actors.protocol.requests import Plain, Request
    from ums_actors.runtime import LoopRef

__all__ = ["AwaitableConnection", "Opening"]

E = TypeVar("E", bound="Event")
P = TypeVar("P", bound=ConnectionProxy)
C = TypeVar("C", bound="AwaitableConnection[Any]")
T = TypeVar("T")


class AwaitableConnection(Generic[P]):
    """A connection whose methods are coroutines; for one asyncio loop at a time.

    Leaving its ``async with`` block closes it. :attr:`proxy` is the same connection
    for those who want futures, which can be awaited too. A call that is cancelled
    while it waits gives up its request: it is not sent if it was not yet, and a late
    answer is counted. What is said below to be raised through a future is raised by
    ``await``.
    """

    def __init__(self, ref: LoopRef[Any], proxy: P, timeout: float) -> None:
        self.ref = ref
        self.proxy: P = proxy
        self._timeout = timeout

    async def _open(self, fail_fast: bool, wait_for_ready: bool) -> Self:
        """Wait until READY; leave nothing behind if that fails."""
        try:
            await self.proxy.open(self._timeout, fail_fast, wait_for_ready)
        except BaseException:
            await self.close()
            raise
        return self

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connection and stop its actors; idempotent.

        Cancelling it does not stop the closing.
        """
        async with asyncio.timeout(self._timeout):
            await self.ref.stop(block=False)

    if TYPE_CHECKING:  # ParamSpec knows no overloads

        @overload
        def send(
            self,
            request: Request[T],
            timeout: float | None = None,
            resend: bool = False,
            encoded_metadata: str | None = None,
        ) -> Coroutine[Any, Any, T]: ...
        @overload
        def send(
            self,
            request: Plain,
            timeout: float | None = None,
            resend: bool = False,
            encoded_metadata: str | None = None,
        ) -> Coroutine[Any, Any, Any]: ...
        def send(
            self, request: Any, *args: Any, **more: Any
        ) -> Coroutine[Any, Any, Any]:
            """Send a request; see the connection's own method."""
            raise NotImplementedError

    else:
        send = awaited(Model.send)

    send_text: Final = awaited(Model.send_text)
    publish: Final = awaited(Model.publish)
    publish_text: Final = awaited(Model.publish_text)
    publish_rich: Final = awaited(Model.publish_rich)
    publish_file: Final = awaited(Model.publish_file)
    publish_upload: Final = awaited(Model.publish_upload)
    publish_once: Final = awaited(Model.publish_once)
    upload_file: Final = awaited(Model.upload_file)
    download_file: Final = awaited(Model.download_file)
    get_clock: Final = awaited(Model.get_clock)
    get_token: Final = awaited(Model.get_token)
    refresh_token: Final = awaited(Model.refresh_token)
    get_conversation: Final = awaited(Model.get_conversation)
    get_all_known_conversations: Final = awaited(Model.get_all_known_conversations)
    save_conversations: Final = awaited(Model.save_conversations)
    load_conversations: Final = awaited(Model.load_conversations)
    load_conversation: Final = awaited(Model.load_conversation)
    close_conversation: Final = awaited(Model.close_conversation)
    close_dialog: Final = awaited(Model.close_dialog)
    create_conversation_subscription: Final = awaited(
        Model.create_conversation_subscription
    )
    update_conversation_subscription: Final = awaited(
        Model.update_conversation_subscription
    )
    unsubscribe_conversations: Final = awaited(Model.unsubscribe_conversations)
    get_user_profile: Final = awaited(Model.get_user_profile)
    set_user_profile: Final = awaited(Model.set_user_profile)
    get_brand_profile: Final = awaited(Model.get_brand_profile)
    catch_up: Final = awaited(Model.catch_up)
    process_webhooks_notification: Final = awaited(Model.process_webhooks_notification)
    status: Final = awaited(Model.status)
    wait_ready: Final = awaited(Model.wait_ready)
    wait_closed: Final = awaited(Model.wait_closed)
    reconnect_now: Final = awaited(Model.reconnect_now)
    subscribe: Final = awaited(Model.subscribe)
    subscribe_notifications: Final = awaited(Model.subscribe_notifications)
    unsubscribe: Final = awaited(Model.unsubscribe)

    def events(
        self,
        *kinds: type[E],
        where: Where | None = None,
        conversation_id: str | None = None,
        dialog_id: str | None = None,
        limit: int = LIMIT,
    ) -> EventIterator[E]:
        """Iterate over events by ``async for``; subscribed from this call on.

        Args:
            kinds: event classes, or all.
            where: tells of an event whether it is wanted; must not block.
            conversation_id: hear of this conversation alone.
            dialog_id: hear of this dialog alone.
            limit: events that may wait; the oldest are dropped beyond.

        Raises:
            ConnectionLost: (by the iteration) the connection came to rest.
        """
        return self.proxy.events(
            *kinds,
            where=where,
            conversation_id=conversation_id,
            dialog_id=dialog_id,
            limit=limit,
            strict=True,
        )


class Opening(Generic[C]):
    """A connection that is being opened: to be awaited, or for ``async with``."""

    def __init__(self, connection: C, fail_fast: bool, wait_for_ready: bool) -> None:
        self._connection = connection
        self._how = fail_fast, wait_for_ready

    def __await__(self) -> Generator[Any, None, C]:
        return self._connection._open(*self._how).__await__()

    async def __aenter__(self) -> C:
        return await self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._connection.close()
