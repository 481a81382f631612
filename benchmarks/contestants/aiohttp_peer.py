"""``aiohttp`` with orjson, on asyncio's loop."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import aiohttp
import orjson

from benchmarks.contestants.asyncio_peer import AsyncLine, AsyncPeer
from benchmarks.workload import BODY, REQUEST_TYPE

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from benchmarks.workload import Target

__all__ = ["AiohttpORJSON"]


class _Line(AsyncLine):
    """A reading task, one coroutine a request."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        super().__init__()
        self._session = session
        self._socket: aiohttp.ClientWebSocketResponse
        self._reader: asyncio.Task[None]

    async def open(self, target: Target) -> None:
        self._socket = await self._session.ws_connect(
            target.url, ssl=target.tls or True
        )
        self._reader = asyncio.create_task(self._read())

    async def _read(self) -> None:
        pop, text = self.pending.pop, aiohttp.WSMsgType.TEXT
        async for message in self._socket:
            if message.type is text:
                answer = orjson.loads(message.data)
                if "reqId" in answer:
                    future = pop(answer["reqId"])
                    if not future.done():
                        future.set_result(answer["body"])

    async def request(self) -> Any:
        ident = str(next(self.ids))
        future = asyncio.get_running_loop().create_future()
        self.pending[ident] = future
        request = {"kind": "req", "id": ident, "type": REQUEST_TYPE, "body": BODY}
        await self._socket.send_str(orjson.dumps(request).decode())
        return await future

    def send_other(self, ident: str, kind: str, body: Any) -> Awaitable[object]:
        request = {"kind": "req", "id": ident, "type": kind, "body": body}
        return self._socket.send_str(orjson.dumps(request).decode())

    async def ended(self) -> None:
        await self._reader

    async def close(self) -> None:
        await self._socket.close()
        await self._reader


class AiohttpORJSON(AsyncPeer[_Line]):
    """One session for all lines."""

    def __init__(self) -> None:
        super().__init__()
        self._session: aiohttp.ClientSession | None = None

    def make_line(self) -> _Line:
        """Make a line of the session."""
        assert self._session is not None
        return _Line(self._session)

    async def begin(self) -> None:
        """Make the session, once."""
        if self._session is None:
            connector = aiohttp.TCPConnector(limit=0)
            jar = aiohttp.DummyCookieJar()
            self._session = aiohttp.ClientSession(connector=connector, cookie_jar=jar)

    async def end(self) -> None:
        """Close the session."""
        if self._session is not None:
            await self._session.close()
