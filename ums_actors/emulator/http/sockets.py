"""The websockets' addresses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from ums_actors.emulator import choices
from ums_actors.emulator.http.answers import failure, trouble_of
from ums_actors.emulator.values import as_object
from ums_actors.emulator.world.properties import (
    NO_PROPERTIES,
    properties_of,
    properties_of_query,
)

if TYPE_CHECKING:
    from aiohttp import web

    from ums_actors.emulator.service import Service
    from ums_actors.emulator.wire.line import Line

__all__ = ["Sockets", "bearer_of"]

_REFUSED: Final = "The handshake is refused"


class Sockets:
    """Handlers of the handshakes; each may be hit by a fault first."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def add_to(self, app: web.Application) -> None:
        """Add the addresses."""
        path = "/ws_api/account/{account}/messaging"
        for brand in ("/brand/{bearer}", "/brand"):
            app.router.add_get(path + brand, self._brand_socket)
        app.router.add_get(path + "/consumer", self._consumer_socket)

    async def _brand_socket(self, request: web.Request) -> web.StreamResponse:
        service, bearer = self._service, bearer_of(request)
        session = service.sessions.of_bearer(bearer)
        name = session.user.name if session else None
        if trouble := await trouble_of(service, request, "handshake", name):
            return self._refused(trouble)
        # asked again: the token may have died while the answer was held back
        session = service.sessions.of_bearer(bearer)
        status = self._objection(request, session is not None, choices.BRAND_VERSIONS)
        if session is None or status is not None:
            return self._refused(failure(status or 401, _REFUSED))
        user = session.user
        self._note_properties(request, user.old_id)
        return await self._serve(service.new_line(user, user.old_id), request)

    async def _consumer_socket(self, request: web.Request) -> web.StreamResponse:
        service, name = self._service, self._consumer_of(request)
        if trouble := await trouble_of(service, request, "handshake", name):
            return self._refused(trouble)
        # asked again: the token may have died while the answer was held back
        consumer = self._consumer_of(request)
        may_enter = consumer is not None or "Authorization" not in request.headers
        status = self._objection(request, may_enter, choices.CONSUMER_VERSIONS)
        if status is not None:
            return self._refused(failure(status, _REFUSED))
        if consumer is not None:
            self._note_properties(request, consumer)
        return await self._serve(service.new_line(None, consumer or ""), request)

    def _consumer_of(self, request: web.Request) -> str | None:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() not in {"jwt", "bearer"}:
            return None
        return self._service.world.tokens.consumer_of(token.strip())

    def _objection(
        self, request: web.Request, may_enter: bool, versions: frozenset[str]
    ) -> int | None:
        if not may_enter or request.match_info["account"] != self._service.account:
            return 401
        return None if request.query.get("v") in versions else 400

    def _refused(self, answer: web.Response) -> web.Response:
        self._service.counters.refused_handshakes += 1
        return answer

    def _note_properties(self, request: web.Request, identity: str) -> None:
        """Keep what the address and the header tell of the client, if anything."""
        try:
            header = msgspec.json.decode(request.headers.get("Client-Properties", ""))
        except (msgspec.MsgspecError, ValueError, RecursionError):
            header = None
        told = {
            **properties_of_query(request.query),
            **properties_of(as_object(header)),
        }
        if told != NO_PROPERTIES:
            self._service.world.client_properties[identity] = told

    async def _serve(self, line: Line, request: web.Request) -> web.StreamResponse:
        await line.open(request)
        self._service.counters.handshakes += 1
        self._service.add_line(line)
        try:
            return await line.serve()
        finally:
            self._service.remove_line(line)


def bearer_of(request: web.Request) -> str:
    """Give a brand user's token: from the address, else from the header."""
    if (bearer := request.match_info.get("bearer")) is not None:
        return bearer
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""
