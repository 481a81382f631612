"""Requests about profiles: of users, of consumers, of the brand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ums_actors.emulator import choices
from ums_actors.emulator.failures import Refused
from ums_actors.emulator.requests.routes import Routes, body_of
from ums_actors.emulator.wire.frames import Answer, Request

if TYPE_CHECKING:
    from ums_actors.emulator.sides.client import Client
    from ums_actors.emulator.world.world import World

__all__ = ["BOTH", "BRAND"]

_PROFILE: Final = ".ams.userprofile.GetUserProfile$Response"
_BRAND_PROFILE: Final = ".ams.brandprofile.GetBrandProfile$Response"
_BRANDS: Final = ".ams.brandprofile.GetBrands$Response"


def _get_user_profile(world: World, client: Client, request: Request) -> Answer:
    body = request.body  # a bare id stands for {"userId": id}
    asked = body if isinstance(body, str) else body_of(request).get("userId")
    identity = str(asked or client.identity)
    if (user := world.users.find(identity)) is not None:
        profile = world.profiles.of_user(user)
        if not client.is_brand:  # consumers know agents by PID
            profile["userId"] = user.pid
        return Answer(profile, _PROFILE)
    if not client.is_brand and identity != client.identity:
        raise Refused(403, "The profile is another consumer's")
    consumer = world.consumers.find(identity)
    if consumer is None:
        raise Refused(404, "User not found")
    return Answer(world.profiles.of_consumer(consumer), _PROFILE)


def _set_user_profile(world: World, client: Client, request: Request) -> Answer:
    body = body_of(request)
    asked = body.get("userId")
    if asked not in (None, client.identity, world.pid(client.identity)):
        raise Refused(403, "The profile is somebody else's")
    world.profiles.set_person(client.identity, body)
    return Answer(choices.PROFILE_SET)


def _get_brand_profile(world: World, _client: Client, request: Request) -> Answer:
    _require_own_brand(world, body_of(request))
    return Answer(world.profiles.of_brand(), _BRAND_PROFILE)


def _get_brands(world: World, _client: Client, _request: Request) -> Answer:
    return Answer([world.profiles.of_brand()], _BRANDS)


def _set_brand_profile(world: World, _client: Client, request: Request) -> Answer:
    body = body_of(request)
    _require_own_brand(world, body)
    world.profiles.set_brand(body)
    return Answer(choices.BRAND_PROFILE_SET)


def _require_own_brand(world: World, body: dict[str, Any]) -> None:
    if str(body.get("brandId") or world.account) != world.account:
        raise Refused(404, "Brand not found")


BOTH: Final[Routes] = {
    ".ams.userprofile.GetUserProfile": _get_user_profile,
    ".ams.userprofile.SetUserProfile": _set_user_profile,
    ".ams.brandprofile.GetBrandProfile": _get_brand_profile,
    ".ams.brandprofile.GetBrands": _get_brands,
}
BRAND: Final[Routes] = {".ams.brandprofile.SetBrandProfile": _set_brand_profile}
