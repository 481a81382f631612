"""Every request that a socket of either side may send."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ums_actors.emulator.failures import Refused
from ums_actors.emulator.requests import (
    agents,
    basics,
    consumers,
    conversations,
    files,
    messages,
    profiles,
    routing,
)
from ums_actors.emulator.wire.dialects import canonical

if TYPE_CHECKING:
    from ums_actors.emulator.requests.routes import Routes
    from ums_actors.emulator.sides.client import Client
    from ums_actors.emulator.wire.frames import Answer, Request
    from ums_actors.emulator.world.world import World

__all__ = ["answer_request"]

_BOTH: Final[Routes] = {
    **basics.BOTH,
    **profiles.BOTH,
    **conversations.BOTH,
    **messages.BOTH,
    **files.BOTH,
}
_BRAND: Final[Routes] = {
    **_BOTH,
    **agents.BRAND,
    **routing.BRAND,
    **conversations.BRAND,
    **messages.BRAND,
    **profiles.BRAND,
}
_CONSUMER: Final[Routes] = {**_BOTH, **consumers.CONSUMER}


def answer_request(world: World, client: Client, request: Request) -> Answer:
    """Carry a request out.

    Raises:
        Refused: it cannot be.
    """
    name = canonical(request.type)
    handler = (_BRAND if client.is_brand else _CONSUMER).get(name)
    if handler is not None:
        return handler(world, client, request)
    if name in _BRAND or name in _CONSUMER:
        side = "a consumer" if client.is_brand else "a brand user"
        raise Refused(403, f"Only {side} may ask for this")
    raise Refused(400, "Unknown request type")
