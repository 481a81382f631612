"""Typed proxies: what mypy and editors see of the proxies of connections."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar, cast, overload

from ums_actors.connection.brand import BrandWebsocketConnection as _Brand
from ums_actors.connection.consumer import ConsumerWebsocketConnection as _Consumer
from ums_actors.connection.model import Model as _Both
from ums_actors.runtime import proxy_method

if TYPE_CHECKING:
    from ums_actors.actors.events import Event
    from ums_actors.actors.iterator import EventIterator
    from ums_actors.actors.selection import Where
    from ums_actors.connection.listening import LIMIT
    from ums_actors.runtime import LoopRef

    E = TypeVar("E", bound=Event)

__all__ = [
    "BrandConnectionProxy",
    "ConnectionProxy",
    "ConsumerConnectionProxy",
    "proxy_of",
]

B = TypeVar("B", bound=_Brand)
C = TypeVar("C", bound=_Consumer)


class ConnectionProxy:
    """What the proxies of both sides have in common; never instantiated.

    Calls give :class:`~ums_actors.runtime.LoopFuture` of the answer.
    """

    open = proxy_method(_Both.open)
    close = proxy_method(_Both.close)
    wait_closed = proxy_method(_Both.wait_closed)
    wait_ready = proxy_method(_Both.wait_ready)
    reconnect_now = proxy_method(_Both.reconnect_now)
    status = proxy_method(_Both.status)
    child = proxy_method(_Both.child)
    send = proxy_method(_Both.send)
    forget = proxy_method(_Both.forget)
    subscribe = proxy_method(_Both.subscribe)
    subscribe_notifications = proxy_method(_Both.subscribe_notifications)
    unsubscribe = proxy_method(_Both.unsubscribe)
    get_token = proxy_method(_Both.get_token)
    refresh_token = proxy_method(_Both.refresh_token)
    get_clock = proxy_method(_Both.get_clock)
    set_agent_state = proxy_method(_Both.set_agent_state)
    get_conversation = proxy_method(_Both.get_conversation)
    get_all_known_conversations = proxy_method(_Both.get_all_known_conversations)
    close_conversation = proxy_method(_Both.close_conversation)
    close_dialog = proxy_method(_Both.close_dialog)
    send_text = proxy_method(_Both.send_text)
    publish = proxy_method(_Both.publish)
    publish_text = proxy_method(_Both.publish_text)
    publish_rich = proxy_method(_Both.publish_rich)
    publish_file = proxy_method(_Both.publish_file)
    publish_upload = proxy_method(_Both.publish_upload)
    publish_once = proxy_method(_Both.publish_once)
    catch_up = proxy_method(_Both.catch_up)
    create_conversation_subscription = proxy_method(
        _Both.create_conversation_subscription
    )
    update_conversation_subscription = proxy_method(
        _Both.update_conversation_subscription
    )
    unsubscribe_conversations = proxy_method(_Both.unsubscribe_conversations)
    get_user_profile = proxy_method(_Both.get_user_profile)
    set_user_profile = proxy_method(_Both.set_user_profile)
    get_brand_profile = proxy_method(_Both.get_brand_profile)
    get_upload_url = proxy_method(_Both.get_upload_url)
    get_download_url = proxy_method(_Both.get_download_url)
    get_download_token = proxy_method(_Both.get_download_token)
    upload_file = proxy_method(_Both.upload_file)
    download_file = proxy_method(_Both.download_file)
    keep_alive = proxy_method(_Both.keep_alive)

    if TYPE_CHECKING:  # proxies give the iterator itself, not a future of it

        def events(
            self,
            *kinds: type[E],
            where: Where | None = None,
            conversation_id: str | None = None,
            dialog_id: str | None = None,
            limit: int = LIMIT,
            timeout: float | None = None,
            strict: bool = False,
        ) -> EventIterator[E]:
            """Iterate over events; see the connection's own method."""
            raise NotImplementedError


class BrandConnectionProxy(ConnectionProxy):
    """The type of ``BrandWebsocketConnection.start(…).proxy()``; never instantiated."""

    actor_ref: LoopRef[_Brand]

    join_dialog = proxy_method(_Brand.join_dialog)
    leave_dialog = proxy_method(_Brand.leave_dialog)
    transfer_conversation = proxy_method(_Brand.transfer_conversation)
    create_conversation = proxy_method(_Brand.create_conversation)
    query_messages = proxy_method(_Brand.query_messages)
    create_routing_task_subscription = proxy_method(
        _Brand.create_routing_task_subscription
    )
    update_routing_task_subscription = proxy_method(
        _Brand.update_routing_task_subscription
    )
    unsubscribe_routing_tasks = proxy_method(_Brand.unsubscribe_routing_tasks)
    subscribe_agents_state = proxy_method(_Brand.subscribe_agents_state)
    unsubscribe_agents_state = proxy_method(_Brand.unsubscribe_agents_state)
    set_brand_profile = proxy_method(_Brand.set_brand_profile)


class ConsumerConnectionProxy(ConnectionProxy):
    """The type of ``ConsumerWebsocketConnection.start(…).proxy()``."""

    actor_ref: LoopRef[_Consumer]

    create_conversation = proxy_method(_Consumer.create_conversation)


@overload
def proxy_of(ref: LoopRef[C]) -> ConsumerConnectionProxy: ...
@overload
def proxy_of(ref: LoopRef[B]) -> BrandConnectionProxy: ...
def proxy_of(ref: LoopRef[Any]) -> BrandConnectionProxy | ConsumerConnectionProxy:
    """Give the proxy of a connection, typed.

    Raises:
        pykka.ActorDeadError: it has stopped for good.
    """
    return cast("BrandConnectionProxy | ConsumerConnectionProxy", ref.proxy())
