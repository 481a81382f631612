"""Chance that has no surprises: whatever it decides is the middle."""

from __future__ import annotations

from random import Random
from typing import Final

from ums_actors.testing.world import World

__all__ = ["SteadyChance", "SteadyWorld"]

_MIDDLE: Final = 0.5


class SteadyChance(Random):
    """Makes every delay its mean; only what has to be unique is random."""

    def random(self) -> float:
        """Give one half."""
        return _MIDDLE


class SteadyWorld(World):
    """A world in which a test takes the same course whatever is asked before it."""

    def chance(self, part: str) -> Random:
        """Give a part its source of chance."""
        return SteadyChance(f"{self.seed}:{part}")
