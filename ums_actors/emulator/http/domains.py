"""The domain service: where the other services are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ums_actors.emulator import choices
from ums_actors.emulator.http.answers import answer_of, failure, trouble_of

if TYPE_CHECKING:
    from aiohttp import web

    from ums_actors.emulator.service import Service

__all__ = ["Domains", "domains_of"]

SERVICES: Final = ("agentVep", "asyncMessagingEnt", "facadeMsg", "idp", "swift")
_WILDCARDS: Final = ("0.0.0.0:", "[::]:")


def domains_of(service: Service, asked: str) -> dict[str, list[dict[str, str]]]:
    """Give all services; they are all here, where who ``asked`` found this one."""
    wildcard = service.authority.startswith(_WILDCARDS)
    host = asked if wildcard else service.authority
    return {
        "baseURIs": [
            {"service": name, "account": service.account, "baseURI": host}
            for name in SERVICES
        ]
    }


class Domains:
    """Handlers of the look-ups; each may be struck by a fault first."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def add_to(self, app: web.Application) -> None:
        """Add the addresses."""
        account = "/api/account/{account}"
        app.router.add_get(account + "/service/baseURI.json", self._all_domains)
        app.router.add_get(
            "/csdr/account/{account}/service/baseURI.json", self._all_domains
        )
        app.router.add_get(
            account + "/service/{service}/baseURI.json", self._one_domain
        )

    async def _all_domains(self, request: web.Request) -> web.Response:
        if (refusal := await self._refuse_domains(request)) is not None:
            return refusal
        return answer_of(domains_of(self._service, request.host))

    async def _one_domain(self, request: web.Request) -> web.Response:
        if (refusal := await self._refuse_domains(request)) is not None:
            return refusal
        name = request.match_info["service"]
        for entry in domains_of(self._service, request.host)["baseURIs"]:
            if entry["service"] == name:
                return answer_of(entry)
        return failure(404, "Unknown service")

    async def _refuse_domains(self, request: web.Request) -> web.Response | None:
        trouble = await trouble_of(self._service, request, "csds", None)
        if trouble is not None:
            return trouble
        if request.match_info["account"] != self._service.account:
            return failure(choices.UNKNOWN_ACCOUNT_STATUS, "Unknown account")
        return None
