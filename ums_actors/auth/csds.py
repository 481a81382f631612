"""CSDS: which host does which service for an account."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from ums_actors.auth.domains import (
    DomainCalls,
    ServiceUnknown,
    unknown_account,
    unknown_service,
)
from ums_actors.auth.flights import Flights
from ums_actors.auth.whereabouts import Whereabouts
from ums_actors.errors import AuthenticationRejected, LocalProtocolError, LoginError
from ums_actors.http.origin import Origin, parse_origin

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ums_actors.http.client import Http
    from ums_actors.http.deadline import Deadline

__all__ = [
    "BRAND_SOCKET_SERVICES",
    "DEFAULT_CSDS_HOST",
    "LOGIN_SERVICE",
    "SOCKET_SERVICE",
    "STALE_SECONDS",
    "Csds",
]

DEFAULT_CSDS_HOST: Final = "adminlogin.liveperson.net"
LOGIN_SERVICE: Final = "agentVep"
SOCKET_SERVICE: Final = "facadeMsg"
"""Brand websockets; consumers use ``asyncMessagingEnt``."""
BRAND_SOCKET_SERVICES: Final = (SOCKET_SERVICE, "asyncMessagingEnt")
"""Where a brand's websocket may be, the first that the account has (UMS.md 1.1)."""
STALE_SECONDS: Final = 86_400.0
"""How long an answer that is no longer believed still serves while CSDS fails: hosts
move seldom, and a wrong one shows itself when it is dialled."""
_HASTE: Final = 3.0
"""Most seconds to wait for a fresh answer where an old one is at hand."""
_REPRIEVE: Final = 60.0
"""Seconds for which an old answer serves before a failing CSDS is asked again."""


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
        stale_seconds: how long it serves beyond that while CSDS fails.
        allow_plain: admit hosts without TLS that are not on this machine.

    Raises:
        LocalProtocolError: a bad ``host`` or ``account_id``.
    """

    __slots__ = (
        "_allow_plain",
        "_calls",
        "_flights",
        "_http",
        "_known",
        "_overrides",
        "account_id",
        "origin",
    )

    def __init__(
        self,
        host: str,
        account_id: str,
        http: Http,
        cache_seconds: float = 600.0,
        clock: Callable[[], float] = time.monotonic,
        *,
        overrides: Mapping[str, str] | None = None,
        stale_seconds: float = STALE_SECONDS,
        allow_plain: bool = False,
    ) -> None:
        if not account_id:
            raise LocalProtocolError("account_id is empty; give the account's number")
        self.account_id: str = account_id
        self._allow_plain = allow_plain
        self.origin: Origin = parse_origin(host, allow_plain=allow_plain)
        self._overrides = {
            service: self._parse(where) for service, where in (overrides or {}).items()
        }
        self._http = http
        self._calls = DomainCalls(self.origin, account_id, http)
        self._known = Whereabouts(cache_seconds, stale_seconds, clock)
        self._flights: Flights[dict[str, str]] = Flights("the CSDS call", "csds")

    def close(self) -> None:
        """End all calls, with their HTTP client; any thread, idempotent."""
        self._http.close()

    @property
    def secure(self) -> bool:
        """Whether all services of the account are spoken to over TLS."""
        return self.origin.secure

    def look_up(self, service: str, deadline: Deadline) -> str:
        """Give the ``host[:port]`` of a service.

        An answer that is too old to be believed serves, too, while there is no other.

        Raises:
            LoginError: CSDS did not answer, or (ServiceUnknown) the account has no
                such service.
            AuthenticationRejected: the account is unknown.
        """
        found = self._known.fresh(service)
        if found is not None:
            return found
        if self._known.is_absent(service):
            raise unknown_service(self.account_id, service)
        stale = self._known.stale(service)
        if stale is None:
            return self._ask_for(service, deadline)
        try:
            return self._ask_for(service, deadline.at_most(_HASTE))
        except ServiceUnknown:  # a clear answer
            raise
        except LoginError:
            self._known.prolong(service, _REPRIEVE)
            return stale

    def find(self, service: str, deadline: Deadline) -> Origin:
        """Give scheme, host and port of a service; errors are those of look_up."""
        if service in self._overrides:
            return self._overrides[service]
        host = self.look_up(service, deadline)
        failure: LoginError
        try:
            found = self._parse(host)
        except LocalProtocolError as error:
            failure = LoginError(
                f"CSDS gave a bad host for {service}: {error}", step="csds"
            )
        else:
            if found.secure or not self.secure:
                return found
            failure = LoginError(
                f"CSDS gave a host without TLS for {service}, though it was itself "
                "asked over TLS; name the host in domains if that is right",
                step="csds",
            )
        raise failure

    def find_first(self, services: tuple[str, ...], deadline: Deadline) -> Origin:
        """Give where the first of these services is that the account has.

        One with an override goes before those that would have to be looked up.

        Raises:
            LoginError: as look_up does; that of the last, if it has none of them.
        """
        for service in services:
            if service in self._overrides:
                return self._overrides[service]
        for service in services[:-1]:
            try:
                return self.find(service, deadline)
            except ServiceUnknown:
                continue
        return self.find(services[-1], deadline)

    def domains(self, deadline: Deadline) -> dict[str, str]:
        """Give the hosts of all services, asked afresh.

        Raises:
            LoginError: it did not answer.
            AuthenticationRejected: the account is unknown.
        """
        return dict(self._flights.share("", lambda: self._ask_all(deadline), deadline))

    def _parse(self, host: str) -> Origin:
        return parse_origin(host, secure=self.secure, allow_plain=self._allow_plain)

    def _ask_for(self, service: str, deadline: Deadline) -> str:
        """Ask for one service, or, if CSDS does not know it so, for all."""
        found = self._flights.share(
            service, lambda: self._ask_one(service, deadline), deadline
        )
        if service not in found:
            raise unknown_service(self.account_id, service)
        return found[service]

    def _ask_one(self, service: str, deadline: Deadline) -> dict[str, str]:
        found = self._guarded(lambda: self._calls.one(service, deadline))
        if service not in found:
            # A refusal may mean the service or the account: the list tells.
            return {**found, **self.domains(deadline)}
        self._known.learn(found)
        return found

    def _ask_all(self, deadline: Deadline) -> dict[str, str]:
        found = self._guarded(lambda: self._calls.all(deadline))
        self._known.learn(found, complete=True)
        return found

    def _guarded(self, call: Callable[[], dict[str, str]]) -> dict[str, str]:
        """Call; an account that was known a while ago is not refused for good."""
        try:
            return call()
        except AuthenticationRejected as error:
            if not self._known.ever:
                raise
            status = error.status
        raise unknown_account(self.account_id, status)
