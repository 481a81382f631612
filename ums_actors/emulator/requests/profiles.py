"""Requests about user profiles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ums_actors.emulator.failures import Refused
from ums_actors.emulator.requests.routes import Routes, body_of
from ums_actors.emulator.wire.frames import Answer, Request

if TYPE_CHECKING:
    from ums_actors.emulator.sides.client import Client
    from ums_actors.emulator.world.world import World

__all__ = ["BOTH"]


def _get_user_profile(world: World, client: Client, request: Request) -> Answer:
    kind = ".ams.userprofile.GetUserProfile$Response"
    body = request.body  # a bare id stands for {"userId": id}
    asked = body if isinstance(body, str) else body_of(request).get("userId")
    identity = str(asked or client.identity)
    if (user := world.users.find(identity)) is not None:
        return Answer({"userId": user.old_id, "firstName": user.name}, kind)
    if not world.is_consumer(identity):
        raise Refused(404, "User not found")
    profile = {"userId": identity, "firstName": "", "lastName": "", "role": "CONSUMER"}
    return Answer({**profile, "privateData": {}, "authenticatedData": {}}, kind)


BOTH: Final[Routes] = {".ams.userprofile.GetUserProfile": _get_user_profile}
