"""A typed proxy: what mypy and editors see of a brand connection's proxy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from ums_actors.connection.brand import BrandWebsocketConnection as _Brand
from ums_actors.runtime import proxy_method

if TYPE_CHECKING:
    from ums_actors.runtime import LoopRef

__all__ = ["BrandConnectionProxy", "proxy_of"]


class BrandConnectionProxy:
    """The type of ``BrandWebsocketConnection.start(…).proxy()``; never instantiated.

    Calls give :class:`~ums_actors.runtime.LoopFuture` of the answer.
    """

    actor_ref: LoopRef[_Brand]

    open = proxy_method(_Brand.open)
    close = proxy_method(_Brand.close)
    wait_closed = proxy_method(_Brand.wait_closed)
    wait_ready = proxy_method(_Brand.wait_ready)
    reconnect_now = proxy_method(_Brand.reconnect_now)
    status = proxy_method(_Brand.status)
    child = proxy_method(_Brand.child)
    send = proxy_method(_Brand.send)
    subscribe = proxy_method(_Brand.subscribe)
    unsubscribe = proxy_method(_Brand.unsubscribe)
    get_token = proxy_method(_Brand.get_token)
    get_clock = proxy_method(_Brand.get_clock)
    set_agent_state = proxy_method(_Brand.set_agent_state)
    close_conversation = proxy_method(_Brand.close_conversation)
    close_dialog = proxy_method(_Brand.close_dialog)
    join_dialog = proxy_method(_Brand.join_dialog)
    leave_dialog = proxy_method(_Brand.leave_dialog)
    transfer_conversation = proxy_method(_Brand.transfer_conversation)
    send_text = proxy_method(_Brand.send_text)
    query_messages = proxy_method(_Brand.query_messages)
    create_conversation_subscription = proxy_method(
        _Brand.create_conversation_subscription
    )
    unsubscribe_conversations = proxy_method(_Brand.unsubscribe_conversations)


def proxy_of(ref: LoopRef[Any]) -> BrandConnectionProxy:
    """Give the proxy of a brand connection, typed.

    Raises:
        pykka.ActorDeadError: it has stopped for good.
    """
    return cast("BrandConnectionProxy", ref.proxy())
