"""An identity provider without a network: the HTTP client of a simulated consumer."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any, Final

import msgspec

from ums_actors.auth.consumer import ConsumerTokenSource
from ums_actors.auth.csds import Csds
from ums_actors.auth.identities import Anonymous
from ums_actors.errors import LoginError
from ums_actors.http.client import Answer, Http
from ums_actors.testing.server import ACCOUNT
from ums_actors.testing.tokens import HANGS

if TYPE_CHECKING:
    from random import Random

    from ums_actors.http.origin import Origin
    from ums_actors.testing.place import Place
    from ums_actors.testing.pool import Effort
    from ums_actors.testing.server import FakeServer

__all__ = ["FakeIdp", "anonymous"]

_OK: Final = 200
_REFUSED: Final = 401
_ILL: Final = 503
_LIFE: Final = 300
"""Seconds from a token's making to its end."""
_WALL: Final = 1_700_000_000
_DOMAINS: Final = {"idp": "idp.example"}


class FakeIdp(Http):
    """Signs anonymous consumers up, and renews what they have.

    Attributes:
        closed: whether nobody will call again.
    """

    def __init__(
        self, server: FakeServer, place: Place, effort: Effort, chance: Random
    ) -> None:
        super().__init__(clock=server.agenda.now)
        self.closed: bool = False
        self._server = server
        self._place = place
        self._effort = effort
        self._chance = chance

    def call(
        self, method: str, origin: Origin, path: str, *, body: Any = None, **more: Any
    ) -> Answer:
        """Answer after a while."""
        del method, origin
        place, server = self._place, self._server
        if place.mood == "ill":
            return self._fail(more["deadline"].left())
        self._effort.spend(self._chance.uniform(0.05, 0.4))
        if place.mood == "strict":
            place.refused_at = server.agenda.now()
            return Answer(_REFUSED, b"{}")
        user = self._user(body) if "anonymous" in path else server.new_consumer()
        server.trace.add(f"idp: a token for {place.name}, who is {user}")
        jwt = place.hold(self._jwt(user), user)
        return Answer(_OK, msgspec.json.encode({"jwt": jwt}))

    def close(self) -> None:
        """Note that nobody will call again."""
        self.closed = True

    def _fail(self, timeout: float) -> Answer:
        if self._chance.random() < HANGS:
            self._effort.spend(timeout * 2)
        if self._chance.choice([True, False]):
            return Answer(_ILL, b"{}")
        raise LoginError("the identity provider is away", step="login")

    def _user(self, body: Any) -> str:
        """Give whose token is to be renewed."""
        middle = str(body["id_token"]).split(".")[1]
        return str(msgspec.json.decode(base64.urlsafe_b64decode(middle))["sub"])

    def _jwt(self, user: str) -> str:
        now = _WALL + int(self._server.agenda.now())
        claims = {"sub": user, "iss": "idp", "iat": now, "exp": now + _LIFE}
        middle = base64.urlsafe_b64encode(msgspec.json.encode(claims)).decode()
        return f"{self._server.token()}.{middle}.{self._server.token()}"


def anonymous(idp: FakeIdp) -> ConsumerTokenSource:
    """Give the source of an anonymous consumer's tokens, the real one."""
    csds = Csds("csds.example", ACCOUNT, idp, overrides=_DOMAINS, clock=idp.now)
    return ConsumerTokenSource(
        ACCOUNT, Anonymous(), csds, idp, clock=idp.now, wall=lambda: _WALL + idp.now()
    )
