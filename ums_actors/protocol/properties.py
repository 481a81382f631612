"""What a consumer's client says of itself: app, device, features."""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Sequence  # noqa: TC003 help() reads it
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, cast

from msgspec import Struct
from msgspec.structs import asdict, force_setattr

from ums_actors.arguments import identifier
from ums_actors.errors import LocalProtocolError

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["OS", "ClientProperties", "DeviceFamily", "Feature", "Integration"]


class DeviceFamily(StrEnum):
    """What kind of machine the consumer holds."""

    DESKTOP = "DESKTOP"
    TABLET = "TABLET"
    MOBILE = "MOBILE"
    PDA = "PDA"
    OTHER = "OTHER"
    UNKNOWN = "UNKNOWN"


class OS(StrEnum):
    """The operating system of that machine."""

    WINDOWS = "WINDOWS"
    LINUX = "LINUX"
    OSX = "OSX"
    ANDROID = "ANDROID"
    IOS = "IOS"
    OTHER = "OTHER"


class Integration(StrEnum):
    """By what the consumer came to the service."""

    WEB_SDK = "WEB_SDK"
    MOBILE_SDK = "MOBILE_SDK"
    BRAND_SDK = "BRAND_SDK"


class Feature(StrEnum):
    """What the client can show; names unknown here may be sent as well."""

    CO_BROWSE = "CO_BROWSE"
    CO_APP = "CO_APP"
    PHOTO_SHARING = "PHOTO_SHARING"
    SECURE_FORMS = "SECURE_FORMS"
    AUTO_MESSAGES = "AUTO_MESSAGES"
    RICH_CONTENT = "RICH_CONTENT"
    QUICK_REPLIES = "QUICK_REPLIES"
    MULTI_DIALOG = "MULTI_DIALOG"
    FILE_SHARING = "FILE_SHARING"
    MARKDOWN_HYPERLINKS = "MARKDOWN_HYPERLINKS"


class ClientProperties(Struct, frozen=True, kw_only=True):
    """The properties that go with each line; those left out are not sent.

    Raises:
        LocalProtocolError: a value that the service's schema does not admit.
    """

    app_id: str | None = None
    """At most 64 characters."""
    app_version: str | None = None
    """At most 32 characters."""
    ip_address: str | None = None
    """An IPv4 address."""
    device_family: DeviceFamily | str | None = None
    os: OS | str | None = None
    os_version: str | None = None
    """At most 64 characters, as the next two."""
    os_name: str | None = None
    integration_version: str | None = None
    integration: Integration | str | None = None
    browser: str | None = None
    browser_version: str | None = None
    time_zone: str | None = None
    device_manufacture: str | None = None
    device_model: str | None = None
    features: Sequence[Feature | str] = ()

    def __post_init__(self) -> None:
        for name in self.__struct_fields__:
            value = getattr(self, name)
            if name == "features":
                force_setattr(self, name, _features(value))
            elif value is not None:
                _check(name, value)

    def as_header(self) -> str:
        """Give the value of the ``Client-Properties`` header: one line of ASCII."""
        properties = {"type": _HEADER_TYPE, **self._wire()}
        return json.dumps(properties, ensure_ascii=True, separators=(",", ":"))

    def as_init_header(self) -> dict[str, Any]:
        """Give the header object of InitConnection."""
        return {"type": _INIT_TYPE, **self._wire()}

    def _wire(self) -> dict[str, Any]:
        given: dict[str, Any] = {}
        for name, value in asdict(self).items():
            if value is None or value == ():
                continue
            first, *others = name.split("_")
            key = first + "".join(part.capitalize() for part in others)
            given[key] = [*value] if name == "features" else str(value)
        return given


_HEADER_TYPE: Final = ".ClientProperties"
_INIT_TYPE: Final = ".ams.headers.ClientProperties"
_LONGEST: Final = {
    "app_id": 64,
    "app_version": 32,
    "os_version": 64,
    "os_name": 64,
    "integration_version": 64,
}
_LONGEST_OTHER: Final = 256
"""Characters of a value for which the schema names no limit."""
_MOST_FEATURES: Final = 64
_LIST: Final = f"a list of at most {_MOST_FEATURES} names"
_CHOICES: Final[dict[str, type[StrEnum]]] = {
    "device_family": DeviceFamily,
    "os": OS,
    "integration": Integration,
}


def _check(name: str, value: Any) -> None:
    longest = _LONGEST.get(name, _LONGEST_OTHER)
    identifier(f"ClientProperties.{name}", value, longest)
    choices = _CHOICES.get(name)
    if choices is not None and value not in set(choices):
        raise _bad(name, f"one of {', '.join(choices)}")
    if name == "ip_address":
        try:
            ipaddress.IPv4Address(value)
        except ValueError:
            raise _bad(name, "an IPv4 address such as 192.0.2.1") from None


def _features(value: Any) -> tuple[str, ...]:
    members: list[Any] = []
    if isinstance(value, str):
        members = [value]
    elif isinstance(value, (list, tuple, set, frozenset)):
        members = list(cast("Iterable[Any]", value))
    else:
        raise _bad("features", _LIST)
    if len(members) > _MOST_FEATURES:
        raise _bad("features", _LIST)
    each = "each of ClientProperties.features"
    return tuple(str(identifier(each, name, _LONGEST_OTHER)) for name in members)


def _bad(name: str, wanted: str) -> LocalProtocolError:
    return LocalProtocolError(f"ClientProperties.{name} must be {wanted}")
