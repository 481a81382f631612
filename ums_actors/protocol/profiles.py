"""Profiles of users and of the brand: records and requests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, cast

from msgspec import Struct, field
from msgspec.structs import fields as struct_fields

from ums_actors.arguments import identifier, shown
from ums_actors.errors import LocalProtocolError
from ums_actors.protocol.envelopes import decode_body
from ums_actors.protocol.lenient import read_record
from ums_actors.protocol.records import read_text
from ums_actors.protocol.requests import Request, parts_of

if TYPE_CHECKING:
    import msgspec

    from ums_actors.protocol.envelopes import Frame

__all__ = [
    "GET_BRANDS",
    "GET_BRAND_PROFILE",
    "SET_BRAND_PROFILE",
    "SET_USER_PROFILE",
    "AuthenticatedData",
    "BrandProfile",
    "PrivateData",
    "UserProfile",
    "get_brand_profile",
    "get_brands",
    "read_brand_profile",
    "read_user_profile",
    "set_brand_profile",
    "set_user_profile",
]

SET_USER_PROFILE: Final = ".ams.userprofile.SetUserProfile"
GET_BRANDS: Final = ".ams.brandprofile.GetBrands"
GET_BRAND_PROFILE: Final = ".ams.brandprofile.GetBrandProfile"
SET_BRAND_PROFILE: Final = ".ams.brandprofile.SetBrandProfile"


class PrivateData(Struct, frozen=True, rename="camel"):
    """How to reach a consumer."""

    mobile_num: str = ""
    mail: str = ""
    email: str = ""
    """The older name of ``mail``."""
    push_notification_data: Any = None


class AuthenticatedData(Struct, frozen=True):
    """What a consumer's own login said: engagement attributes, as they came."""

    lp_sdes: list[Any] = []
    iss: str = ""


class UserProfile(Struct, frozen=True, rename="camel"):
    """What is known of a user; an agent's may hold the id alone."""

    user_id: str = ""
    first_name: str = ""
    last_name: str = ""
    nick_name: str = ""
    avatar_url: str = ""
    role: str = ""
    background_image: str = field(default="", name="backgndImgUri")
    description: str = ""
    private_data: PrivateData = PrivateData()
    claims: AuthenticatedData = AuthenticatedData()
    authenticated_data: AuthenticatedData = AuthenticatedData()
    acr: str = ""
    """How surely it is this person; "0" is anonymous."""


class BrandProfile(Struct, frozen=True, rename="camel"):
    """What a brand says of itself; only the id is documented."""

    brand_id: str = ""
    name: str = ""
    avatar_url: str = ""
    background_image: str = field(default="", name="backgndImgUri")
    description: str = ""


def read_user_profile(raw: msgspec.Raw | Frame) -> UserProfile:
    """Read the answer to GetUserProfile.

    Raises:
        RemoteProtocolError: it is not a JSON object.
    """
    return read_record(raw, UserProfile)


def read_brand_profile(raw: msgspec.Raw | Frame) -> BrandProfile:
    """Read the answer to GetBrandProfile.

    Raises:
        RemoteProtocolError: it is not a JSON object.
    """
    return read_record(raw, BrandProfile)


def set_user_profile(profile: Any) -> Request[str]:
    """Set the parts of the own profile that are given; see :class:`UserProfile`.

    Args:
        profile: a mapping with its fields, or their names on the wire. Names of fields
            that are unknown here pass as they are.

    Raises:
        LocalProtocolError: it is no mapping, or nothing is in it.
    """
    return Request(SET_USER_PROFILE, _given(profile, UserProfile, "profile"), read_text)


def get_brand_profile(brand_id: str) -> Request[BrandProfile]:
    """Ask for a brand's profile; ``brand_id`` is the account."""
    return Request(
        GET_BRAND_PROFILE,
        {"brandId": identifier("brand_id", brand_id)},
        read_brand_profile,
    )


def get_brands() -> Request[Any]:
    """Ask which brands there are."""
    return Request(GET_BRANDS, {}, decode_body)


def set_brand_profile(brand_id: str, profile: Any) -> Request[str]:
    """Set parts of a brand's profile; see :class:`BrandProfile`.

    Raises:
        LocalProtocolError: it is no mapping, or nothing is in it.
    """
    given = _given(profile, BrandProfile, "profile")
    body = {**given, "brandId": identifier("brand_id", brand_id)}
    return Request(SET_BRAND_PROFILE, body, read_text)


def _given(profile: Any, record: type[Struct], name: str) -> dict[str, Any]:
    parts = None if isinstance(profile, record) else parts_of(profile)
    if not parts:
        raise LocalProtocolError(
            f"{name} must be a mapping of what is to be set, such as "
            "{'first_name': 'Ann'}"
        )
    return cast("dict[str, Any]", _wire(parts, record))


def _checked(record: type[Struct], key: Any, part: Any) -> Any:
    """Check a part that is known to be text; others pass."""
    for each in struct_fields(record):
        if key in (each.name, each.encode_name) and each.type is str:
            if isinstance(part, str):
                break
            raise LocalProtocolError(
                f"{key}={shown(part)} in a profile must be a string; '' clears it"
            )
    return part


def _wire(parts: dict[Any, Any], record: type[Struct]) -> dict[Any, Any]:
    names = record.__struct_fields__, record.__struct_encode_fields__
    config = dict(zip(*names, strict=True))
    told: dict[Any, Any] = {}
    for key, part in parts.items():
        inner = parts_of(part)
        if key in ("private_data", "privateData") and inner is not None:
            told["privateData"] = _wire(inner, PrivateData)
        else:
            told[config.get(key, key)] = _checked(record, key, part)
    return told
