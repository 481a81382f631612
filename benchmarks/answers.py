"""What the server says to everything that is not measured."""

from __future__ import annotations

import base64
import hashlib
import json
import time
from typing import TYPE_CHECKING, Any, Final

from benchmarks.frames import server_frame
from benchmarks.workload import SUBSCRIPTION

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["SNAPSHOT", "response", "upgraded"]

_GUID: Final = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

SNAPSHOT: Final = server_frame(
    json.dumps(
        {
            "kind": "notification",
            "type": ".ams.aam.ExConversationChangeNotification",
            "body": {"subscriptionId": SUBSCRIPTION, "changes": []},
        }
    ).encode()
)
"""The frame of the first notification of a subscription."""


def upgraded(head: bytes) -> bytes:
    """Give the answer to an upgrade's request, whose end is cut off.

    Raises:
        ValueError: it is none of a brand's socket.
    """
    fields = [row.partition(b":") for row in head.split(b"\r\n")[1:]]
    names = {name.strip().lower(): value for name, _, value in fields}
    key = names.get(b"sec-websocket-key")
    path = head.split(b" ", 2)[1]
    if key is None or not path.startswith(b"/ws_api/account/"):
        raise ValueError("not a brand socket's upgrade")
    digest = hashlib.sha1(key.strip() + _GUID).digest()
    answer = (
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
        b"Connection: Upgrade\r\nSec-WebSocket-Accept: "
    )
    return answer + base64.b64encode(digest) + b"\r\n\r\n"


def response(request: Mapping[str, Any], more: Mapping[str, Any]) -> bytes:
    """Give the frame that says yes, with every field that a start-up may look for."""
    answer = {
        "kind": "resp",
        "reqId": request["id"],
        "code": 200,
        "type": f"{request['type']}$Response",
        "body": {
            "sequence": 1,
            "subscriptionId": SUBSCRIPTION,
            "currentTime": int(time.time() * 1000),
            **more,
        },
    }
    return server_frame(json.dumps(answer).encode())
