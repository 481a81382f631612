"""The surface of lp-messaging-sdk's WebsocketConnection, as actors."""

from __future__ import annotations

from ums_actors.connection.base import WebsocketConnection
from ums_actors.connection.brand import BrandWebsocketConnection
from ums_actors.connection.consumer import ConsumerWebsocketConnection
from ums_actors.connection.factory import ConnectionType, UserType, create_connection
from ums_actors.connection.null import NullConnection
from ums_actors.connection.proxy import (
    BrandConnectionProxy,
    BrandRestConnectionProxy,
    ConnectionProxy,
    ConsumerConnectionProxy,
    NullConnectionProxy,
    proxy_of,
)
from ums_actors.connection.rest import BrandRestConnection
from ums_actors.connection.status import ConnectionStatus

__all__ = [
    "BrandConnectionProxy",
    "BrandRestConnection",
    "BrandRestConnectionProxy",
    "BrandWebsocketConnection",
    "ConnectionProxy",
    "ConnectionStatus",
    "ConnectionType",
    "ConsumerConnectionProxy",
    "ConsumerWebsocketConnection",
    "NullConnection",
    "NullConnectionProxy",
    "UserType",
    "WebsocketConnection",
    "create_connection",
    "proxy_of",
]
