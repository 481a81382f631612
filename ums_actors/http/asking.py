"""What is asked of a service: checked, and written for the wire."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec import Struct

from ums_actors._version import __version__
from ums_actors.errors import LocalProtocolError
from ums_actors.http.origin import Origin  # noqa: TC001 help() reads it

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ums_actors.secret import Secret

__all__ = ["Ask", "Payload", "encode", "headers_of"]

_PATH: Final = re.compile(r"/[\x21\x22\x24-\x7e]*")
"""No control character, space, '#', or anything beyond ASCII."""
_COOKIE: Final = re.compile(r"[\x21-\x2b\x2d-\x3a\x3c-\x7e]+")
"""One cookie: printable ASCII without the blank, ',' and ';' that may end it."""
_VALUE: Final = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?")
"""A header's value: printable ASCII, no blank at its ends."""
_BEARER: Final = re.compile(r"[\x21-\x7e]+")
"""A token: printable ASCII without the blank."""


class Payload(Struct, frozen=True):
    """Bytes to send, and the media type that is said of them."""

    data: bytes
    media_type: str = "application/json"

    def __repr__(self) -> str:
        return f"Payload(<{len(self.data)} bytes>, {self.media_type!r})"


class Ask(Struct, frozen=True):
    """One call, on whichever line.

    Attributes:
        origin: the service.
        path: path and query, percent-encoded.
        payload: what is sent, if anything.
        body_limit: largest body of the answer, bytes.

    Raises:
        LocalProtocolError: the path cannot be sent.
    """

    method: str
    origin: Origin
    path: str
    payload: Payload | None
    headers: dict[str, str]
    body_limit: int
    step: str

    def __post_init__(self) -> None:
        if not _PATH.fullmatch(self.path):
            raise LocalProtocolError(
                f"the path of the {self.step} call has characters that an address "
                "cannot hold, or does not begin with '/': percent-encode it"
            )

    def __repr__(self) -> str:
        return f"Ask({self.method!r}, {self.step!r})"


def encode(body: Any) -> Payload:
    """Write a body as JSON.

    Raises:
        LocalProtocolError: it cannot be.
    """
    try:
        return Payload(msgspec.json.encode(body))
    except (TypeError, ValueError, msgspec.MsgspecError):
        pass  # its text is not repeated: it is about a password
    raise LocalProtocolError(
        "the credentials hold something that cannot be written as JSON; "
        "give strings of valid Unicode"
    )


def headers_of(
    origin: Origin,
    payload: Payload | None,
    cookie: str | None,
    bearer: Secret | None,
    more: Mapping[str, str] | None,
) -> dict[str, str]:
    """Give the headers of a call.

    Raises:
        LocalProtocolError: one of them cannot be sent.
    """
    headers = {
        "Host": origin.authority,
        "User-Agent": f"ums-actors/{__version__}",
        "Accept": "application/json, */*",
        "Accept-Encoding": "identity",
    }
    if payload is not None:
        headers["Content-Type"] = payload.media_type
    if cookie is not None:
        if not _COOKIE.fullmatch(cookie):
            raise LocalProtocolError(
                "the cookie of the session cannot be sent: its session_id has a blank, "
                "a comma, a semicolon, or something beyond printable ASCII"
            )
        headers["Cookie"] = cookie
    if bearer is not None:
        if not _BEARER.fullmatch(bearer.reveal()):
            raise LocalProtocolError(
                "the token cannot be sent: it is empty, or has a blank or something "
                "beyond printable ASCII"
            )
        headers["Authorization"] = f"Bearer {bearer.reveal()}"
    for name, value in (more or {}).items():
        if not _VALUE.fullmatch(value):
            raise LocalProtocolError(
                f"the header {name} cannot be sent: it is empty, or has something "
                "beyond printable ASCII"
            )
        headers[name] = value
    return headers
