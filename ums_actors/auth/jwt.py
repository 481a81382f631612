"""What a JWT says of itself; its signature is the service's to check, not ours."""

from __future__ import annotations

import base64
import binascii
import re
from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec import Struct

from ums_actors.errors import RemoteProtocolError
from ums_actors.protocol.lenient import is_object
from ums_actors.secret import Secret, reveal

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Claims", "read_claims"]

_JWT: Final = re.compile(r"[A-Za-z0-9_=+/-]+\.([A-Za-z0-9_=+/-]+)\.[A-Za-z0-9_=+/-]*")
"""The decoder passes over what is no base64, a line break in a header's value too."""
_LONGEST = 64 << 10
"""Characters of a token that is looked into."""


class Claims(Struct, frozen=True):
    """The claims that matter here.

    Attributes:
        subject: whose token it is: ``sub``.
        issued: ``iat``, seconds since 1970; None if it is not said.
        expires: ``exp``, likewise.
        issuer: who made it: ``iss``, empty if it is not said.
    """

    subject: str
    issued: float | None = None
    expires: float | None = None
    issuer: str = ""

    def life(self, wall: Callable[[], float]) -> float | None:
        """Give the seconds that a token fresh from its issuer has; None if unknown.

        By the issuer's own clock where it says when it issued the token, since ours
        may be wrong.
        """
        if self.expires is None:
            return None
        return self.expires - (wall() if self.issued is None else self.issued)


def read_claims(token: str | Secret) -> Claims:
    """Read the claims of a JWT without verifying it.

    Raises:
        RemoteProtocolError: it is no JWT, or names nobody. The text quotes nothing.
    """
    claims = _payload(reveal(token))
    if claims is None:
        raise RemoteProtocolError("the token is no JWT: three parts of base64 and JSON")
    subject = claims.get("sub")
    if isinstance(subject, int) and not isinstance(subject, bool):
        subject = str(subject)
    if not isinstance(subject, str) or not subject:
        raise RemoteProtocolError("the JWT does not say whose it is (its sub claim)")
    issuer = claims.get("iss")
    return Claims(
        subject,
        _time(claims.get("iat")),
        _time(claims.get("exp")),
        issuer if isinstance(issuer, str) else "",
    )


def _payload(token: str) -> dict[str, Any] | None:
    if len(token) > _LONGEST or (found := _JWT.fullmatch(token)) is None:
        return None
    middle = found[1] + "=" * (-len(found[1]) % 4)
    try:
        claims = msgspec.json.decode(base64.urlsafe_b64decode(middle))
    except (binascii.Error, msgspec.MsgspecError, ValueError, RecursionError):
        return None
    return claims if is_object(claims) else None


def _time(value: Any) -> float | None:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return float(value)
    return None
