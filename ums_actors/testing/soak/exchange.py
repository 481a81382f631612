"""One conversation of a soak, and what was heard of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Exchange"]


class Exchange:
    """A conversation that goes on for some messages, then is closed and forgotten.

    Attributes:
        bot: number of the bot it is assigned to.
        heard: texts, as they came.
        sent: how many messages the server was asked to take.
        closed: whether nothing more can be said in it.
        said: all that was said, once it is closed.
        until: monotonic seconds by which all of that must have been heard.
    """

    def __init__(self, conversation_id: str, bot: int, heard: list[str]) -> None:
        self.conversation_id = conversation_id
        self.bot = bot
        self.heard = heard
        self.sent = 0
        self.closed = False
        self.said: list[str] | None = None
        self.until: float = 0.0

    def difference(self, said: Sequence[str]) -> str:
        """Tell how what was heard is not what was said; empty if it is."""
        heard = list(self.heard)
        if heard == list(said):
            return ""
        pairs = enumerate(zip(said, heard, strict=False))
        place = next(
            (number for number, (one, other) in pairs if one != other),
            min(len(said), len(heard)),
        )
        return (
            f"{self.conversation_id}: {len(said)} said, {len(heard)} heard, from "
            f"number {place} on {said[place:][:3]} and {heard[place:][:3]}"
        )
