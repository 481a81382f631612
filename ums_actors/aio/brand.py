"""The asyncio façade of a brand's connection."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeVar

from ums_actors.aio.awaited import awaited
from ums_actors.aio.base import AwaitableConnection, Opening
from ums_actors.connection import (
    BrandConnectionProxy,
    BrandWebsocketConnection,
    proxy_of,
)
from ums_actors.connection.brand_access import BrandAccess as _Brand
from ums_actors.connection.proxy import AnyBrandConnectionProxy

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["AnyBrandConnection", "Connection", "connect"]

B = TypeVar("B", bound=AnyBrandConnectionProxy)


class AnyBrandConnection(AwaitableConnection[B]):
    """What the asyncio connections of a brand's user have in common."""

    query_messages: Final = awaited(_Brand.query_messages)
    set_agent_state: Final = awaited(_Brand.set_agent_state)
    join_dialog: Final = awaited(_Brand.join_dialog)
    leave_dialog: Final = awaited(_Brand.leave_dialog)
    transfer_conversation: Final = awaited(_Brand.transfer_conversation)
    create_conversation: Final = awaited(_Brand.create_conversation)
    create_routing_task_subscription: Final = awaited(
        _Brand.create_routing_task_subscription
    )
    update_routing_task_subscription: Final = awaited(
        _Brand.update_routing_task_subscription
    )
    unsubscribe_routing_tasks: Final = awaited(_Brand.unsubscribe_routing_tasks)
    subscribe_agents_state: Final = awaited(_Brand.subscribe_agents_state)
    unsubscribe_agents_state: Final = awaited(_Brand.unsubscribe_agents_state)
    set_brand_profile: Final = awaited(_Brand.set_brand_profile)
    get_shift_status: Final = awaited(_Brand.get_shift_status)
    get_skills: Final = awaited(_Brand.get_skills)
    process_shift_status_response: Final = awaited(_Brand.process_shift_status_response)
    get_message_statistics: Final = awaited(_Brand.get_message_statistics)


class Connection(AnyBrandConnection[BrandConnectionProxy]):
    """A brand's connection whose methods are coroutines."""


def connect(
    account_id: str,
    *,
    timeout: float = 30.0,
    fail_fast: bool = False,
    wait_for_ready: bool = False,
    subscribe: Iterable[tuple[Any, ...]] = (),
    **more: Any,
) -> Opening[Connection]:
    """Open a supervised brand connection; await it, or use it in ``async with``.

    Args:
        account_id: the brand's account.
        timeout: seconds for the opening and for the closing.
        fail_fast: raise at the first failure instead of trying on until ``timeout``.
        wait_for_ready: wait for the first snapshot of conversations as well.
        subscribe: who hears from the first event on, before the first snapshot: such as
            ``[(handler, MessageReceived, RingOffered)]``; a target alone hears all.
        more: as for :class:`~ums_actors.connection.BrandWebsocketConnection`;
            ``runtime=hosted_runtime()`` runs the actors on the asyncio loop itself.

    Raises (when awaited):
        AuthenticationRejected: the credentials are refused.
        TimeoutError: not READY in time; nothing is left behind.
    """
    ref = BrandWebsocketConnection.start(account_id, subscribe=subscribe, **more)
    connection = Connection(ref, proxy_of(ref), timeout)
    return Opening(connection, fail_fast, wait_for_ready)
