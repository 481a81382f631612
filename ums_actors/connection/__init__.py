"""The surface of lp-messaging-sdk's WebsocketConnection, as actors."""

from __future__ import annotations

from ums_actors.connection.base import WebsocketConnection
from ums_actors.connection.brand import BrandWebsocketConnection
from ums_actors.connection.consumer import ConsumerWebsocketConnection
from ums_actors.connection.null import NullConnection
from ums_actors.connection.proxy import (
    BrandConnectionProxy,
    ConnectionProxy,
    ConsumerConnectionProxy,
    NullConnectionProxy,
    proxy_of,
)
from ums_actors.connection.status import ConnectionStatus

__all__ = [
    "BrandConnectionProxy",
    "BrandWebsocketConnection",
    "ConnectionProxy",
    "ConnectionStatus",
    "ConsumerConnectionProxy",
    "ConsumerWebsocketConnection",
    "NullConnection",
    "NullConnectionProxy",
    "WebsocketConnection",
    "proxy_of",
]
