"""What clients say of their own devices and programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ums_actors.emulator.values import as_list, as_object

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["NO_PROPERTIES", "properties_of", "properties_of_query"]

MAX_TEXT: Final = 256
MAX_FEATURES: Final = 32
NO_PROPERTIES: Final = {"type": ".ClientProperties"}
"""Those of who has told none; never changed."""

_TEXTS: Final = (
    "appId",
    "appVersion",
    "ipAddress",
    "deviceFamily",
    "os",
    "osVersion",
    "osName",
    "integration",
    "integrationVersion",
    "browser",
    "browserVersion",
    "timeZone",
    "deviceManufacture",
    "deviceManufacturer",  # a published client spells it so
    "deviceModel",
)
_OF_QUERY: Final = {
    "appid": "appId",
    "appvn": "appVersion",
    "intid": "integration",
    "intvn": "integrationVersion",
    "integrationVersion": "integrationVersion",
}


def properties_of(told: Any) -> dict[str, Any]:
    """Give the known ones that were told in due form; null and nonsense are left out.

    Nothing of this is refused: a client is not to fail for what it says of itself.
    """
    known = as_object(told) or {}
    properties: dict[str, Any] = dict(NO_PROPERTIES)
    for name in _TEXTS:
        text = known.get(name)
        if isinstance(text, str) and len(text) <= MAX_TEXT:
            properties[name] = text
    features = [
        name
        for name in as_list(known.get("features"))[:MAX_FEATURES]
        if isinstance(name, str) and len(name) <= MAX_TEXT
    ]
    return {**properties, "features": features} if features else properties


def properties_of_query(query: Mapping[str, str]) -> dict[str, Any]:
    """Give those that ride in the query of a websocket's address."""
    return properties_of(
        {_OF_QUERY[name]: text for name, text in query.items() if name in _OF_QUERY}
    )
