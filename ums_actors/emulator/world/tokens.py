"""The JWTs of consumers: issued, read, killed."""

from __future__ import annotations

import secrets
import time
from typing import TYPE_CHECKING, Any, Final

import jwt

from ums_actors.emulator.values import as_object

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from jwt.types import Options

__all__ = ["EXTERNAL_ISSUER", "INTERNAL_ISSUER", "OUR_ISSUERS", "Tokens", "has_expired"]

INTERNAL_ISSUER: Final = "https://idp.liveperson.net"
EXTERNAL_ISSUER: Final = "https://idp.liveperson.net/anonymous"
OUR_ISSUERS: Final = frozenset({INTERNAL_ISSUER, EXTERNAL_ISSUER})
INTERNAL_LIFE: Final = 3_600
"""Seconds that a token for the websocket lives."""
EXTERNAL_LIFE: Final = 600
"""Seconds that the token of an anonymous identity lives."""
RENEWABLE: Final = 730 * 3_600
"""Seconds from the making of an anonymous identity in which it can be renewed."""
MAX_LENGTH: Final = 4_096
"""Characters of a token that is looked at."""

_ALGORITHM: Final = "HS256"
_UNCHECKED: Final[Options] = {"verify_signature": False}
# times are judged by our own clock
_SIGNED: Final[Options] = {
    "verify_exp": False,
    "verify_iat": False,
    "verify_nbf": False,
}


class Tokens:
    """Signs tokens with a key of its own; each consumer has one live one of a kind.

    A kind is an issuer: INTERNAL_ISSUER's open websockets, EXTERNAL_ISSUER's are what
    an anonymous identity shows to get one of those. A new token kills the last one of
    its kind.

    Args:
        account: the account that they are good for.
        clock: epoch seconds.
    """

    def __init__(self, account: str, clock: Callable[[], float] = time.time) -> None:
        self._audience = f"acc:{account}"
        self._clock = clock
        self._key = secrets.token_bytes(32)
        self._live: dict[tuple[str, str], str] = {}

    def issue(self, issuer: str, consumer_id: str, **more: Any) -> str:
        """Give a new token; ``more`` are claims beside the usual ones."""
        now = int(self._clock())
        life = INTERNAL_LIFE if issuer == INTERNAL_ISSUER else EXTERNAL_LIFE
        name = secrets.token_hex(16)
        self._live[issuer, consumer_id] = name
        claims = {
            "auth_time": now,
            **more,
            "sub": consumer_id,
            "aud": self._audience,
            "iss": issuer,
            "iat": now,
            "exp": now + life,
            "jti": name,
        }
        return jwt.encode(claims, self._key, _ALGORITHM)

    def peek(self, token: object) -> dict[str, Any] | None:
        """Read the claims of any JWT, whoever signed it; None if it is none."""
        if not isinstance(token, str) or len(token) > MAX_LENGTH:
            return None
        try:
            return as_object(jwt.decode(token, options=_UNCHECKED))
        except (jwt.PyJWTError, ValueError, RecursionError):
            return None

    def read(self, token: object) -> dict[str, Any] | None:
        """Read the claims of a token of ours, dead or alive; None if it is not."""
        if not isinstance(token, str) or len(token) > MAX_LENGTH:
            return None
        try:
            return as_object(
                jwt.decode(
                    token,
                    self._key,
                    [_ALGORITHM],
                    audience=self._audience,
                    options=_SIGNED,
                )
            )
        except (jwt.PyJWTError, ValueError, RecursionError):
            return None

    def is_live(self, claims: dict[str, Any], issuer: str) -> bool:
        """Say whether claims that :meth:`read` gave are a live token's of a kind."""
        if claims.get("iss") != issuer or has_expired(claims, self._clock()):
            return False
        return self._live.get((issuer, str(claims.get("sub")))) == claims.get("jti")

    def is_renewable(self, claims: dict[str, Any]) -> bool:
        """Say whether the identity of such claims may still be renewed."""
        made = claims.get("auth_time")
        return isinstance(made, int) and self._clock() < made + RENEWABLE

    def consumer_of(self, token: object) -> str | None:
        """Give whom a live token lets in; None if it lets nobody in."""
        claims = self.read(token)
        if claims is None or not self.is_live(claims, INTERNAL_ISSUER):
            return None
        return str(claims["sub"])

    def now(self) -> float:
        """Give epoch seconds, as expiry is judged."""
        return self._clock()

    def kept(self) -> tuple[bytes, list[tuple[str, str, str]]]:
        """Give the key, and the live tokens by issuer, consumer and ``jti``."""
        return self._key, [(*whose, jti) for whose, jti in self._live.items()]

    def restore(self, key: bytes, live: Iterable[tuple[str, str, str]]) -> None:
        """Take what :meth:`kept` gave in place of what there is."""
        self._key = key
        self._live = {(issuer, consumer): jti for issuer, consumer, jti in live}

    def expire(self, consumer_id: str) -> int:
        """Kill the live tokens of a consumer; 1 if one of them let them in, else 0."""
        self._live.pop((EXTERNAL_ISSUER, consumer_id), None)
        return int(self._live.pop((INTERNAL_ISSUER, consumer_id), None) is not None)


def has_expired(claims: dict[str, Any], now: float) -> bool:
    """Say whether a token's time is over; one without a time lives for ever."""
    end = claims.get("exp")
    if end is None:
        return False
    return not isinstance(end, (int, float)) or end <= now
