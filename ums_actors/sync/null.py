"""The blocking façade of a connection that only hears."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ums_actors.connection import NullConnection, NullConnectionProxy, proxy_of
from ums_actors.sync.base import BlockingConnection

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["connect_null"]


def connect_null(
    account_id: str,
    *,
    timeout: float = 30.0,
    subscribe: Iterable[tuple[Any, ...]] = (),
    **more: Any,
) -> BlockingConnection[NullConnectionProxy]:
    """Start a connection that hears what its webhooks bring; it is READY.

    Args:
        account_id: the brand's account.
        timeout: seconds for each later call.
        subscribe: who hears from the first event on: such as
            ``[(handler, MessageReceived)]``; a target alone hears all.
        more: as for :class:`~ums_actors.NullConnection`.
    """
    ref = NullConnection.start(account_id, subscribe=subscribe, **more)
    connection = BlockingConnection(ref, proxy_of(ref), timeout)
    return connection._open(fail_fast=False, wait_for_ready=False)
