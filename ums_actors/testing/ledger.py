"""What the scripted server has seen, and how often."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

__all__ = ["Ledger", "Received"]


class Received(NamedTuple):
    """One request as the server saw it."""

    at: float
    line: int
    id: str
    type: str
    text: str
    refused: bool = False
    """Whether it was answered with 429, and so not carried out."""


class Ledger:
    """Every request in the order in which it came.

    Attributes:
        entries: all of them.
        known: how often an id came.
        done: how often an id was carried out.
        said: how often a text was carried out.
    """

    def __init__(self) -> None:
        self.entries: list[Received] = []
        self.known: Counter[str] = Counter()
        self.done: Counter[str] = Counter()
        self.said: Counter[str] = Counter()

    def __len__(self) -> int:
        return len(self.entries)

    def write(self, entry: Received) -> None:
        """Note a request."""
        self.entries.append(entry)
        self.known[entry.id] += 1
        if not entry.refused:
            self.done[entry.id] += 1
            if entry.text:
                self.said[entry.text] += 1
