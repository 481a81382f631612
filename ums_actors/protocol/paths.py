"""Path and query of the websocket URL."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote, urlencode

from ums_actors.errors import LocalProtocolError

__all__ = [
    "BRAND_API_VERSION",
    "CONSUMER_API_VERSION",
    "INTEGRATION_ID",
    "brand_socket_path",
    "consumer_socket_path",
    "path_part",
]

BRAND_API_VERSION: Final = "2.1"
"""The first version that notifies about transfers to agents."""
CONSUMER_API_VERSION: Final = "3"
INTEGRATION_ID: Final = "ums-actors"
_UNKNOWN: Final = "unknown"
_NO_PARTS: Final = frozenset({"", ".", ".."})


def path_part(name: str, value: str) -> str:
    """Give a text as one part of a path, percent-encoded.

    Raises:
        LocalProtocolError: no encoding makes it one: it is empty, or ``.`` or ``..``,
            which servers resolve first, or has half a character (a lone surrogate).
            The text does not show it: it may be a token.
    """
    if value in _NO_PARTS:
        raise LocalProtocolError(f"{name} must not be empty, '.' or '..'")
    try:
        return quote(value, safe="")
    except UnicodeEncodeError:
        pass  # not even the context keeps the error, which holds the value
    raise LocalProtocolError(f"{name} must be a str of valid Unicode")


def brand_socket_path(
    account_id: str,
    token: str,
    *,
    integration_version: str,
    integration_id: str = INTEGRATION_ID,
    app_id: str = _UNKNOWN,
    app_version: str = _UNKNOWN,
    api_version: str = BRAND_API_VERSION,
) -> str:
    """Give path and query of a brand socket; all parts are percent-encoded.

    The result holds the token in clear: it must not be logged or put into an error.
    """
    query = _query(
        api_version, integration_id, integration_version, app_id, app_version
    )
    bearer = path_part("the token", token)
    return f"{_messaging(account_id)}/brand/{bearer}?{query}"


def consumer_socket_path(
    account_id: str,
    *,
    integration_version: str,
    integration_id: str = INTEGRATION_ID,
    app_id: str = _UNKNOWN,
    app_version: str = _UNKNOWN,
    api_version: str = CONSUMER_API_VERSION,
) -> str:
    """Give path and query of a consumer socket; it holds nothing secret."""
    query = _query(
        api_version, integration_id, integration_version, app_id, app_version
    )
    return f"{_messaging(account_id)}/consumer?{query}"


def _messaging(account_id: str) -> str:
    return f"/ws_api/account/{path_part('account_id', account_id)}/messaging"


def _query(
    api_version: str,
    integration_id: str,
    integration_version: str,
    app_id: str,
    app_version: str,
) -> str:
    return urlencode(
        {
            "v": api_version,
            "intid": integration_id,
            "intvn": integration_version,
            "appid": app_id,
            "appvn": app_version,
        },
        quote_via=quote,
        safe="",
    )
