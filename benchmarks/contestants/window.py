"""A window of coroutines: how asyncio users keep many requests in flight."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

__all__ = ["run_window"]


async def run_window(
    request: Callable[[], Awaitable[object]], requests: int, in_flight: int
) -> list[float]:
    """Let ``in_flight`` coroutines share ``requests``; gives latencies in seconds."""
    latencies: list[float] = []
    clock, left = time.perf_counter, iter(range(requests))

    async def one() -> None:
        for _ in left:
            began = clock()
            await request()
            latencies.append(clock() - began)

    await asyncio.gather(*(one() for _ in range(in_flight)))
    return latencies
