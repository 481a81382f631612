"""One call that starts a connection of whichever kind is named."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, Literal, overload

from ums_actors.connection.brand import BrandWebsocketConnection
from ums_actors.connection.consumer import ConsumerWebsocketConnection
from ums_actors.connection.null import NullConnection
from ums_actors.connection.rest import BrandRestConnection
from ums_actors.errors import NotSupported
from ums_actors.protocol.enums import one_of

if TYPE_CHECKING:
    from ums_actors.connection.base import WebsocketConnection
    from ums_actors.runtime import LoopRef

__all__ = ["ConnectionType", "UserType", "create_connection"]


class ConnectionType(StrEnum):
    """On which way a connection speaks to the service; values as in the reference."""

    WEBSOCKET = "ws"
    REST = "rest"
    """HTTP calls of a brand's user: see :class:`~ums_actors.BrandRestConnection`."""
    SEND_API = "sendapi"
    """Not supported, nor by the reference."""
    NULL = "null"
    """Nothing is sent, and webhooks bring what comes: see
    :class:`~ums_actors.NullConnection`."""


class UserType(StrEnum):
    """Whose connection it is."""

    BRAND = "brand"
    """An agent or a bot."""
    CONSUMER = "consumer"


_CLASSES: Final[dict[tuple[str, str], type[WebsocketConnection]]] = {
    (UserType.BRAND, ConnectionType.WEBSOCKET): BrandWebsocketConnection,
    (UserType.CONSUMER, ConnectionType.WEBSOCKET): ConsumerWebsocketConnection,
    (UserType.BRAND, ConnectionType.REST): BrandRestConnection,
    (UserType.BRAND, ConnectionType.NULL): NullConnection,
    (UserType.CONSUMER, ConnectionType.NULL): NullConnection,
}
"""The class of each kind that there is; one that is not here is NotSupported."""


@overload
def create_connection(
    account_id: str,
    *,
    user_type: Literal[UserType.BRAND, "brand"] = UserType.BRAND,
    connection_type: Literal[ConnectionType.WEBSOCKET, "ws"] = ConnectionType.WEBSOCKET,
    **more: Any,
) -> LoopRef[BrandWebsocketConnection]: ...
@overload
def create_connection(
    account_id: str,
    *,
    user_type: Literal[UserType.BRAND, "brand"] = UserType.BRAND,
    connection_type: Literal[ConnectionType.REST, "rest"],
    **more: Any,
) -> LoopRef[BrandRestConnection]: ...
@overload
def create_connection(
    account_id: str,
    *,
    user_type: Literal[UserType.CONSUMER, "consumer"],
    connection_type: Literal[ConnectionType.WEBSOCKET, "ws"] = ConnectionType.WEBSOCKET,
    **more: Any,
) -> LoopRef[ConsumerWebsocketConnection]: ...
@overload
def create_connection(
    account_id: str,
    *,
    user_type: UserType | Literal["brand", "consumer"] = UserType.BRAND,
    connection_type: Literal[ConnectionType.NULL, "null"],
    **more: Any,
) -> LoopRef[NullConnection]: ...
@overload
def create_connection(
    account_id: str,
    *,
    user_type: str = UserType.BRAND,
    connection_type: str = ConnectionType.WEBSOCKET,
    **more: Any,
) -> LoopRef[Any]: ...
def create_connection(
    account_id: str,
    *,
    user_type: str = UserType.BRAND,
    connection_type: str = ConnectionType.WEBSOCKET,
    **more: Any,
) -> LoopRef[Any]:
    """Start a connection, and give its reference; any thread.

    Open it by its proxy: ``ums.proxy_of(ref).open()``. A script that waits, or a
    coroutine, has it easier with :func:`~ums_actors.connect` and its siblings.

    Args:
        account_id: the brand's account.
        user_type: BRAND or CONSUMER.
        connection_type: WEBSOCKET, REST or NULL.
        more: as for the class of that kind; ``runtime`` too.

    Raises:
        NotSupported: there is no connection of that kind.
        LocalProtocolError: an argument breaks a rule.
    """
    whose = one_of("user_type", user_type, UserType)
    way = one_of("connection_type", connection_type, ConnectionType)
    kind = _CLASSES.get((whose, way))
    if kind is None:
        raise NotSupported(
            f"there is no connection of connection_type={way!r} for a {whose}: take "
            + _WAYS_OUT.get(way, "ConnectionType.WEBSOCKET")
        )
    return kind.start(account_id, **more)


_WAYS_OUT: Final[dict[str, str]] = {
    ConnectionType.SEND_API: "ConnectionType.REST of a brand, or WEBSOCKET",
    ConnectionType.REST: "ConnectionType.WEBSOCKET; REST is a brand's",
}
