"""One websocket: opened on a worker, then driven without blocking by a loop."""

from __future__ import annotations

from ums_actors.http.tls import client_context
from ums_actors.transport.assembler import Assembler
from ums_actors.transport.attempt import Attempt
from ums_actors.transport.frame import encode_frame, encode_text, mask_pool
from ums_actors.transport.nonblocking import Websocket
from ums_actors.transport.opened import Opened
from ums_actors.transport.opener import open_websocket
from ums_actors.transport.outgoing import Outgoing
from ums_actors.transport.proxy import Proxy
from ums_actors.transport.target import Target

__all__ = [
    "Assembler",
    "Attempt",
    "Opened",
    "Outgoing",
    "Proxy",
    "Target",
    "Websocket",
    "client_context",
    "encode_frame",
    "encode_text",
    "mask_pool",
    "open_websocket",
]
