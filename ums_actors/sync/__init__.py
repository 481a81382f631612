"""The blocking façade, for scripts and threads."""

from __future__ import annotations

from ums_actors.sync.brand import Connection, connect
from ums_actors.sync.consumer import ConsumerConnection, connect_consumer
from ums_actors.sync.ending import stop_on_signal
from ums_actors.sync.null import connect_null
from ums_actors.sync.rest import RestConnection, connect_rest

__all__ = [
    "Connection",
    "ConsumerConnection",
    "RestConnection",
    "connect",
    "connect_consumer",
    "connect_null",
    "connect_rest",
    "stop_on_signal",
]
