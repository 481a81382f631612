"""What time it is over there, asked for on a websocket of one's own."""

from __future__ import annotations

import select
import time
from typing import TYPE_CHECKING

from ums_actors.errors import ConnectError, RequestRejected
from ums_actors.protocol import brand
from ums_actors.protocol.envelopes import (
    Response,
    decode_body,
    decode_message,
    encode_request,
)
from ums_actors.protocol.records import read_clock

if TYPE_CHECKING:
    from ums_actors.transport import Websocket

__all__ = ["ask_clock"]

_ID = "probe-1"


def ask_clock(websocket: Websocket, timeout: float) -> float:
    """Give by how many seconds the server's clock is ahead of ours.

    Raises:
        ConnectError: the line ended, or no answer came in time.
        RequestRejected: the server will not tell.
        RemoteProtocolError: what it said cannot be read.
    """
    call = brand.get_clock()
    began = time.time()
    websocket.send(encode_request(_ID, call.type, call.body))
    answer = _answer(websocket, time.monotonic() + timeout)
    if answer.code >= 400:  # noqa: PLR2004  (HTTP's own)
        raise RequestRejected(
            answer.code, decode_body(answer.body), request_type=call.type
        )
    there = read_clock(answer.body) / 1000
    return there - (began + time.time()) / 2


def _answer(websocket: Websocket, until: float) -> Response:
    poller = select.poll()
    while True:
        websocket.flush()
        for frame in websocket.read():
            message = decode_message(frame)
            if isinstance(message, Response) and message.req_id == _ID:
                return message
        if websocket.failure is not None:
            raise websocket.failure
        if websocket.closed_by_peer is not None or websocket.eof:
            code = (websocket.closed_by_peer or (1006, ""))[0]
            raise ConnectError(f"the server closed the line ({code})", step="clock")
        left = until - time.monotonic()
        if left <= 0:
            raise ConnectError(
                "the server did not tell the time", step="clock", timed_out=True
            )
        if not websocket.more:
            events = select.POLLIN
            if websocket.wants_write:
                events |= select.POLLOUT
            poller.register(websocket.fileno(), events)
            poller.poll(left * 1000)
