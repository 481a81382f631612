"""CSDS: which host does which service for an account."""

from __future__ import annotations

import threading
import time
from concurrent.futures import Future
from http import HTTPStatus
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from msgspec import Struct, field

from ums_actors.auth.origin import Origin, parse_origin
from ums_actors.errors import (
    AuthenticationRejected,
    LocalProtocolError,
    LoginError,
    RemoteProtocolError,
)
from ums_actors.protocol.lenient import read_record

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ums_actors.auth.deadline import Deadline
    from ums_actors.auth.http import Answer, Http

__all__ = ["DEFAULT_CSDS_HOST", "LOGIN_SERVICE", "SOCKET_SERVICE", "Csds"]

DEFAULT_CSDS_HOST: Final = "adminlogin.liveperson.net"
LOGIN_SERVICE: Final = "agentVep"
SOCKET_SERVICE: Final = "facadeMsg"
"""Brand websockets; consumers use ``asyncMessagingEnt``."""

_STEP: Final = "csds"
_PAUSE: Final = 5.0
"""Least pause after a failure of the service, seconds (UMS.md 1.6)."""
_UNKNOWN_ACCOUNT: Final = frozenset({400, 401, 403, 404})
_ALL: Final = ""


class Csds:
    """Looks up domains of one account, and believes them for a while.

    Blocking, for workers; any thread may ask, and those who ask for the same at the
    same time share one call.

    Args:
        host: of CSDS, as ``host[:port]``. ``http://127.0.0.1:PORT`` means that CSDS,
            login and websocket are all without TLS, on this machine only.
        account_id: the account.
        http: the client.
        cache_seconds: how long an answer is believed.
        clock: monotonic seconds.
        overrides: service → host, for those that are not to be looked up; a scheme
            as in ``http://127.0.0.1:PORT`` is allowed.

    Raises:
        LocalProtocolError: a bad ``host`` or ``account_id``.
    """

    def __init__(
        self,
        host: str,
        account_id: str,
        http: Http,
        cache_seconds: float = 600.0,
        clock: Callable[[], float] = time.monotonic,
        *,
        overrides: Mapping[str, str] | None = None,
    ) -> None:
        if not account_id:
            raise LocalProtocolError("account_id is empty; give the account's number")
        self.account_id = account_id
        self.origin = parse_origin(host)
        self._overrides = {
            service: parse_origin(where, secure=self.origin.secure)
            for service, where in (overrides or {}).items()
        }
        self._http = http
        self._cache_seconds = cache_seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._cache: dict[str, tuple[float, str]] = {}
        self._flights: dict[str, Future[dict[str, str]]] = {}
        self._account_known = False

    @property
    def secure(self) -> bool:
        """Whether all services of the account are spoken to over TLS."""
        return self.origin.secure

    def look_up(self, service: str, deadline: Deadline) -> str:
        """Give the ``host[:port]`` of a service.

        Raises:
            LoginError: it did not answer, or the account has no such service.
            AuthenticationRejected: the account is unknown.
        """
        with self._lock:
            believed_until, host = self._cache.get(service, (0.0, ""))
            if host and self._clock() < believed_until:
                return host
        found = self._shared(service, deadline)
        if service not in found:
            raise LoginError(
                f"the account {self.account_id} has no service {service} in CSDS",
                step=_STEP,
                retry_after=_PAUSE,
            )
        return found[service]

    def find(self, service: str, deadline: Deadline) -> Origin:
        """Give scheme, host and port of a service; errors are those of look_up."""
        if service in self._overrides:
            return self._overrides[service]
        host = self.look_up(service, deadline)
        failure: LoginError
        try:
            return parse_origin(host, secure=self.secure)
        except LocalProtocolError as error:
            failure = LoginError(
                f"CSDS gave a bad host for {service}: {error}", step=_STEP
            )
        raise failure

    def domains(self, deadline: Deadline) -> dict[str, str]:
        """Give the hosts of all services, asked afresh.

        Raises:
            LoginError: it did not answer.
            AuthenticationRejected: the account is unknown.
        """
        return dict(self._shared(_ALL, deadline))

    def _shared(self, service: str, deadline: Deadline) -> dict[str, str]:
        """Ask, or wait for the answer that somebody else asked for."""
        with self._lock:
            flight = self._flights.get(service)
            leads = flight is None
            if flight is None:
                flight = self._flights[service] = Future()
        if not leads:
            return self._await(flight, deadline)
        try:
            found = self._ask(service, deadline)
        except BaseException as error:
            self._land(service)
            flight.set_exception(error)
            raise
        self._land(service)
        flight.set_result(found)
        return found

    def _land(self, service: str) -> None:
        with self._lock:
            del self._flights[service]

    def _await(
        self, flight: Future[dict[str, str]], deadline: Deadline
    ) -> dict[str, str]:
        try:
            error = flight.exception(deadline.left())
        except TimeoutError:
            error = LoginError("CSDS did not answer before the deadline", step=_STEP)
        if error is None:
            return flight.result()
        if isinstance(error, AuthenticationRejected):
            raise AuthenticationRejected(str(error), step=_STEP, status=error.status)
        if isinstance(error, LoginError):
            raise LoginError(
                str(error),
                step=_STEP,
                status=error.status,
                retry_after=error.retry_after,
            )
        raise LoginError(
            f"the CSDS call of another thread failed: {type(error).__name__}",
            step=_STEP,
        )

    def _ask(self, service: str, deadline: Deadline) -> dict[str, str]:
        account = quote(self.account_id, safe="")
        part = f"/{quote(service, safe='')}" if service else ""
        answer = self._http.call(
            "GET",
            self.origin,
            f"/api/account/{account}/service{part}/baseURI.json?version=1.0",
            step=_STEP,
            deadline=deadline,
        )
        found = self._read(answer)
        believed_until = self._clock() + self._cache_seconds
        with self._lock:
            self._account_known = self._account_known or bool(found)
            self._cache.update((name, (believed_until, found[name])) for name in found)
        return found

    def _read(self, answer: Answer) -> dict[str, str]:
        if answer.status in _UNKNOWN_ACCOUNT:
            raise self._unknown_account(answer.status)
        if answer.status != HTTPStatus.OK:
            raise LoginError(
                f"CSDS answered with status {answer.status}",
                step=_STEP,
                status=answer.status,
                retry_after=_PAUSE,
            )
        entries = _entries(answer.body)
        if entries is None:
            raise LoginError(
                f"the answer of {self.origin.host} is not one of CSDS; "
                "check the csds host",
                step=_STEP,
                status=answer.status,
                retry_after=_PAUSE,
            )
        if not entries:
            raise self._unknown_account(answer.status)
        return entries

    def _unknown_account(self, status: int) -> LoginError:
        """An account that was there a while ago is not unknown: CSDS has a bad day."""
        if self._account_known:
            return LoginError(
                f"CSDS does not know the account {self.account_id} at the moment",
                step=_STEP,
                status=status,
                retry_after=_PAUSE,
            )
        return AuthenticationRejected(
            f"CSDS at {self.origin.host} does not know the account "
            f"{self.account_id}; check account_id (and the csds host)",
            step=_STEP,
            status=status,
        )


class _Domain(Struct):
    service: str = ""
    host: str = field(default="", name="baseURI")


class _Domains(Struct):
    """Either form: the list, or the one entry."""

    listed: list[_Domain] | None = field(default=None, name="baseURIs")
    service: str = ""
    host: str = field(default="", name="baseURI")


def _entries(body: bytes) -> dict[str, str] | None:
    """Give service → host; None if this is no answer of CSDS."""
    try:
        found = read_record(body, _Domains)
    except RemoteProtocolError:
        return None
    if found.listed is None:
        return {found.service: found.host} if found.service and found.host else None
    return {each.service: each.host for each in found.listed if each.host}
