"""``websockets`` on asyncio, with orjson."""

from __future__ import annotations

from typing import Any

import orjson

from benchmarks.contestants.asyncio_peer import AsyncPeer
from benchmarks.contestants.websockets_peer import WebsocketsLine

__all__ = ["WebsocketsORJSON"]


class _Line(WebsocketsLine):
    def dumps(self, value: object) -> bytes:
        return orjson.dumps(value)

    def loads(self, data: str | bytes) -> Any:
        return orjson.loads(data)


class WebsocketsORJSON(AsyncPeer[_Line]):
    """The same as with json, but for that."""

    make_line = _Line
