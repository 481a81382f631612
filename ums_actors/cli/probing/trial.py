"""The steps of a probe, in the order in which a connection takes them."""

from __future__ import annotations

import contextlib
import socket
import ssl
import time
from typing import TYPE_CHECKING, Any, Final, cast

import ums_actors as ums
from ums_actors._version import __version__
from ums_actors.auth.brand import BrandTokenSource
from ums_actors.auth.csds import (
    BRAND_SOCKET_SERVICES,
    DEFAULT_CSDS_HOST,
    LOGIN_SERVICE,
    Csds,
)
from ums_actors.cli.explain import explain
from ums_actors.cli.probing.clock import ask_clock
from ums_actors.cli.probing.patience import within
from ums_actors.cli.probing.step import Step
from ums_actors.http.client import Http
from ums_actors.http.tls import client_context
from ums_actors.protocol.paths import brand_socket_path
from ums_actors.transport import Attempt, Opened, Target, Websocket
from ums_actors.transport.budget import Budget
from ums_actors.transport.dial import dial
from ums_actors.transport.line import Line
from ums_actors.transport.request_headers import header_lines
from ums_actors.transport.tls import start_tls
from ums_actors.transport.upgrade import upgrade

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    from ums_actors.auth.session import Session
    from ums_actors.cli.settings.settings import Settings
    from ums_actors.http.origin import Origin

__all__ = ["STEPS", "Trial"]

STEPS: Final = (
    "csds name",
    "csds",
    "login",
    "socket name",
    "tcp",
    "tls",
    "upgrade",
    "clock",
)
_SKEW: Final = 5.0
"""Seconds by which the clocks may differ before it is worth a word."""
_LOGOUT: Final = 5.0
_DAY: Final = 86_400.0


class Trial:
    """One run over all steps; it ends with the first that fails.

    Args:
        settings: which account, as whom, and where.
        timeout: seconds for each step.
    """

    def __init__(self, settings: Settings, timeout: float) -> None:
        self._timeout = timeout
        self._account = settings.required("account")
        self._context = client_context(settings.value("ca"))
        self._http = Http(tls=lambda: self._context)
        csds = settings.value("csds") or DEFAULT_CSDS_HOST
        self._csds = Csds(csds, self._account, self._http)
        self._source = BrandTokenSource(
            self._account, settings.credentials(), self._csds, self._http
        )
        self._session: Session | None = None
        self._service: Origin
        self._attempt = Attempt()
        self._budget: Budget
        self._line: Line
        self._opened: Opened
        self._target: Target

    def run(self) -> Iterator[Step]:
        """Give each step when it is over; those after a failure are not tried."""
        failed = False
        with self._ended():
            for name, take in zip(STEPS, self._takes(), strict=True):
                if failed:
                    yield Step(name, None, 0.0, "not tried")
                    continue
                began = time.perf_counter()
                try:
                    ok, says = True, take()
                except (ums.UMSError, OSError, UnicodeError) as error:
                    ok, says, failed = False, _why(error), True
                yield Step(name, ok, time.perf_counter() - began, says)

    def _takes(self) -> tuple[Callable[[], str], ...]:
        return (
            self._find_csds,
            self._ask_csds,
            self._log_in,
            self._find_service,
            self._dial,
            self._encrypt,
            self._upgrade,
            self._clock,
        )

    # -- steps: each gives what it found

    def _find_csds(self) -> str:
        return self._resolved(self._csds.origin)

    def _ask_csds(self) -> str:
        deadline = self._http.deadline(self._timeout)
        login = self._csds.find(LOGIN_SERVICE, deadline)
        self._service = self._csds.find_first(
            BRAND_SOCKET_SERVICES, self._http.deadline(self._timeout)
        )
        return f"login at {login.host}, websocket at {self._service.host}"

    def _log_in(self) -> str:
        session = self._session = self._source.login(self._timeout)
        path = brand_socket_path(
            self._account, session.token.reveal(), integration_version=__version__
        )
        self._target = Target(ums.Secret(self._service.websocket_url + path))
        life = "" if session.life is None else f", its token lives {session.life:.0f} s"
        return f"as user {session.user_id}{life}"

    def _find_service(self) -> str:
        return self._resolved(self._service)

    def _dial(self) -> str:
        self._budget = Budget(
            self._timeout,
            attempt=self._attempt,
            clock=time.monotonic,
            where=self._target.safe,
        )
        sock = dial(
            self._target.host,
            self._target.port,
            budget=self._budget,
            attempt=self._attempt,
            resolver=socket.getaddrinfo,
        )
        self._line = Line(sock, self._budget)
        return "to " + str(sock.getpeername()[0])

    def _encrypt(self) -> str:
        if not self._target.secure:
            return "none: a plain line, which only loopback may have"
        self._line = start_tls(
            self._line,
            self._target.host,
            self._context,
            self._budget,
            self._attempt,
        )
        sock = cast("ssl.SSLSocket", self._line.sock)
        certificate: dict[str, Any] = sock.getpeercert() or {}
        ends = ssl.cert_time_to_seconds(str(certificate["notAfter"]))
        days = (ends - time.time()) / _DAY
        return f"{sock.version()}, the certificate ends in {days:.0f} days"

    def _upgrade(self) -> str:
        self._budget.step = "upgrade"
        rest = upgrade(self._line, self._target, header_lines({}), self._budget)
        self._opened = Opened(self._line.sock, rest)
        self._attempt.deliver(self._opened, self._line.sock)
        return "a websocket"

    def _clock(self) -> str:
        options = ums.Options()
        websocket = Websocket(
            self._opened,
            max_frame_size=options.max_frame_size,
            max_message_size=options.max_message_size,
            write_limit=options.write_buffer_limit,
        )
        try:
            ahead = ask_clock(websocket, self._timeout)
            websocket.close(1000)
        finally:
            websocket.shutdown()
        way = "ahead of" if ahead > 0 else "behind"
        told = f"the server's clock is {abs(ahead):.1f} s {way} ours"
        return f"{told}: set this machine's" if abs(ahead) > _SKEW else told

    # -- parts

    def _resolved(self, origin: Origin) -> str:
        found = within(
            self._timeout,
            lambda: socket.getaddrinfo(
                origin.host, origin.port, type=socket.SOCK_STREAM
            ),
        )
        addresses = list(dict.fromkeys(str(each[4][0]) for each in found))
        if addresses == [origin.host]:
            return f"{origin.host} is an address itself"
        more = f" and {len(addresses) - 1} more" if len(addresses) > 1 else ""
        return f"{origin.host} is {addresses[0]}{more}"

    @contextlib.contextmanager
    def _ended(self) -> Generator[None, None, None]:
        """Leave no session, socket or call behind."""
        try:
            yield
        finally:
            self._attempt.abort()
            self._attempt.discard_all()
            if self._session is not None:
                self._source.logout(self._session, _LOGOUT)
            self._source.close()


def _why(error: BaseException) -> str:
    """Say what went wrong, and what to do about it."""
    if isinstance(error, socket.gaierror):
        return f"{error.strerror}; check the host name and this machine's DNS"
    if isinstance(error, ssl.SSLCertVerificationError):
        return (
            f"the certificate is not accepted: {error.verify_message}; if the server "
            "has a CA of its own, pass its file with --ca"
        )
    if isinstance(error, OSError) and error.strerror:
        return f"{error.strerror}; check that the host is up and can be reached"
    return explain(error)
