"""``websockets`` on asyncio, with the standard library's json."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from benchmarks.contestants.asyncio_peer import AsyncLine, AsyncPeer
from benchmarks.contestants.contestant import DEADLINE
from benchmarks.workload import BODY, REQUEST_TYPE

if TYPE_CHECKING:
    from benchmarks.workload import Target

__all__ = ["WebsocketsJSON", "WebsocketsLine"]


def _dumps(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))


class WebsocketsLine(AsyncLine):
    """A reading task, one coroutine a request."""

    def __init__(self) -> None:
        super().__init__()
        self._socket: ClientConnection
        self._reader: asyncio.Task[None]

    def dumps(self, value: object) -> str | bytes:
        """Encode a request."""
        return _dumps(value)

    def loads(self, data: str | bytes) -> Any:
        """Decode an answer."""
        return json.loads(data)

    async def open(self, target: Target) -> None:
        """Connect."""
        # No compression, which no server of UMS offers. No keep-alive: the loop
        # stands still between runs.
        self._socket = await connect(
            target.url,
            compression=None,
            proxy=None,
            ping_interval=None,
            open_timeout=DEADLINE,
            ssl=target.tls,
        )
        self._reader = asyncio.create_task(self._read())

    async def _read(self) -> None:
        loads, pop = self.loads, self.pending.pop
        try:
            async for message in self._socket:
                answer = loads(message)
                if "reqId" in answer:
                    future = pop(answer["reqId"])
                    if not future.done():
                        future.set_result(answer["body"])
        except ConnectionClosed:  # cut without a close frame
            return

    async def request(self) -> Any:
        """Make the measured request."""
        ident = str(next(self.ids))
        future = asyncio.get_running_loop().create_future()
        self.pending[ident] = future
        request = {"kind": "req", "id": ident, "type": REQUEST_TYPE, "body": BODY}
        await self._socket.send(self.dumps(request), text=True)
        return await future

    async def send_other(self, ident: str, kind: str, body: Any) -> None:
        """Send another request."""
        request = {"kind": "req", "id": ident, "type": kind, "body": body}
        await self._socket.send(_dumps(request))

    async def ended(self) -> None:
        """Wait until nothing can be read any more."""
        await self._reader

    async def close(self) -> None:
        """Close it in good order."""
        await self._socket.close()
        await self._reader


class WebsocketsJSON(AsyncPeer[WebsocketsLine]):
    """With the standard library's json."""

    make_line = WebsocketsLine
