"""Live tokens: one for each user, made by a login."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ums_actors.emulator.world.users import User

__all__ = ["Session", "Sessions"]

REMEMBERED: Final = 10_000
"""Dead tokens that are still recognised, so that no log shows them."""


@dataclass(frozen=True, slots=True)
class Session:
    """What one login gave out."""

    user: User
    bearer: str = field(repr=False)
    csrf: str = field(repr=False)
    session_id: str = field(repr=False)


class Sessions:
    """Sessions by user, bearer and session id; a new login kills the user's last."""

    def __init__(self) -> None:
        self._by_user: dict[str, Session] = {}
        self._by_bearer: dict[str, Session] = {}
        self._issued: OrderedDict[str, None] = OrderedDict()

    def __iter__(self) -> Iterator[Session]:
        return iter(self._by_user.values())

    def log_in(self, user: User) -> Session:
        """Make a session; the user's previous one is dead from now on."""
        return self.restore(
            user, secrets.token_hex(32), secrets.token_hex(32), secrets.token_hex(16)
        )

    def restore(self, user: User, bearer: str, csrf: str, session_id: str) -> Session:
        """Make a session of these words; the user's previous one is dead."""
        self._forget(user)
        session = Session(user, bearer, csrf, session_id)
        self._by_user[user.name] = session
        self._by_bearer[session.bearer] = session
        for value in (session.bearer, session.csrf, session.session_id):
            self._issued[value] = None
        while len(self._issued) > REMEMBERED:
            self._issued.popitem(last=False)
        return session

    def of_bearer(self, bearer: str) -> Session | None:
        """Find the live session of a bearer token."""
        return self._by_bearer.get(bearer)

    def find(self, session_id: str, csrf: str) -> Session | None:
        """Find the live session that a refresh or logout names."""
        for session in self._by_user.values():
            if session.session_id == session_id and session.csrf == csrf:
                return session
        return None

    def log_out(self, session: Session) -> None:
        """End a session, if it is still the live one."""
        if self._by_user.get(session.user.name) is session:
            self._forget(session.user)

    def expire(self, users: Iterable[User]) -> int:
        """Kill the live tokens of these users; give how many there were."""
        return sum(self._forget(user) for user in users)

    def issued(self, value: str) -> bool:
        """Say whether a value is a token, csrf or session id of ours."""
        return value in self._issued

    def _forget(self, user: User) -> bool:
        session = self._by_user.pop(user.name, None)
        if session is None:
            return False
        del self._by_bearer[session.bearer]
        return True
