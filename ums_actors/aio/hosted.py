"""Actors on the asyncio loop's own thread."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Any

from ums_actors.runtime import Runtime
from ums_actors.runtime.hosted import HostedLoop
from ums_actors.runtime.ports import SystemClock

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

__all__ = ["hosted_runtime"]


@contextlib.asynccontextmanager
async def hosted_runtime(
    *, patience: float = 5.0, **more: Any
) -> AsyncGenerator[Runtime, None]:
    """Give a runtime whose actors run on the running asyncio loop.

    ::

        async with ums.aio.hosted_runtime() as runtime:
            async with ums.aio.connect(account, auth=…, runtime=runtime) as connection:
                …

    An answer then wakes no thread, so that one request at a time is several times as
    fast. In return whatever blocks the asyncio loop blocks the connections too, their
    heartbeats included; by default they have a thread of their own.

    Args:
        patience: seconds in which it has to end.
        more: as for :class:`~ums_actors.Runtime`, but for ``loops``.
    """
    clock = more.setdefault("clock", SystemClock())
    runtime = Runtime([HostedLoop(clock, asyncio.get_running_loop())], **more)
    try:
        yield runtime
    finally:
        # not on this thread: workers that end may still have something for the loop
        await asyncio.to_thread(runtime.close, patience)
