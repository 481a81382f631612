"""One websocket, and the TCP connection below it."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
from typing import TYPE_CHECKING, Final

from aiohttp import web

from ums_actors.emulator import choices

if TYPE_CHECKING:
    from aiohttp import WSMessage

__all__ = ["Channel", "reset"]

TCP_GRACE: Final = 0.1
"""Seconds for the last bytes after the close handshake, until TCP is aborted."""


class Channel:
    """Carries frames, and ends in each of the ways in which a socket may end.

    Attributes:
        socket: what the handler of the handshake gives back in the end.
        is_frozen: whether it is half-open: TCP stays, and nothing moves.
    """

    def __init__(self) -> None:
        self.socket: web.WebSocketResponse = web.WebSocketResponse(
            timeout=choices.CLOSE_WAIT,
            autoping=False,
            autoclose=False,
            compress=False,
            max_msg_size=choices.MAX_FRAME_BYTES,
        )
        self.is_frozen: bool = False
        self._transport: asyncio.Transport | None = None

    async def open(self, request: web.Request) -> None:
        """Upgrade the request.

        Raises:
            web.HTTPBadRequest: it is no websocket handshake.
        """
        await self.socket.prepare(request)
        if isinstance(request.transport, asyncio.Transport):
            self._transport = request.transport

    async def receive(self, idle: float) -> WSMessage:
        """Read the next frame.

        Raises:
            TimeoutError: none came within ``idle`` seconds.
        """
        return await self.socket.receive(timeout=idle)

    async def send(self, text: str) -> None:
        """Write a frame.

        Raises:
            ConnectionError: the peer has gone.
        """
        await self.socket.send_str(text)

    async def pong(self, data: bytes) -> None:
        """Answer a ping.

        Raises:
            ConnectionError: the peer has gone.
        """
        await self.socket.pong(data)

    def freeze(self) -> None:
        """Read nothing any more; who writes is to look at ``is_frozen``."""
        self.is_frozen = True
        if self._transport is not None:
            self._transport.pause_reading()

    async def close(self, code: int) -> None:
        """Send a close frame, wait a little for its answer, then close TCP."""
        with contextlib.suppress(TimeoutError, ConnectionError):
            async with asyncio.timeout(choices.CLOSE_WAIT + TCP_GRACE):
                await self.socket.close(code=code)
        # TLS would wait half a minute for a peer that says no goodbye
        asyncio.get_running_loop().call_later(TCP_GRACE, self._abort)

    def reset(self) -> None:
        """Reset TCP, without a close frame; once: a closed TLS transport is empty."""
        transport, self._transport = self._transport, None
        if transport is not None:
            reset(transport)

    def _abort(self) -> None:
        if self._transport is not None:
            self._transport.abort()


def reset(transport: asyncio.Transport) -> None:
    """Reset a TCP connection."""
    try:
        raw = transport.get_extra_info("socket")
    except AttributeError:  # of asyncio's TLS transport, when its peer has gone
        raw = None
    if raw is not None and raw.fileno() >= 0:
        linger = struct.pack("ii", 1, 0)
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    transport.abort()
