"""Requests that only keep a line alive."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ums_actors.emulator import choices
from ums_actors.emulator.wire.frames import Answer, Request

if TYPE_CHECKING:
    from ums_actors.emulator.requests.routes import Routes
    from ums_actors.emulator.sides.client import Client
    from ums_actors.emulator.world.world import World

__all__ = ["BOTH"]


def _get_clock(world: World, _client: Client, _request: Request) -> Answer:
    return Answer({"currentTime": world.now()}, ".GetClock$Response")


def _keep_alive(_world: World, _client: Client, _request: Request) -> Answer:
    return Answer(choices.KEPT_ALIVE)


BOTH: Final[Routes] = {".GetClock": _get_clock, "KeepAlive": _keep_alive}
