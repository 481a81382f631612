"""What a run of the demo is made of."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["BOTS", "CONSUMERS", "SECONDS", "SKILLS", "Settings"]

BOTS = (1, 50)
CONSUMERS = (1, 300)
SECONDS = (5.0, 3600.0)
"""Least and most of each; the least seconds leave room for one round of faults."""
SKILLS = ("sales", "support")
"""Between which conversations are transferred."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """One run. The same seed gives the same consumers and the same faults.

    Attributes:
        seconds: how long consumers ask; answering the rest comes after it.
        tls: https and wss to the emulator, with a CA made for the run.
        status: whether ``ums-actors top`` may look at it.
    """

    bots: int
    consumers: int
    seconds: float
    seed: int
    tls: bool = True
    status: bool = False

    def bot_names(self) -> list[str]:
        """Give the user names of the bots."""
        return [f"bot{number + 1}" for number in range(self.bots)]

    def consumer_names(self) -> list[str]:
        """Give what the consumers are called here; the service gives them ids."""
        return [f"consumer{number + 1}" for number in range(self.consumers)]

    def skills(self) -> dict[str, tuple[str, ...]]:
        """Give the skills of each bot: one, the other, both, and so on."""
        if self.bots == 1:
            return dict.fromkeys(self.bot_names(), SKILLS)
        first, second = SKILLS
        turns = ((first,), (second,), SKILLS)
        return {name: turns[at % 3] for at, name in enumerate(self.bot_names())}
