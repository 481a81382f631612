"""What the bots saw and did, counted by themselves; any thread."""

from __future__ import annotations

import re
import threading
from collections import Counter
from typing import NamedTuple

__all__ = ["Key", "Ledger", "answer_to", "reference"]

_REFERENCE = re.compile(r"^echo (\d+): ")
_NOTES = 100


class Key(NamedTuple):
    """A consumer's message: its dialog and its number there."""

    dialog_id: str
    sequence: int


def answer_to(sequence: int, text: str) -> str:
    """Write the answer to the message of that number; it names the number."""
    return f"echo {sequence}: {text}"


def reference(text: str | None) -> int | None:
    """Give the number of the message that an answer names."""
    found = _REFERENCE.match(text or "")
    return None if found is None else int(found[1])


class Ledger:
    """Counts of one run, kept apart from the emulator's, to be compared with them.

    Attributes:
        heard: how often a bot's handler got each consumer message.
        answers: for each message, the sequence number of its acknowledged answer.
        notes: what went wrong, one line each, the first hundred.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.heard: Counter[Key] = Counter()
        self.answers: dict[Key, int] = {}
        self.notes: list[str] = []
        self._written = 0
        self._futures = 0

    @property
    def written(self) -> int:
        """Messages that consumers have written so far."""
        return self._written

    @property
    def open_futures(self) -> int:
        """Futures that bots were given and that have no outcome yet."""
        return self._futures

    def add_written(self) -> None:
        """A consumer wrote a message, and the emulator took it."""
        with self._lock:
            self._written += 1

    def add_heard(self, key: Key) -> None:
        """A bot's handler got a message."""
        with self._lock:
            self.heard[key] += 1

    def add_answer(self, key: Key, sequence: int) -> None:
        """The server acknowledged an answer to a message."""
        with self._lock:
            self.answers[key] = sequence

    def future_made(self) -> None:
        """A bot was given a future."""
        with self._lock:
            self._futures += 1

    def future_done(self) -> None:
        """A future of a bot has its outcome."""
        with self._lock:
            self._futures -= 1

    def note(self, text: str) -> None:
        """Keep one line about something that went wrong."""
        with self._lock:
            if len(self.notes) < _NOTES:
                self.notes.append(text)
