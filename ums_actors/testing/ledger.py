"""What the scripted server has seen, and how often."""

from __future__ import annotations

from collections import Counter
from typing import Final, NamedTuple

__all__ = ["Ledger", "Received"]

_TOO_MANY: Final = 429


class Received(NamedTuple):
    """One request as the server saw it."""

    at: float
    line: int
    id: str
    type: str
    text: str
    code: int = 0
    """With which error it was answered, and so not carried out; 0 if with none."""


class Ledger:
    """Every request in the order in which it came.

    Attributes:
        entries: all of them.
        known: how often an id came.
        done: how often an id came that was not answered with 429.
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
        if entry.code != _TOO_MANY:
            self.done[entry.id] += 1
        if entry.text and not entry.code:
            self.said[entry.text] += 1
