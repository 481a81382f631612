"""Whether somebody else logs in as the same user, again and again.

Each login kills the token of the login before, so two owners of one user throw each
other out for ever. What one of them sees of it: the service refuses its token, though
it was fetched a moment ago, and again the next one. A token that dies once has other
causes, as has one that dies of age.
"""

from __future__ import annotations

from typing import Final

__all__ = ["PERIOD", "TIMES", "Rivalry"]

TIMES: Final = 5
PERIOD: Final = 1_800.0
"""So many refusals in so many seconds. Rivals whose lines hold meet at each refresh,
four minutes apart; those who lose their lines, several times a minute. A token that
nobody refreshes dies every ten minutes (UMS.md 4.3), and a service that restarts and
forgets all tokens does not do it five times in half an hour."""


class Rivalry:
    """What the refusals of one agent's tokens tell of a rival.

    Attributes:
        contested: whether there seems to be one.
    """

    __slots__ = ("_since", "_times", "contested")

    def __init__(self) -> None:
        self._times: tuple[float, ...] = ()
        self._since = 0.0
        self.contested: bool = False

    def refused(self, now: float) -> bool:
        """Take note of a refusal; tell whether a rival shows itself.

        After it has once, and the agent was tried again, one refusal is enough, until
        a token has lived for the whole period.
        """
        if self.contested and now - self._since > PERIOD:
            self.contested = False
        self._since = now
        self._times = (*(at for at in self._times if at >= now - PERIOD), now)[-TIMES:]
        self.contested = self.contested or len(self._times) == TIMES
        return self.contested

    def tried(self, now: float) -> None:
        """Take note that the agent tries again."""
        self._since = now
        self._times = ()
