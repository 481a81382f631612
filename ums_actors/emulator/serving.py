"""One port that serves an application: plain or TLS."""

from __future__ import annotations

import asyncio
import errno
from asyncio import sslproto
from typing import TYPE_CHECKING, Final

from aiohttp import web

from ums_actors.emulator.failures import EmulatorError

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable

__all__ = ["Serving"]

HANDLER_GRACE: Final = 0.5
"""Seconds for HTTP calls under way when it stops."""
BACKLOG: Final = 1_024
_LAST_TURNS: Final = 4
"""Turns of the loop in which connections that begin or end do so."""


class Serving:
    """A server on its address; belongs to the loop that starts it.

    Args:
        app: what is served.
        host: the address to bind.
        port: 0 takes a free one.
        tls: None serves plain.
    """

    def __init__(
        self, app: web.Application, host: str, port: int, tls: ssl.SSLContext | None
    ) -> None:
        self._runner = web.AppRunner(
            app, access_log=None, shutdown_timeout=HANDLER_GRACE
        )
        self._host = host
        self._port = port
        self._tls = tls
        self._server: asyncio.Server | None = None

    async def start(self) -> str:
        """Listen; give the bare ``host:port``.

        Raises:
            EmulatorError: the port is in use or no port.
        """
        await self._runner.setup()
        loop = asyncio.get_running_loop()
        try:
            self._server = await loop.create_server(
                self._factory(loop), self._host, self._port, backlog=BACKLOG
            )
        except (OSError, OverflowError) as error:
            await self._runner.cleanup()
            raise _bind_error(self._host, self._port, error) from None
        host, port = self._server.sockets[0].getsockname()[:2]
        return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"

    async def stop_accepting(self) -> None:
        """Let nobody in any more, and let those who are half in come in.

        asyncio leaks a connection that was accepted just before its server is closed.
        """
        if self._server is None:
            return
        loop = asyncio.get_running_loop()
        for listening in self._server.sockets:
            loop.remove_reader(listening.fileno())
        for _ in range(_LAST_TURNS):
            await asyncio.sleep(0)
        self._server.close()

    async def stop(self) -> None:
        """End all connections, and abort what would wait for a peer's TLS goodbye."""
        for _ in range(_LAST_TURNS):  # who was just being accepted gets its transport
            await asyncio.sleep(0)
        server = self._runner.server
        handlers = [] if server is None else server.connections
        transports = [it.transport for it in handlers if it.transport is not None]
        await self._runner.cleanup()
        for transport in transports:
            transport.abort()
        for _ in range(_LAST_TURNS):  # the aborted connections are lost in these
            await asyncio.sleep(0)

    def _factory(
        self, loop: asyncio.AbstractEventLoop
    ) -> Callable[[], asyncio.BaseProtocol]:
        handlers, tls = self._runner.server, self._tls
        if handlers is None:
            raise RuntimeError("the server has not been set up")
        if tls is None:
            return handlers
        return lambda: _FrugalTLS(
            loop,
            handlers(),
            tls,
            None,  # type: ignore[arg-type]  # nobody waits for the handshake
            server_side=True,
        )


class _FrugalTLS(sslproto.SSLProtocol):
    """TLS with a read buffer of one record, where asyncio's has 256 KiB for each."""

    max_size = 16 << 10


def _bind_error(host: str, port: int, error: Exception) -> EmulatorError:
    way_out = "choose another with --port, or --port 0 for a free one"
    if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
        return EmulatorError(f"port {port} of {host} is in use; {way_out}")
    reason = getattr(error, "strerror", None) or str(error)
    return EmulatorError(f"cannot listen on {host} port {port} ({reason}); {way_out}")
