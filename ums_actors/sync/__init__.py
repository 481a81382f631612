"""The blocking façade, for scripts and threads."""

from __future__ import annotations

from ums_actors.sync.brand import Connection, connect
from ums_actors.sync.consumer import ConsumerConnection, connect_consumer
from ums_actors.sync.ending import stop_on_signal

__all__ = [
    "Connection",
    "ConsumerConnection",
    "connect",
    "connect_consumer",
    "stop_on_signal",
]
