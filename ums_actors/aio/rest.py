"""The asyncio façade of a brand's connection without a websocket."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ums_actors.aio.awaited import awaited
from ums_actors.aio.base import Opening
from ums_actors.aio.brand import AnyBrandConnection
from ums_actors.connection import (
    BrandRestConnection,
    BrandRestConnectionProxy,
    proxy_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["RestConnection", "connect_rest"]


class RestConnection(AnyBrandConnection[BrandRestConnectionProxy]):
    """A brand's connection by REST whose methods are coroutines.

    Those that the service does not offer raise NotSupported.
    """

    get_conversation_by_id: Final = awaited(BrandRestConnection.get_conversation_by_id)
    get_dialog: Final = awaited(BrandRestConnection.get_dialog)
    get_participant: Final = awaited(BrandRestConnection.get_participant)
    remove_participant: Final = awaited(BrandRestConnection.remove_participant)


def connect_rest(
    account_id: str,
    *,
    timeout: float = 30.0,
    fail_fast: bool = False,
    subscribe: Iterable[tuple[Any, ...]] = (),
    **more: Any,
) -> Opening[RestConnection]:
    """Open a brand connection that makes HTTP calls; await it, or ``async with``.

    Args and errors are those of :func:`ums_actors.aio.connect`; ``more`` as for
    :class:`~ums_actors.BrandRestConnection`.
    """
    ref = BrandRestConnection.start(account_id, subscribe=subscribe, **more)
    connection = RestConnection(ref, proxy_of(ref), timeout)
    return Opening(connection, fail_fast, wait_for_ready=False)
