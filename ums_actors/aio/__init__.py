"""The asyncio façade: the blocking one's names, awaitable."""

from __future__ import annotations

from ums_actors.aio.brand import Connection, connect
from ums_actors.aio.consumer import ConsumerConnection, connect_consumer
from ums_actors.aio.hosted import hosted_runtime
from ums_actors.aio.null import connect_null
from ums_actors.aio.rest import RestConnection, connect_rest

__all__ = [
    "Connection",
    "ConsumerConnection",
    "RestConnection",
    "connect",
    "connect_consumer",
    "connect_null",
    "connect_rest",
    "hosted_runtime",
]
