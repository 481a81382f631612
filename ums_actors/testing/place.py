"""What the service keeps for one client: its tokens, its lines, and its ill luck."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ums_actors.testing.farend import FarEnd

__all__ = ["Fate", "Place"]

Fate = str | float | int
"""What becomes of an answer: ``drop``, ``twice``, a delay in seconds, or a code."""


class Place:
    """One client as the service sees it.

    Attributes:
        name: of the client, in the trace.
        is_brand: which of the two dialects is spoken.
        user: who the client is now: a brand's ``account.user``, or a consumer's id.
        tokens: those that are valid, and whose they are.
        lines: the client's open lines.
        refusals: HTTP statuses of the next upgrades.
        answers: what is to happen to the next answers.
        disorder: chance that a notification comes twice or late.
        mood: of the login: ``well``, ``ill`` (calls fail or hang for now), or
            ``strict`` (the credentials are refused).
        refused_at: when the credentials were refused last; virtual seconds.
    """

    def __init__(self, name: str, *, is_brand: bool) -> None:
        self.name = name
        self.is_brand = is_brand
        self.user: str = ""
        self.tokens: dict[str, str] = {}
        self.lines: list[FarEnd] = []
        self.refusals: deque[int] = deque()
        self.answers: deque[Fate] = deque()
        self.disorder: float = 0.0
        self.mood: str = "well"
        self.refused_at: float | None = None

    def hold(self, token: str, user: str) -> str:
        """Let this token be the valid one; a second login kills the first one's."""
        self.tokens = {token: user}
        self.user = user
        return token

    def expire_tokens(self) -> None:
        """Let no token be valid; lines stay, but what is asked on them is refused."""
        self.tokens.clear()
        for line in self.lines:
            line.unauthorized = True

    def heal(self) -> None:
        """Let nothing go wrong from now on."""
        self.refusals.clear()
        self.answers.clear()
        self.disorder = 0.0
        self.mood = "well"
