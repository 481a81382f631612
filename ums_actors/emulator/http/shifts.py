"""The working hours of skills, as far as anybody may ask for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ums_actors.emulator.choices import DEFAULT_SKILL, ON_SHIFT
from ums_actors.emulator.http.answers import answer_of, failure
from ums_actors.emulator.http.sockets import bearer_of

if TYPE_CHECKING:
    from aiohttp import web

    from ums_actors.emulator.service import Service

__all__ = ["Shifts"]


class Shifts:
    """Handler of the shift status, which lp-messaging-sdk polls if told to."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def add_to(self, app: web.Application) -> None:
        """Add the address."""
        app.router.add_get("/api/account/{account}/shift-status", self._shift_status)

    async def _shift_status(self, request: web.Request) -> web.Response:
        service = self._service
        is_here = request.match_info["account"] == service.account
        if not is_here or service.sessions.of_bearer(bearer_of(request)) is None:
            return failure(401, "The bearer is missing, expired or of no account here")
        skills = {DEFAULT_SKILL}.union(*(user.skills or () for user in service.users))
        return answer_of([_record(skill) for skill in sorted(skills)])


def _record(skill: str) -> dict[str, Any]:
    return {"skillId": skill, "onShift": ON_SHIFT, "nextOn": None, "nextOff": None}
