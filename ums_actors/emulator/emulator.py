"""The emulator on its address: one port for HTTP, websocket and control."""

from __future__ import annotations

import asyncio
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
from ums_actors.emulator.http.rest.service import Rest
from ums_actors.emulator.http.shifts import Shifts
from ums_actors.emulator.http.sockets import Sockets
from ums_actors.emulator.http.statistics import Statistics
from ums_actors.emulator.kept.memory import facts_of, restore
from ums_actors.emulator.kept.store import Store
from ums_actors.emulator.service import Service
from ums_actors.emulator.serving import Serving
from ums_actors.emulator.tls import LoopbackTLS
from ums_actors.emulator.wire.framelog import DEFAULT_LOG_LIMIT

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from types import TracebackType

__all__ = ["DEFAULT_ACCOUNT", "Emulator"]

DEFAULT_ACCOUNT: Final = "12345678"
MAX_SECONDS: Final = 86_400
"""What a setting in seconds stays below."""
_ACCOUNT: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")


class Emulator(Controls):
    """A local UMS; :meth:`start` and :meth:`stop` it in a running asyncio loop.

    Args:
        host: a loopback address, or localhost; any other only with ``i_know``.
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
        state: directory in which the account's facts outlive :meth:`stop`, and are
            found by the next :meth:`start`; None keeps nothing.
        i_know: serve other machines as well. Whoever reaches the port can log in,
            read all that is said, and break everything by the control endpoint.

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
        state: str | None = None,
        i_know: bool = False,
    ) -> None:
        self._host = _address(host, anywhere=i_know)
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
        self.users: tuple[str, ...] = tuple(user.name for user in service.users)
        self._tls: LoopbackTLS | None = None
        self._serving: Serving | None = None
        self._store: Store | None = None
        self.keep_in(state)

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

    @property
    def is_exposed(self) -> bool:
        """Whether other machines may reach it."""
        return not is_loopback(self._host)

    def keep_in(self, directory: str | None) -> None:
        """Keep the account's facts in a directory from now on; None keeps nothing."""
        self._store = None if directory is None else Store(directory)

    async def start(self) -> None:
        """Listen, with the facts that were kept if there are any.

        Raises:
            EmulatorError: the port is in use, the CA cannot be written, or the state
                is of no use.
        """
        try:
            self._recall()
        except BaseException:
            await self.stop()
            raise
        app = web.Application()
        for part in (
            Domains,
            Login,
            Idp,
            Shifts,
            Statistics,
            Rest,
            Sockets,
            Storage,
        ):
            part(self._service).add_to(app)
        ControlSide(self).add_to(app)
        tls = self._tls.context if self._tls else None
        serving = Serving(app, self._host, self._port, tls)
        try:
            self._service.authority = await serving.start()
        except BaseException:
            await self.stop()
            raise
        self._serving = serving
        self._service.alarm.set()

    async def stop(self) -> None:
        """Close all sockets with 1001 and stop listening; may be called twice.

        Raises:
            EmulatorError: the state cannot be kept; all else is done.
        """
        serving, self._serving = self._serving, None
        if serving is not None:
            await serving.stop_accepting()
            try:
                async with asyncio.timeout(2 * CLOSE_WAIT):
                    await self.close_sockets(SHUTDOWN_CLOSE_CODE)
            except TimeoutError:
                self.cut()
            await serving.stop()
        self._service.alarm.cancel()
        self._service.repeater.cancel()
        await self._service.postings.stop()
        if self._tls is not None:
            self._tls.remove()
        if serving is not None and self._store is not None:
            certificate = self._tls.certificate if self._tls else None
            self._store.write(facts_of(self._service, certificate))

    def _recall(self) -> None:
        store, facts, ca_out = self._store, None, self._ca_out
        if store is not None:
            facts = store.read()
            ca_out = ca_out or (store.ca_file() if self.tls else None)
        try:
            if self.tls:
                self._tls = LoopbackTLS(
                    ca_out, facts.tls if facts else None, self._host
                )
            if facts is not None:
                restore(self._service, facts)
        except ValueError as error:
            raise store.corrupt(error) if store else error from None

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


def _positive(name: str, seconds: float) -> float:
    if not 0 < seconds < MAX_SECONDS:
        raise EmulatorError(
            f"{name} {seconds} is out of range; "
            f"give seconds above 0 and below {MAX_SECONDS}"
        )
    return seconds


def _address(host: str, *, anywhere: bool) -> str:
    """Give the address to bind; not one that others reach, unless somebody knows."""
    if host == "localhost":
        return "127.0.0.1"
    if not is_address(host):
        raise EmulatorError(
            f"{host!r} is no IP address; use --host 127.0.0.1 or leave it out"
        )
    if not (anywhere or is_loopback(host)):
        raise EmulatorError(
            f"the emulator serves loopback only, not {host}: whoever reaches it "
            "controls it; if that is meant add --i-know, else "
            "use --host 127.0.0.1 or leave it out"
        )
    return host


def is_loopback(host: str) -> bool:
    """Tell whether this machine alone reaches an address."""
    return ipaddress.ip_address(host).is_loopback


def is_address(host: str) -> bool:
    """Tell whether it is an IP address."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
