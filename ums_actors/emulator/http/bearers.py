"""Who may ask for what concerns the whole account: its logged-in users."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ums_actors.emulator.http.answers import failure, trouble_of
from ums_actors.emulator.http.sockets import bearer_of

if TYPE_CHECKING:
    from aiohttp import web

    from ums_actors.emulator.service import Service

__all__ = ["Bearers"]


class Bearers:
    """Checks the bearer of each call of one kind; a fault may strike first.

    Args:
        service: whose users they are.
        call: the name of the fault.
    """

    def __init__(self, service: Service, call: str) -> None:
        self._service = service
        self._call = call

    async def objection(self, request: web.Request) -> web.Response | None:
        """Give the answer of a call that is not let through; else None."""
        sessions, bearer = self._service.sessions, bearer_of(request)
        session = sessions.of_bearer(bearer)
        name = session.user.name if session else None
        trouble = await trouble_of(self._service, request, self._call, name)
        if trouble is not None:
            return trouble
        is_here = request.match_info["account"] == self._service.account
        # asked again: the token may have died while the answer was held back
        if not is_here or sessions.of_bearer(bearer) is None:
            return failure(401, "The bearer is missing, expired or of no account here")
        return None
