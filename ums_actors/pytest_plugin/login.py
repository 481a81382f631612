"""A login without a network, which the test may refuse."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ums_actors.auth.session import Session
from ums_actors.errors import AuthenticationRejected, LoginError
from ums_actors.secret import Secret

if TYPE_CHECKING:
    from ums_actors.pytest_plugin.service import ScriptedService
    from ums_actors.testing.place import Place
    from ums_actors.testing.pool import Effort

__all__ = ["ScriptedLogin"]

_TAKES: Final = 0.1
"""Seconds."""
_FINAL: Final = frozenset({400, 401, 403})
_DEAD: Final = 401


class ScriptedLogin:
    """A :class:`~ums_actors.auth.source.TokenSource` for either side.

    Args:
        service: whose refusals hold.
        place: where the token is kept.
        user: who logs in, as sessions name it.
        effort: what a call takes.
    """

    def __init__(
        self, service: ScriptedService, place: Place, user: str, effort: Effort
    ) -> None:
        self._service = service
        self._place = place
        self._user = user
        self._wire_name = place.user
        self._effort = effort

    def login(self, timeout: float) -> Session:
        """Log in after a moment, or be refused."""
        self._effort.spend(min(_TAKES, timeout))
        service = self._service
        if service.logins:
            status, retry_after = service.logins.popleft()
            text = f"the test refuses the login with {status}"
            if status in _FINAL:
                raise AuthenticationRejected(text, status=status)
            raise LoginError(text, step="login", status=status, retry_after=retry_after)
        token = self._place.hold(service.token(), self._wire_name)
        return Session(token=Secret(token), user_id=self._user)

    def refresh(self, session: Session, timeout: float) -> None:
        """Refresh, unless the token is dead."""
        self._effort.spend(min(_TAKES, timeout))
        if session.token.reveal() not in self._place.tokens:
            raise LoginError("the token is dead", step="refresh", status=_DEAD)

    def logout(self, session: Session, timeout: float) -> None:
        """Forget the token."""
        self._effort.spend(min(_TAKES, timeout))
        self._place.tokens.pop(session.token.reveal(), None)

    def close(self) -> None:
        """Do nothing: nothing is held."""
