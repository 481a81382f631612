"""The message statistics of the account and of its agents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ums_actors.emulator.choices import STATISTICS_VERSIONS
from ums_actors.emulator.http.answers import answer_of, failure
from ums_actors.emulator.http.bearers import Bearers
from ums_actors.emulator.world.statistics import statistics

if TYPE_CHECKING:
    from aiohttp import web

    from ums_actors.emulator.service import Service

__all__ = ["Statistics"]


class Statistics:
    """Handler of the statistics; any user of the account may see those of all."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._bearers = Bearers(service, "msgstatistics")

    def add_to(self, app: web.Application) -> None:
        """Add the addresses."""
        brand = "/api/messaging/rest/reporting/brands/{account}"
        for whose in ("", "/agents/{user_id}"):
            app.router.add_get(f"{brand}{whose}/msgstatistics", self._statistics)

    async def _statistics(self, request: web.Request) -> web.Response:
        refused = await self._bearers.objection(request)
        if refused is not None:
            return refused
        if request.query.get("v") not in STATISTICS_VERSIONS:
            return failure(400, "There is no such version")
        world, user_id = self._service.world, request.match_info.get("user_id")
        agent = None
        if user_id is not None:
            agent = world.users.find(f"{world.account}.{user_id}")
            if agent is None:
                return failure(404, "There is no such agent")
        return answer_of(statistics(world, agent))
