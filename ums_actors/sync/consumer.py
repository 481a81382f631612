"""The blocking façade of a consumer's connection."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ums_actors.connection import (
    ConsumerConnectionProxy,
    ConsumerWebsocketConnection,
    proxy_of,
)
from ums_actors.sync.base import BlockingConnection

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["ConsumerConnection", "connect_consumer"]


def connect_consumer(
    account_id: str,
    *,
    timeout: float = 30.0,
    fail_fast: bool = False,
    wait_for_ready: bool = False,
    subscribe: Iterable[tuple[Any, ...]] = (),
    **more: Any,
) -> ConsumerConnection:
    """Open a supervised consumer connection and wait until it is READY.

    Args:
        account_id: the brand's account.
        timeout: seconds for the opening, and for each later call.
        fail_fast: raise at the first failure instead of trying on until ``timeout``.
        wait_for_ready: wait for the first snapshot of conversations as well.
        subscribe: who hears from the first event on, before the first snapshot: such as
            ``[(handler, MessageReceived, RingOffered)]``; a target alone hears all.
        more: as for :class:`~ums_actors.connection.ConsumerWebsocketConnection`.

    Raises:
        AuthenticationRejected: the identity is refused.
        TimeoutError: not READY in time; nothing is left behind.
    """
    ref = ConsumerWebsocketConnection.start(account_id, subscribe=subscribe, **more)
    return ConsumerConnection(ref, proxy_of(ref), timeout)._open(
        fail_fast, wait_for_ready
    )


class ConsumerConnection(BlockingConnection[ConsumerConnectionProxy]):
    """A consumer's connection whose methods wait for their answers; any thread."""

    def create_conversation(
        self,
        skill_id: str | None = None,
        context: Any = None,
        campaign_info: Any = None,
    ) -> str:
        """Open a conversation; gives its id, which is its main dialog's too."""
        return self.proxy.create_conversation(skill_id, context, campaign_info).get()
