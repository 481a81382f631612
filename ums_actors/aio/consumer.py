"""The asyncio façade of a consumer's connection."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ums_actors.aio.awaited import awaited
from ums_actors.aio.base import AwaitableConnection, Opening
from ums_actors.connection import (
    ConsumerConnectionProxy,
    ConsumerWebsocketConnection,
    proxy_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["ConsumerConnection", "connect_consumer"]


class ConsumerConnection(AwaitableConnection[ConsumerConnectionProxy]):
    """A consumer's connection whose methods are coroutines."""

    create_conversation: Final = awaited(
        ConsumerWebsocketConnection.create_conversation
    )


def connect_consumer(
    account_id: str,
    *,
    timeout: float = 30.0,
    fail_fast: bool = False,
    wait_for_ready: bool = False,
    subscribe: Iterable[tuple[Any, ...]] = (),
    **more: Any,
) -> Opening[ConsumerConnection]:
    """Open a supervised consumer connection; await it, or use it in ``async with``.

    Args and errors are those of :func:`ums_actors.aio.connect`; ``more`` as for
    :class:`~ums_actors.connection.ConsumerWebsocketConnection`.
    """
    ref = ConsumerWebsocketConnection.start(account_id, subscribe=subscribe, **more)
    connection = ConsumerConnection(ref, proxy_of(ref), timeout)
    return Opening(connection, fail_fast, wait_for_ready)
