"""The working hours of skills, as far as anybody may ask for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ums_actors.emulator.http.answers import answer_of
from ums_actors.emulator.http.bearers import Bearers

if TYPE_CHECKING:
    from aiohttp import web

    from ums_actors.emulator.service import Service
    from ums_actors.emulator.world.shifts import Shift

__all__ = ["Shifts"]


class Shifts:
    """Handler of the shift status, which lp-messaging-sdk polls if told to."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._bearers = Bearers(service, "shift-status")

    def add_to(self, app: web.Application) -> None:
        """Add the address."""
        app.router.add_get("/api/account/{account}/shift-status", self._shift_status)

    async def _shift_status(self, request: web.Request) -> web.Response:
        counters = self._service.counters
        refused = await self._bearers.objection(request)
        if refused is not None:
            counters.refused_shift_statuses += 1
            return refused
        counters.shift_statuses += 1
        return answer_of([_record(it) for it in self._service.world.shifts.all()])


def _record(shift: Shift) -> dict[str, Any]:
    """Give a skill's record; an id is a number on this wire, as it is documented."""
    skill = shift.skill
    return {
        "skillId": int(skill) if _is_number(skill) else skill,
        "onShift": shift.on,
        "nextOn": shift.next_on,
        "nextOff": shift.next_off,
    }


def _is_number(skill: str) -> bool:
    digits = skill.removeprefix("-")
    return digits.isascii() and digits.isdigit() and str(int(digits)) == digits
