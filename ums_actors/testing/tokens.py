"""A login service without a network, for the brand's user."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ums_actors.auth.session import Session
from ums_actors.errors import AuthenticationRejected, LoginError
from ums_actors.secret import Secret
from ums_actors.testing.server import AGENT, USER

if TYPE_CHECKING:
    from random import Random

    from ums_actors.testing.place import Place
    from ums_actors.testing.pool import Effort
    from ums_actors.testing.server import FakeServer

__all__ = ["HANGS", "FakeTokenSource"]

_REFUSED = 401
HANGS = 0.05
"""Chance that a call hangs until its timeout while the service is ill."""


class FakeTokenSource:
    """A :class:`~ums_actors.auth.source.TokenSource` as well as its place's mood.

    Attributes:
        logins: when each login began.
        closed: whether nobody will call again.
    """

    def __init__(
        self, server: FakeServer, place: Place, effort: Effort, chance: Random
    ) -> None:
        self.logins: list[float] = []
        self.closed: bool = False
        self._server = server
        self._place = place
        self._effort = effort
        self._chance = chance

    def login(self, timeout: float) -> Session:
        """Log in after a while."""
        self.logins.append(self._server.agenda.now())
        self._work("login", timeout)
        place, server = self._place, self._server
        if place.mood == "strict":
            place.refused_at = server.agenda.now()
            raise AuthenticationRejected("wrong credentials", status=_REFUSED)
        server.trace.add(f"login: a new token for {place.name}")
        return Session(token=Secret(place.hold(server.token(), AGENT)), user_id=USER)

    def refresh(self, session: Session, timeout: float) -> None:
        """Refresh, unless the token is dead."""
        self._work("refresh", timeout)
        if session.token.reveal() not in self._place.tokens:
            raise LoginError("the token is dead", step="refresh", status=_REFUSED)

    def logout(self, session: Session, timeout: float) -> None:
        """Forget the token."""
        self._effort.spend(self._chance.uniform(0.05, min(0.3, timeout)))
        self._place.tokens.pop(session.token.reveal(), None)

    def close(self) -> None:
        """Note that nobody will call again."""
        self.closed = True

    def _work(self, step: str, timeout: float) -> None:
        if self._place.mood == "ill":
            if self._chance.random() < HANGS:
                self._effort.spend(timeout * 2)
            pause = self._chance.choice([0.0, 1.0, 5.0])
            raise LoginError("ill", step=step, status=503, retry_after=pause)
        self._effort.spend(self._chance.uniform(0.05, 0.8))
