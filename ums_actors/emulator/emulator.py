"""The emulator on its address: one port for HTTP and websocket, loopback only."""

from __future__ import annotations

import asyncio
import errno
import ipaddress
import re
from typing import TYPE_CHECKING, Final, Self

from aiohttp import web

from ums_actors.emulator.choices import (
    CLOSE_WAIT,
    DEFAULT_GAP,
    DEFAULT_IDLE_TIMEOUT,
    DEFAULT_INIT_TIMEOUT,
    DEFAULT_RING_TIMEOUT,
    SHUTDOWN_CLOSE_CODE,
)
from ums_actors.emulator.control.controls import Controls
from ums_actors.emulator.control.controlside import ControlSide
from ums_actors.emulator.control.endpoints import CONTROL_PATH
from ums_actors.emulator.failures import EmulatorError
from ums_actors.emulator.http.domains import Domains
from ums_actors.emulator.http.files import Storage
from ums_actors.emulator.http.idp import Idp
from ums_actors.emulator.http.login import Login
from ums_actors.emulator.http.sockets import Sockets
from ums_actors.emulator.service import Service
from ums_actors.emulator.tls import LoopbackTLS
from ums_actors.emulator.wire.framelog import DEFAULT_LOG_LIMIT

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from types import TracebackType

__all__ = ["DEFAULT_ACCOUNT", "Emulator"]

DEFAULT_ACCOUNT: Final = "12345678"
HANDLER_GRACE: Final = 0.5
"""Seconds for HTTP calls under way when the emulator stops."""
BACKLOG: Final = 1_024
MAX_SECONDS: Final = 86_400
"""What a setting in seconds stays below."""
_ACCOUNT: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")


class Emulator(Controls):
    """A local UMS; :meth:`start` and :meth:`stop` it in a running asyncio loop.

    Args:
        host: a loopback address, or localhost.
        port: 0 takes a free one.
        tls: whether to serve TLS, by a CA of its own.
        ca_out: file for that CA; None takes a temporary one.
        account: the one account that exists.
        users: N for bot1..botN (see ``password_of``), or passwords by name.
        log: whether frames are logged.
        log_limit: frames that the log keeps.
        gap: seconds between a response and the next notification.
        idle_timeout: seconds without a frame until a socket is closed.
        init_timeout: seconds that a consumer's socket waits for InitConnection.
        connectors: ids of the login connectors that exist; None takes any id.
        anonymous: whether consumers may come without a login of their own.
        ring_timeout: seconds that a ring waits for its agent.
        skills: skill ids by name of user; who is not named has every skill.
        survey: whether a survey follows every MAIN dialog that is closed.

    Raises:
        EmulatorError: a setting is wrong; the text ends with what to do.
    """

    def __init__(
        self,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        tls: bool = False,
        ca_out: str | None = None,
        account: str = DEFAULT_ACCOUNT,
        users: int | Mapping[str, str] = 1,
        log: bool = True,
        log_limit: int = DEFAULT_LOG_LIMIT,
        gap: float = DEFAULT_GAP,
        idle_timeout: float = DEFAULT_IDLE_TIMEOUT,
        init_timeout: float = DEFAULT_INIT_TIMEOUT,
        connectors: Collection[str] | None = None,
        anonymous: bool = True,
        ring_timeout: float = DEFAULT_RING_TIMEOUT,
        skills: Mapping[str, Iterable[str]] | None = None,
        survey: bool = False,
    ) -> None:
        self._host = _loopback(host)
        self._port = port
        self._ca_out = ca_out
        if not _ACCOUNT.fullmatch(account):
            raise EmulatorError(
                f"{account!r} is no account id; use letters, digits, _ and -"
            )
        service = Service(
            account,
            users,
            log_limit=log_limit if log else 0,
            gap=gap,
            idle_timeout=idle_timeout,
            init_timeout=_positive("init_timeout", init_timeout),
            connectors=connectors,
            anonymous=anonymous,
            ring_timeout=_positive("ring_timeout", ring_timeout),
            skills=skills,
            survey=survey,
        )
        super().__init__(service)
        self.account = account
        self.tls = tls
        self.users = tuple(user.name for user in service.users)
        self._tls: LoopbackTLS | None = None
        self._runner: web.AppRunner | None = None

    @property
    def csds(self) -> str:
        """Bare ``host:port``; empty until started."""
        return self._service.authority

    @property
    def ca(self) -> str | None:
        """Path of the CA's file; None without TLS."""
        return self._tls.ca_path if self._tls else None

    @property
    def control(self) -> str:
        """Base URL of the script's calls."""
        scheme = "https" if self.tls else "http"
        return f"{scheme}://{self.csds}{CONTROL_PATH}"

    async def start(self) -> None:
        """Listen.

        Raises:
            EmulatorError: the port is in use, or the CA cannot be written.
        """
        app = web.Application()
        for part in (Domains, Login, Idp, Sockets, Storage):
            part(self._service).add_to(app)
        ControlSide(self).add_to(app)
        self._tls = LoopbackTLS(self._ca_out) if self.tls else None
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=HANDLER_GRACE)
        self._runner = runner
        await runner.setup()
        site = web.TCPSite(
            runner,
            self._host,
            self._port,
            ssl_context=self._tls.context if self._tls else None,
            backlog=BACKLOG,
        )
        try:
            await site.start()
        except (OSError, OverflowError) as error:
            await self.stop()
            raise _bind_error(self._host, self._port, error) from None
        host, port = runner.addresses[0][:2]
        shown = f"[{host}]" if ":" in host else host
        self._service.authority = f"{shown}:{port}"
        self._service.alarm.set()

    async def stop(self) -> None:
        """Close all sockets with 1001 and stop listening; may be called twice."""
        runner, self._runner = self._runner, None
        if runner is not None:
            await _stop_accepting(runner)
            for site in list(runner.sites):
                await site.stop()
            try:
                async with asyncio.timeout(2 * CLOSE_WAIT):
                    await self.close_sockets(SHUTDOWN_CLOSE_CODE)
            except TimeoutError:
                self.cut()
            await _clean_up(runner)
        self._service.alarm.cancel()
        if self._tls is not None:
            self._tls.remove()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.stop()


_LAST_TURNS: Final = 4
"""Turns of the loop in which connections that begin or end do so."""


async def _stop_accepting(runner: web.AppRunner) -> None:
    """Let nobody in any more, and let those who are half in come in.

    asyncio leaks a connection that was accepted just before its server is closed.
    """
    loop = asyncio.get_running_loop()
    for site in runner.sites:
        server = getattr(site, "_server", None)
        for listening in getattr(server, "sockets", ()):
            loop.remove_reader(listening.fileno())
    for _ in range(_LAST_TURNS):
        await asyncio.sleep(0)


async def _clean_up(runner: web.AppRunner) -> None:
    """Stop the server, and abort what would wait for a peer's TLS goodbye."""
    server = runner.server
    for _ in range(_LAST_TURNS):  # who was just being accepted gets its transport
        await asyncio.sleep(0)
    handlers = [] if server is None else server.connections
    transports = [it.transport for it in handlers if it.transport is not None]
    await runner.cleanup()
    for transport in transports:
        transport.abort()
    for _ in range(_LAST_TURNS):  # the aborted connections are lost in these
        await asyncio.sleep(0)


def _positive(name: str, seconds: float) -> float:
    if not 0 < seconds < MAX_SECONDS:
        raise EmulatorError(
            f"{name} {seconds} is out of range; "
            f"give seconds above 0 and below {MAX_SECONDS}"
        )
    return seconds


def _loopback(host: str) -> str:
    name = "127.0.0.1" if host == "localhost" else host
    try:
        is_loopback = ipaddress.ip_address(name).is_loopback
    except ValueError:
        is_loopback = False
    if not is_loopback:
        raise EmulatorError(
            f"the emulator serves loopback only, not {host}; "
            "use --host 127.0.0.1 or leave it out"
        )
    return name


def _bind_error(host: str, port: int, error: Exception) -> EmulatorError:
    way_out = "choose another with --port, or --port 0 for a free one"
    if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
        return EmulatorError(f"port {port} of {host} is in use; {way_out}")
    reason = getattr(error, "strerror", None) or str(error)
    return EmulatorError(f"cannot listen on {host} port {port} ({reason}); {way_out}")
