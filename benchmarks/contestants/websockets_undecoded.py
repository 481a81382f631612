"""``websockets`` on asyncio that reads messages and looks into none of them."""

from __future__ import annotations

import json

from benchmarks.contestants.asyncio_peer import AsyncPeer
from benchmarks.contestants.websockets_peer import WebsocketsLine

__all__ = ["WebsocketsUndecoded"]


class _Line(WebsocketsLine):
    async def _read(self) -> None:
        async for message in self._socket:
            if isinstance(message, str) and '"reqId"' in message[:30]:
                answer = json.loads(message)
                self.pending.pop(answer["reqId"]).set_result(answer["body"])


class WebsocketsUndecoded(AsyncPeer[_Line]):
    """Only what is waited for is decoded."""

    make_line = _Line
