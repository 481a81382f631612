"""``ums_actors``' asyncio façade, beside the asyncio loop's thread or on it."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

import uvloop

import ums_actors
from benchmarks.contestants.asyncio_peer import AsyncLine, AsyncPeer
from benchmarks.workload import ACCOUNT, BODY, REQUEST_TYPE, TOKEN
from ums_actors import aio

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from benchmarks.workload import Target

__all__ = ["UMSAio", "UMSHosted"]

_REQUEST = {"type": REQUEST_TYPE, "body": BODY}


class _Line(AsyncLine):
    """One connection; its requests are the façade's own to match."""

    def __init__(self, runtime: ums_actors.Runtime | None = None) -> None:
        super().__init__()
        self._runtime = runtime
        self._connection: aio.Connection

    async def open(self, target: Target) -> None:
        """Start the tree and wait for READY."""
        self._connection = await aio.connect(
            ACCOUNT,
            auth=ums_actors.ReadyBearer(TOKEN, user_id="1"),
            domains={"facadeMsg": target.origin},
            create_default_subscription=False,
            ssl_context=target.tls,
            runtime=self._runtime,
            fail_fast=True,
        )

    async def request(self) -> Any:
        """Make the measured request."""
        return await self._connection.send(_REQUEST)

    def send_other(self, ident: str, kind: str, body: Any) -> Awaitable[object]:
        """Send another request; it needs no id of ours."""
        del ident
        return self._connection.send({"type": kind, "body": body})

    async def ended(self) -> None:
        """Take part in no workload that cuts lines."""
        raise NotImplementedError("the façade comes back by itself")

    async def close(self) -> None:
        """Close the connection and stop its actors."""
        await self._connection.close()


class UMSAio(AsyncPeer[_Line]):
    """The actors have their own thread, as they have by default."""

    loop_factory = uvloop.new_event_loop
    make_line = _Line


class UMSHosted(AsyncPeer[_Line]):
    """The actors run on the asyncio loop."""

    loop_factory = uvloop.new_event_loop

    def __init__(self) -> None:
        super().__init__()
        self._stack = contextlib.AsyncExitStack()
        self._runtime: ums_actors.Runtime | None = None

    def make_line(self) -> _Line:
        """Make a connection of the runtime that all share."""
        return _Line(self._runtime)

    async def begin(self) -> None:
        """Begin to host."""
        if self._runtime is None:
            hosting = aio.hosted_runtime()
            self._runtime = await self._stack.enter_async_context(hosting)

    async def end(self) -> None:
        """Host no more."""
        await self._stack.aclose()
