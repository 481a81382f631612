"""What a login gives."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from ums_actors.core.leasing import Life
from ums_actors.secret import Secret  # noqa: TC001 msgspec may read it

__all__ = ["Session"]

_LAST_PART: Final = 0.2
"""Share of a life that is left when it is renewed: time enough for what may fail."""
_LATE: Final = 1 / 3
"""Share of a life that is left when renewing is worth it, should it be called for."""


class Session(Struct, frozen=True, kw_only=True):
    """One life of a token, and whose it is.

    Attributes:
        token: a brand's bearer, which stands in the path of the websocket's URL, or a
            consumer's JWT.
        user_id: the user's id within the account; a consumer's own id.
        user_pid: the user's PID, where the service said it.
        session_id: what refreshing sends as a cookie.
        csrf: what refreshing sends in its body; without it there is no refreshing.
        privileges: numbers of the user's privileges.
        valid_until: the end of the token by its own word, monotonic seconds of the
            connection's clock; None if it is not known. It is refreshed before, and
            not used after.
        life: seconds from login or refresh to that end; None if it is not known.
    """

    token: Secret
    user_id: str
    user_pid: str | None = None
    session_id: Secret | None = None
    csrf: Secret | None = None
    privileges: tuple[int, ...] = ()
    valid_until: float | None = None
    life: float | None = None

    def span(self, now: float) -> Life:
        """Give when it ends, and when it should be renewed; ``now`` is when it came."""
        if self.valid_until is None:
            return Life()
        life = self.valid_until - now if self.life is None else self.life
        return Life(self.valid_until - _LAST_PART * max(0.0, life), self.valid_until)

    def has_ended(self, now: float) -> bool:
        """Tell whether it is over by its own word."""
        return self.valid_until is not None and now >= self.valid_until

    def is_ending(self, now: float) -> bool:
        """Tell whether it is late in its life; one of unknown length never is."""
        if self.valid_until is None or self.life is None:
            return False
        return self.valid_until - now <= _LATE * self.life

    def agent_id(self, account_id: str) -> str:
        """Give ``account.user``, the form in which requests name an agent."""
        prefix = f"{account_id}."
        return (
            self.user_id if self.user_id.startswith(prefix) else prefix + self.user_id
        )
