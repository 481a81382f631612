"""``picows`` with msgspec, on uvloop: the fastest that Python has otherwise."""

from __future__ import annotations

import asyncio
import itertools
from typing import TYPE_CHECKING, Any

import msgspec
import picows
import uvloop

from benchmarks.contestants.contestant import DEADLINE
from benchmarks.contestants.window import run_window
from benchmarks.workload import BODY, REQUEST_TYPE, check_answer

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


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(_Response).decode
_TEXT = picows.WSMsgType.TEXT


class _Listener(picows.WSListener):
    """Resolves the future of each answer as its frame comes."""

    def __init__(self) -> None:
        self.pending: dict[str, asyncio.Future[Any]] = {}

    def on_ws_frame(
        self,
        transport: picows.WSTransport,  # the signature of picows  # noqa: ARG002
        frame: picows.WSFrame,
    ) -> None:
        if frame.msg_type == _TEXT:
            response = _decode(frame.get_payload_as_bytes())
            future = self.pending.pop(response.req_id)
            if not future.done():
                future.set_result(response.body)


class PicowsMsgspec:
    """A dict of futures resolved in the listener, one coroutine a request."""

    def __init__(self) -> None:
        self._runner = asyncio.Runner(loop_factory=uvloop.new_event_loop)
        self._ids = itertools.count()
        self._listener = _Listener()
        self._transport: picows.WSTransport | None = None

    def connect(self, target: Target) -> None:
        """Connect and see one answer."""
        self._runner.run(self._connect(target))

    def run(self, requests: int, in_flight: int) -> list[float]:
        """Run a window of coroutines."""
        return self._runner.run(run_window(self._request, requests, in_flight))

    def close(self) -> None:
        """Close the connection and the loop."""
        if self._transport is not None:
            self._runner.run(self._close(self._transport))
        self._runner.close()

    async def _connect(self, target: Target) -> None:
        self._transport, _ = await asyncio.wait_for(
            picows.ws_connect(lambda: self._listener, target.url), DEADLINE
        )
        check_answer(await asyncio.wait_for(self._request(), DEADLINE))

    async def _request(self) -> Any:
        ident = str(next(self._ids))
        future = asyncio.get_running_loop().create_future()
        self._listener.pending[ident] = future
        assert self._transport is not None
        self._transport.send(_TEXT, _encode(_Request(ident, REQUEST_TYPE, BODY)))
        return await future

    async def _close(self, transport: picows.WSTransport) -> None:
        transport.send_close(picows.WSCloseCode.OK)
        await asyncio.wait_for(transport.wait_disconnected(), DEADLINE)
