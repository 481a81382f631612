"""The blocking façade, for scripts and threads."""

from __future__ import annotations

from ums_actors.sync.brand import Connection, connect
from ums_actors.sync.consumer import ConsumerConnection, connect_consumer

__all__ = ["Connection", "ConsumerConnection", "connect", "connect_consumer"]
