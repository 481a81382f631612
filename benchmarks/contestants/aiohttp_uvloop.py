"""``aiohttp`` with orjson, on uvloop."""

from __future__ import annotations

import uvloop

from benchmarks.contestants.aiohttp_peer import AiohttpORJSON

__all__ = ["AiohttpUvloop"]


class AiohttpUvloop(AiohttpORJSON):
    """The same as on asyncio's loop, but for that."""

    loop_factory = uvloop.new_event_loop
