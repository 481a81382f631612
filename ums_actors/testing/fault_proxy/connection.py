"""One connection through the proxy: two pipes, and how it ends."""

from __future__ import annotations

import asyncio
import socket
import struct
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from ums_actors.testing.fault_proxy.pipe import CHUNK, End, Pipe

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

__all__ = ["Connection"]

LINGER: Final = 1.0
"""Seconds in which a side may answer an end of stream before its socket is closed."""
_NO_LINGER: Final = struct.pack("ii", 1, 0)


class Connection:
    """Carries one client's bytes to the target and back; on the proxy's loop only.

    Args:
        client: the socket that was accepted.
        random: source of jitter.
        count: is told of bytes as they pass, by direction.

    Attributes:
        upstream: from the client to the server; ``downstream`` is the way back.
    """

    def __init__(
        self,
        client: socket.socket,
        random: Random,
        count: Callable[[str, int], None],
    ) -> None:
        self._client = client
        self._server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._ending: asyncio.Future[End] = asyncio.get_running_loop().create_future()
        self._closed = asyncio.Event()
        self.upstream: Pipe
        self.downstream: Pipe
        self.upstream, self.downstream = (
            Pipe(random, partial(count, way), self.end)
            for way in ("upstream", "downstream")
        )
        self.upstream.other, self.downstream.other = self.downstream, self.upstream

    def pipes(self, direction: str) -> tuple[Pipe, ...]:
        """Give the pipes of a direction, or both."""
        if direction == "both":
            return self.upstream, self.downstream
        return (getattr(self, direction),)

    def end(self, how: End) -> None:
        """End it; the first way counts."""
        if not self._ending.done():
            self._ending.set_result(how)

    @property
    def is_ending(self) -> bool:
        """Whether it has been ended."""
        return self._ending.done()

    async def wait_closed(self) -> None:
        """Wait until it is over, its sockets closed."""
        await self._closed.wait()

    async def run(self, target: tuple[str, int]) -> None:
        """Carry until both directions have ended, or one has ended both."""
        carrying = asyncio.create_task(self._carry(target))
        try:
            ends_it: list[asyncio.Future[Any]] = [carrying, self._ending]
            await asyncio.wait(ends_it, return_when=asyncio.FIRST_COMPLETED)
        finally:
            carrying.cancel()
            (outcome,) = await asyncio.gather(carrying, return_exceptions=True)
            how = self._ending.result() if self._ending.done() else End.FIN
            if isinstance(outcome, OSError):  # there is no server
                how = End.RESET
            try:
                if how is End.FIN and self._ending.done():
                    await self._take_leave()
            finally:
                self._close(how)
        if isinstance(outcome, Exception) and not isinstance(outcome, OSError):
            raise outcome

    async def _carry(self, target: tuple[str, int]) -> None:
        for each in (self._client, self._server):
            each.setblocking(False)
            each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        await self.upstream.wait_passable()
        await asyncio.get_running_loop().sock_connect(self._server, target)
        async with asyncio.TaskGroup() as tasks:
            for pipe, source, sink in (
                (self.upstream, self._client, self._server),
                (self.downstream, self._server, self._client),
            ):
                tasks.create_task(pipe.read(source))
                tasks.create_task(pipe.write(sink))

    async def _take_leave(self) -> None:
        """End both streams, and swallow what still comes.

        A socket that is closed with bytes unread would send a reset instead.
        """
        sides = (self._client, self._server)
        await asyncio.gather(*map(_say_goodbye, sides), return_exceptions=True)

    def _close(self, how: End) -> None:
        for each in (self._client, self._server):
            if how is End.RESET:
                each.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
            each.close()
        self._closed.set()


async def _say_goodbye(side: socket.socket) -> None:
    side.shutdown(socket.SHUT_WR)
    async with asyncio.timeout(LINGER):
        while await asyncio.get_running_loop().sock_recv(side, CHUNK):
            pass
