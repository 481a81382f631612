"""What a run of the demo is made of."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["BOTS", "CONVERSATIONS", "SECONDS", "Settings"]

BOTS = (1, 50)
CONVERSATIONS = (1, 500)
SECONDS = (5.0, 3600.0)
"""Least and most of each; the least seconds leave room for six recoveries."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """One run. The same seed gives the same consumers and the same faults.

    Attributes:
        seconds: how long consumers write; answering the rest comes after it.
        tls: https and wss to the emulator, with a CA made for the run.
    """

    bots: int
    conversations: int
    seconds: float
    seed: int
    tls: bool = True

    def owner(self, conversation: int) -> int:
        """Give the number of the bot that serves a conversation."""
        return conversation % self.bots

    def user(self, bot: int) -> str:
        """Give the user name of a bot."""
        return f"bot{bot + 1}"
