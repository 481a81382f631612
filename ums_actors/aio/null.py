"""The asyncio façade of a connection that only hears."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ums_actors.aio.base import AwaitableConnection, Opening
from ums_actors.connection import NullConnection, NullConnectionProxy, proxy_of

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["connect_null"]


def connect_null(
    account_id: str,
    *,
    timeout: float = 30.0,
    subscribe: Iterable[tuple[Any, ...]] = (),
    **more: Any,
) -> Opening[AwaitableConnection[NullConnectionProxy]]:
    """Start a connection that hears its webhooks; await it, or use ``async with``.

    Args:
        account_id: the brand's account.
        timeout: seconds for the opening and for the closing.
        subscribe: who hears from the first event on: such as
            ``[(handler, MessageReceived)]``; a target alone hears all.
        more: as for :class:`~ums_actors.NullConnection`.
    """
    ref = NullConnection.start(account_id, subscribe=subscribe, **more)
    connection = AwaitableConnection(ref, proxy_of(ref), timeout)
    return Opening(connection, fail_fast=False, wait_for_ready=False)
