"""Typed proxies: what mypy and editors see of the proxies of connections."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeVar, cast, overload

from ums_actors.connection.brand import BrandWebsocketConnection as _Brand
from ums_actors.connection.brand_access import BrandAccess as _AnyBrand
from ums_actors.connection.consumer import ConsumerWebsocketConnection as _Consumer
from ums_actors.connection.model import Model as _Both
from ums_actors.connection.null import NullConnection as _Null
from ums_actors.connection.rest import BrandRestConnection as _Rest
from ums_actors.runtime import proxy_method

if TYPE_CHECKING:
    from ums_actors.actors.events import Event
    from ums_actors.actors.iterator import EventIterator
    from ums_actors.actors.selection import Where
    from ums_actors.connection.listening import LIMIT
    from ums_actors.protocol.requests import Plain, Request
    from ums_actors.runtime import LoopFuture, LoopRef

    E = TypeVar("E", bound=Event)
    T = TypeVar("T")

__all__ = [
    "AnyBrandConnectionProxy",
    "BrandConnectionProxy",
    "BrandRestConnectionProxy",
    "ConnectionProxy",
    "ConsumerConnectionProxy",
    "NullConnectionProxy",
    "proxy_of",
]

B = TypeVar("B", bound=_Brand)
R = TypeVar("R", bound=_Rest)
C = TypeVar("C", bound=_Consumer)
N = TypeVar("N", bound=_Null)


class ConnectionProxy:
    """What the proxies of both sides have in common; never instantiated.

    Calls give :class:`~ums_actors.runtime.LoopFuture` of the answer.
    """

    open: Final = proxy_method(_Both.open)
    close: Final = proxy_method(_Both.close)
    wait_closed: Final = proxy_method(_Both.wait_closed)
    wait_ready: Final = proxy_method(_Both.wait_ready)
    reconnect_now: Final = proxy_method(_Both.reconnect_now)
    status: Final = proxy_method(_Both.status)
    child: Final = proxy_method(_Both.child)
    forget: Final = proxy_method(_Both.forget)
    subscribe: Final = proxy_method(_Both.subscribe)
    subscribe_notifications: Final = proxy_method(_Both.subscribe_notifications)
    unsubscribe: Final = proxy_method(_Both.unsubscribe)
    get_token: Final = proxy_method(_Both.get_token)
    refresh_token: Final = proxy_method(_Both.refresh_token)
    get_clock: Final = proxy_method(_Both.get_clock)
    set_agent_state: Final = proxy_method(_Both.set_agent_state)
    get_conversation: Final = proxy_method(_Both.get_conversation)
    get_all_known_conversations: Final = proxy_method(_Both.get_all_known_conversations)
    save_conversations: Final = proxy_method(_Both.save_conversations)
    load_conversations: Final = proxy_method(_Both.load_conversations)
    load_conversation: Final = proxy_method(_Both.load_conversation)
    close_conversation: Final = proxy_method(_Both.close_conversation)
    close_dialog: Final = proxy_method(_Both.close_dialog)
    send_text: Final = proxy_method(_Both.send_text)
    publish: Final = proxy_method(_Both.publish)
    publish_text: Final = proxy_method(_Both.publish_text)
    publish_rich: Final = proxy_method(_Both.publish_rich)
    publish_file: Final = proxy_method(_Both.publish_file)
    publish_upload: Final = proxy_method(_Both.publish_upload)
    publish_once: Final = proxy_method(_Both.publish_once)
    catch_up: Final = proxy_method(_Both.catch_up)
    create_conversation_subscription: Final = proxy_method(
        _Both.create_conversation_subscription
    )
    update_conversation_subscription: Final = proxy_method(
        _Both.update_conversation_subscription
    )
    unsubscribe_conversations: Final = proxy_method(_Both.unsubscribe_conversations)
    get_user_profile: Final = proxy_method(_Both.get_user_profile)
    set_user_profile: Final = proxy_method(_Both.set_user_profile)
    get_brand_profile: Final = proxy_method(_Both.get_brand_profile)
    get_upload_url: Final = proxy_method(_Both.get_upload_url)
    get_download_url: Final = proxy_method(_Both.get_download_url)
    get_download_token: Final = proxy_method(_Both.get_download_token)
    upload_file: Final = proxy_method(_Both.upload_file)
    download_file: Final = proxy_method(_Both.download_file)
    keep_alive: Final = proxy_method(_Both.keep_alive)
    process_webhooks_notification: Final = proxy_method(
        _Both.process_webhooks_notification
    )
    get_shift_status: Final = proxy_method(_Both.get_shift_status)
    get_message_statistics: Final = proxy_method(_Both.get_message_statistics)

    if TYPE_CHECKING:  # what ParamSpec cannot say: overloads, and what is no future

        @overload
        def send(
            self,
            request: Request[T],
            timeout: float | None = None,
            resend: bool = False,
            encoded_metadata: str | None = None,
        ) -> LoopFuture[T]: ...
        @overload
        def send(
            self,
            request: Plain,
            timeout: float | None = None,
            resend: bool = False,
            encoded_metadata: str | None = None,
        ) -> LoopFuture[Any]: ...
        def send(self, request: Any, *args: Any, **more: Any) -> LoopFuture[Any]:
            """Send a request; see the connection's own method."""
            raise NotImplementedError

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

    else:
        send = proxy_method(_Both.send)


class AnyBrandConnectionProxy(ConnectionProxy):
    """What the proxies of a brand's connections have in common; never instantiated."""

    join_dialog: Final = proxy_method(_AnyBrand.join_dialog)
    leave_dialog: Final = proxy_method(_AnyBrand.leave_dialog)
    transfer_conversation: Final = proxy_method(_AnyBrand.transfer_conversation)
    create_conversation: Final = proxy_method(_AnyBrand.create_conversation)
    query_messages: Final = proxy_method(_AnyBrand.query_messages)
    create_routing_task_subscription: Final = proxy_method(
        _AnyBrand.create_routing_task_subscription
    )
    update_routing_task_subscription: Final = proxy_method(
        _AnyBrand.update_routing_task_subscription
    )
    unsubscribe_routing_tasks: Final = proxy_method(_AnyBrand.unsubscribe_routing_tasks)
    subscribe_agents_state: Final = proxy_method(_AnyBrand.subscribe_agents_state)
    unsubscribe_agents_state: Final = proxy_method(_AnyBrand.unsubscribe_agents_state)
    set_brand_profile: Final = proxy_method(_AnyBrand.set_brand_profile)
    get_skills: Final = proxy_method(_AnyBrand.get_skills)
    process_shift_status_response: Final = proxy_method(
        _AnyBrand.process_shift_status_response
    )


class BrandConnectionProxy(AnyBrandConnectionProxy):
    """The type of ``BrandWebsocketConnection.start(…).proxy()``; never instantiated."""

    actor_ref: LoopRef[_Brand]


class BrandRestConnectionProxy(AnyBrandConnectionProxy):
    """The type of ``BrandRestConnection.start(…).proxy()``; never instantiated."""

    actor_ref: LoopRef[_Rest]

    get_conversation_by_id: Final = proxy_method(_Rest.get_conversation_by_id)
    get_dialog: Final = proxy_method(_Rest.get_dialog)
    get_participant: Final = proxy_method(_Rest.get_participant)
    remove_participant: Final = proxy_method(_Rest.remove_participant)


class ConsumerConnectionProxy(ConnectionProxy):
    """The type of ``ConsumerWebsocketConnection.start(…).proxy()``."""

    actor_ref: LoopRef[_Consumer]

    create_conversation: Final = proxy_method(_Consumer.create_conversation)


class NullConnectionProxy(ConnectionProxy):
    """The type of ``NullConnection.start(…).proxy()``; never instantiated."""

    actor_ref: LoopRef[_Null]


@overload
def proxy_of(ref: LoopRef[C]) -> ConsumerConnectionProxy: ...
@overload
def proxy_of(ref: LoopRef[B]) -> BrandConnectionProxy: ...
@overload
def proxy_of(ref: LoopRef[R]) -> BrandRestConnectionProxy: ...
@overload
def proxy_of(ref: LoopRef[N]) -> NullConnectionProxy: ...
def proxy_of(
    ref: LoopRef[Any],
) -> (
    BrandConnectionProxy
    | BrandRestConnectionProxy
    | ConsumerConnectionProxy
    | NullConnectionProxy
):
    """Give the proxy of a connection, typed.

    Raises:
        pykka.ActorDeadError: it has stopped for good.
    """
    return cast("BrandConnectionProxy", ref.proxy())
