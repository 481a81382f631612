"""What all handlers of requests share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from ums_actors.emulator.failures import Refused
from ums_actors.emulator.sides.client import Client
from ums_actors.emulator.values import as_object
from ums_actors.emulator.wire.frames import Answer, Request
from ums_actors.emulator.world.world import World

__all__ = ["Handler", "Routes", "body_of"]

Handler: TypeAlias = Callable[[World, Client, Request], Answer]
Routes: TypeAlias = Mapping[str, Handler]
"""Handlers by the brand's name of their request."""


def body_of(request: Request) -> dict[str, Any]:
    """Give the body of a request that needs an object.

    Raises:
        Refused: it is none.
    """
    body = as_object(request.body)
    if body is None:
        raise Refused(400, "The body is no object")
    return body
