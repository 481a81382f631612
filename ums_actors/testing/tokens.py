"""A login service without a network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ums_actors.auth.session import Session
from ums_actors.errors import AuthenticationRejected, LoginError
from ums_actors.secret import Secret
from ums_actors.testing.server import USER

if TYPE_CHECKING:
    from random import Random

    from ums_actors.testing.pool import Effort
    from ums_actors.testing.server import FakeServer

__all__ = ["FakeTokenSource"]

_REFUSED = 401
_HANGS = 0.05
"""Chance that a call hangs until its timeout while the service is ill."""


class FakeTokenSource:
    """A :class:`~ums_actors.auth.source.TokenSource` whose health can be set.

    Attributes:
        mood: ``well``, ``ill`` (calls fail or hang for now), or ``strict`` (the
            credentials are refused).
        refused_at: when the credentials were refused last; virtual seconds.
    """

    def __init__(self, server: FakeServer, effort: Effort, chance: Random) -> None:
        self.mood = "well"
        self.refused_at: float | None = None
        self.closed = False
        self._server = server
        self._effort = effort
        self._chance = chance

    def login(self, timeout: float) -> Session:
        """Log in after a while."""
        self._work("login", timeout)
        if self.mood == "strict":
            self.refused_at = self._server.agenda.now()
            raise AuthenticationRejected("wrong credentials", status=_REFUSED)
        self._server.trace.add("login: a new token")
        return Session(token=Secret(self._server.grant()), user_id=USER)

    def refresh(self, session: Session, timeout: float) -> None:
        """Refresh, unless the token is dead."""
        self._work("refresh", timeout)
        if session.token.reveal() not in self._server.tokens:
            raise LoginError("the token is dead", step="refresh", status=_REFUSED)

    def logout(self, session: Session, timeout: float) -> None:
        """Forget the token."""
        self._effort.spend(self._chance.uniform(0.05, min(0.3, timeout)))
        self._server.tokens.discard(session.token.reveal())

    def close(self) -> None:
        """Note that nobody will call again."""
        self.closed = True

    def _work(self, step: str, timeout: float) -> None:
        if self.mood == "ill":
            if self._chance.random() < _HANGS:
                self._effort.spend(timeout * 2)
            pause = self._chance.choice([0.0, 1.0, 5.0])
            raise LoginError("ill", step=step, status=503, retry_after=pause)
        self._effort.spend(self._chance.uniform(0.05, 0.8))
