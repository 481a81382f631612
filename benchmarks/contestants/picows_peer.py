"""``picows`` with msgspec, on uvloop: the fastest that Python has otherwise."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import msgspec
import picows
import uvloop

from benchmarks.contestants.asyncio_peer import AsyncLine, AsyncPeer
from benchmarks.contestants.contestant import DEADLINE
from benchmarks.workload import BODY, REQUEST_TYPE

if TYPE_CHECKING:
    from benchmarks.workload import Target

__all__ = ["PicowsMsgspec"]


class _Request(msgspec.Struct, tag_field="kind", tag="req", gc=False):
    id: str
    type: str
    body: Any


class _Response(msgspec.Struct, tag_field="kind", tag="resp", gc=False):
    req_id: str = msgspec.field(name="reqId")
    code: int
    type: str = ""
    body: Any = None


class _Notification(msgspec.Struct, tag_field="kind", tag="notification", gc=False):
    type: str
    body: msgspec.Raw


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(_Response | _Notification).decode
_TEXT = picows.WSMsgType.TEXT


class _Listener(picows.WSListener):
    """Resolves the future of each answer as its frame comes."""

    def __init__(self, pending: dict[str, asyncio.Future[Any]]) -> None:
        self.pending = pending

    def on_ws_frame(
        self,
        transport: picows.WSTransport,
        frame: picows.WSFrame,
    ) -> None:
        if frame.msg_type == _TEXT:
            answer = _decode(frame.get_payload_as_bytes())
            if type(answer) is _Response:
                future = self.pending.pop(answer.req_id)
                if not future.done():
                    future.set_result(answer.body)
        elif frame.msg_type == picows.WSMsgType.CLOSE:
            transport.disconnect()


class _Line(AsyncLine):
    """A dict of futures resolved in the listener, one coroutine a request."""

    def __init__(self) -> None:
        super().__init__()
        self._transport: picows.WSTransport

    async def open(self, target: Target) -> None:
        self._transport, _ = await picows.ws_connect(  # pyright: ignore[reportUnknownMemberType]  (**kwargs)
            lambda: _Listener(self.pending),
            target.url,
            ssl_context=target.tls,
            websocket_handshake_timeout=DEADLINE,
        )

    async def request(self) -> Any:
        ident = str(next(self.ids))
        future = asyncio.get_running_loop().create_future()
        self.pending[ident] = future
        self._transport.send(_TEXT, _encode(_Request(ident, REQUEST_TYPE, BODY)))
        return await future

    async def send_other(self, ident: str, kind: str, body: Any) -> None:
        self._transport.send(_TEXT, _encode(_Request(ident, kind, body)))

    async def ended(self) -> None:
        await self._transport.wait_disconnected()

    async def close(self) -> None:
        self._transport.send_close(picows.WSCloseCode.OK)
        await self._transport.wait_disconnected()


class PicowsMsgspec(AsyncPeer[_Line]):
    """One listener a line."""

    loop_factory = uvloop.new_event_loop
    make_line = _Line
