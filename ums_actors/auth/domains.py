"""The two calls of CSDS, and what their answers mean."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from msgspec import Struct, field

from ums_actors.core.pauses import TOO_MANY_LOGINS_PAUSE, is_final
from ums_actors.errors import AuthenticationRejected, LoginError, RemoteProtocolError
from ums_actors.protocol.lenient import read_record
from ums_actors.protocol.paths import path_part

if TYPE_CHECKING:
    from ums_actors.http.client import Answer, Http
    from ums_actors.http.deadline import Deadline
    from ums_actors.http.origin import Origin

__all__ = ["DomainCalls", "ServiceUnknown", "unknown_account", "unknown_service"]

_STEP: Final = "csds"
_PAUSE: Final = TOO_MANY_LOGINS_PAUSE
"""Least pause after a failure of the service, seconds."""
_OF_ACCOUNT: Final = frozenset({400, 401, 403, 404})
"""How CSDS says that it does not know an account."""


class ServiceUnknown(LoginError):
    """CSDS knows the account, and does not know this service of it."""


def unknown_service(account_id: str, service: str) -> ServiceUnknown:
    """Make the error for a service that the account does not have."""
    return ServiceUnknown(
        f"the account {account_id} has no service {service} in CSDS",
        step=_STEP,
        retry_after=_PAUSE,
    )


def unknown_account(account_id: str, status: int | None) -> LoginError:
    """An account that was there a while ago is not unknown: CSDS has a bad day."""
    return LoginError(
        f"CSDS does not know the account {account_id} at the moment",
        step=_STEP,
        status=status,
        retry_after=_PAUSE,
    )


class DomainCalls:
    """Calls for one account; blocking, for workers.

    Args:
        origin: where CSDS is.
        account_id: the account.
        http: the client.
    """

    def __init__(self, origin: Origin, account_id: str, http: Http) -> None:
        self._origin = origin
        self._account_id = account_id
        self._account = path_part("account_id", account_id)
        self._http = http

    def one(self, service: str, deadline: Deadline) -> dict[str, str]:
        """Ask for one service; an empty answer says that it is not known so.

        Raises:
            LoginError: CSDS did not answer, or not as CSDS.
        """
        answer = self._call(f"/{path_part('the service', service)}", deadline)
        if answer.status in _OF_ACCOUNT:
            return {}
        found = self._read(answer)
        return _listed(found) if found.listed is not None else _single(found)

    def all(self, deadline: Deadline) -> dict[str, str]:
        """Ask for all services of the account.

        Raises:
            LoginError: CSDS did not answer, or not as CSDS.
            AuthenticationRejected: the account is unknown, or has no service at all.
        """
        answer = self._call("", deadline)
        if answer.status not in _OF_ACCOUNT:
            found = self._read(answer)
            if found.listed is None:
                raise self._nonsense(answer.status)
            if hosts := _listed(found):
                return hosts
        raise AuthenticationRejected(
            f"CSDS at {self._origin.host} does not know the account "
            f"{self._account_id}; check account_id (and the csds host)",
            step=_STEP,
            status=answer.status,
        )

    def _call(self, part: str, deadline: Deadline) -> Answer:
        return self._http.call(
            "GET",
            self._origin,
            f"/api/account/{self._account}/service{part}/baseURI.json?version=1.0",
            step=_STEP,
            deadline=deadline,
        )

    def _read(self, answer: Answer) -> _Domains:
        if answer.status != HTTPStatus.OK:
            refused = is_final(answer.status)
            raise (AuthenticationRejected if refused else LoginError)(
                f"CSDS answered with status {answer.status}",
                step=_STEP,
                status=answer.status,
                retry_after=0.0 if refused else _PAUSE,
            )
        try:
            found = read_record(answer.body, _Domains)
        except RemoteProtocolError:
            found = _Domains()
        if found.listed is None and not found.service:
            raise self._nonsense(answer.status)
        return found

    def _nonsense(self, status: int) -> LoginError:
        return LoginError(
            f"the answer of {self._origin.host} is not one of CSDS; "
            "check the csds host",
            step=_STEP,
            status=status,
            retry_after=_PAUSE,
        )


class _Domain(Struct):
    service: str = ""
    host: str = field(default="", name="baseURI")


class _Domains(Struct):
    """Either form: the list, or the one entry."""

    listed: list[_Domain] | None = field(default=None, name="baseURIs")
    service: str = ""
    host: str = field(default="", name="baseURI")


def _listed(found: _Domains) -> dict[str, str]:
    return {each.service: each.host for each in found.listed or () if each.host}


def _single(found: _Domains) -> dict[str, str]:
    return {found.service: found.host} if found.host else {}
