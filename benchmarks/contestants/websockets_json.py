"""``websockets`` with the standard library's json, on asyncio."""

from __future__ import annotations

import asyncio
import itertools
import json
from typing import TYPE_CHECKING, Any

from websockets.asyncio.client import ClientConnection, connect

from benchmarks.contestants.contestant import DEADLINE
from benchmarks.contestants.window import run_window
from benchmarks.workload import BODY, REQUEST_TYPE, check_answer

if TYPE_CHECKING:
    from benchmarks.workload import Target

__all__ = ["WebsocketsJSON"]


class WebsocketsJSON:
    """A dict of futures, a reading task, one coroutine a request."""

    def __init__(self) -> None:
        self._runner = asyncio.Runner()
        self._ids = itertools.count()
        self._pending: dict[str, asyncio.Future[Any]] = {}
        self._socket: ClientConnection
        self._reader: asyncio.Task[None] | None = None

    def connect(self, target: Target) -> None:
        """Connect without compression, which no server of UMS offers."""
        self._runner.run(self._connect(target))

    def run(self, requests: int, in_flight: int) -> list[float]:
        """Run a window of coroutines."""
        return self._runner.run(run_window(self._request, requests, in_flight))

    def close(self) -> None:
        """Close the connection and the loop."""
        if self._reader is not None:
            self._runner.run(self._close(self._reader))
        self._runner.close()

    async def _connect(self, target: Target) -> None:
        # No keep-alive: the loop stands still between runs.
        self._socket = await connect(
            target.url,
            compression=None,
            proxy=None,
            ping_interval=None,
            open_timeout=DEADLINE,
        )
        self._reader = asyncio.create_task(self._read())
        check_answer(await asyncio.wait_for(self._request(), DEADLINE))

    async def _read(self) -> None:
        async for message in self._socket:
            response = json.loads(message)
            future = self._pending.pop(response["reqId"])
            if not future.done():
                future.set_result(response["body"])

    async def _request(self) -> Any:
        ident = str(next(self._ids))
        future = asyncio.get_running_loop().create_future()
        self._pending[ident] = future
        request = {"kind": "req", "id": ident, "type": REQUEST_TYPE, "body": BODY}
        await self._socket.send(json.dumps(request, separators=(",", ":")))
        return await future

    async def _close(self, reader: asyncio.Task[None]) -> None:
        await self._socket.close()
        await reader
