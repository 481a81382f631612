"""The websockets' addresses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ums_actors.emulator import choices
from ums_actors.emulator.http.answers import failure, fault_of

if TYPE_CHECKING:
    from aiohttp import web

    from ums_actors.emulator.service import Service

__all__ = ["Sockets"]


class Sockets:
    """Handlers of the handshakes; each may be hit by a fault knob first."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def add_to(self, app: web.Application) -> None:
        """Add the addresses."""
        path = "/ws_api/account/{account}/messaging"
        app.router.add_get(path + "/brand/{bearer}", self._brand_socket)

    async def _brand_socket(self, request: web.Request) -> web.StreamResponse:
        service = self._service
        session = service.sessions.of_bearer(request.match_info["bearer"])
        status = await fault_of(
            service, "handshake", session.user.name if session else None
        )
        # asked again: the token may have died while the answer was held back
        session = service.sessions.of_bearer(request.match_info["bearer"])
        if session is None or request.match_info["account"] != service.account:
            status = status or 401
        elif request.query.get("v") not in choices.BRAND_VERSIONS:
            status = status or 400
        if session is None or status is not None:
            service.counters.refused_handshakes += 1
            return failure(status or 401, "The handshake is refused")
        line = service.new_line(session.user)
        await line.open(request)
        service.counters.handshakes += 1
        service.add_line(line)
        try:
            return await line.serve()
        finally:
            service.remove_line(line)
