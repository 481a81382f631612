"""What bots and consumers saw and did, counted by themselves; any thread."""

from __future__ import annotations

import threading
from collections import Counter
from typing import NamedTuple

__all__ = ["Heard", "Ledger", "Place"]

_NOTES = 100


class Place(NamedTuple):
    """Where an event stands: its dialog and its number there."""

    dialog_id: str
    sequence: int


class Heard(NamedTuple):
    """That a handler got the event of a place."""

    who: str
    place: Place


class Ledger:
    """Counts of one run, kept apart from the emulator's, to be compared with them.

    Attributes:
        heard: which handler got which event.
        repeated: events that a handler got again, and rings that were offered again.
        disordered: events that a handler got after a later one of the same dialog.
        rings: ids of the rings that were offered.
        deeds: what bots did besides answering, by name.
        visited: conversations that are over.
        asked: questions that were acknowledged, or found to be there.
        answered: questions whose answer reached who had asked.
        refused: requests that were last refused for now, with code 429.
        notes: what went wrong, one line each, the first hundred.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.heard: set[Heard] = set()
        self.repeated: int = 0
        self.disordered: int = 0
        self.rings: set[str] = set()
        self.deeds: Counter[str] = Counter()
        self.visited: int = 0
        self.asked: int = 0
        self.answered: int = 0
        self.refused: int = 0
        self.notes: list[str] = []
        self._said: set[Place] = set()
        self._last: dict[tuple[str, str], int] = {}
        self._names: dict[str, str] = {}
        self._futures = 0

    # -- who is who

    def add_identity(self, wire_id: str, who: str) -> None:
        """Tell under which id the service knows somebody."""
        with self._lock:
            self._names[wire_id] = who

    def name_of(self, wire_id: str) -> str:
        """Give who has an id; a stranger's name is the id."""
        return self._names.get(wire_id, wire_id)

    # -- events

    def add_heard(self, who: str, place: Place) -> None:
        """A handler got an event."""
        with self._lock:
            self.repeated += Heard(who, place) in self.heard
            self.heard.add(Heard(who, place))
            dialog = who, place.dialog_id
            last = self._last.get(dialog, -1)
            self.disordered += place.sequence < last
            self._last[dialog] = max(last, place.sequence)

    def add_said(self, place: Place) -> None:
        """The service acknowledged what somebody published."""
        with self._lock:
            self._said.add(place)

    def vanished(self, there: set[Place]) -> int:
        """Count what was acknowledged and is not there."""
        with self._lock:
            return len(self._said - there)

    def add_questions(self, asked: int, answered: int) -> None:
        """So many questions stand there, and so many answers reached who had asked."""
        with self._lock:
            self.asked += asked
            self.answered += answered

    def add_visited(self) -> None:
        """A consumer's conversation is over."""
        with self._lock:
            self.visited += 1

    def add_ring(self, ring_id: str) -> None:
        """A ring was offered to a bot's handler."""
        with self._lock:
            self.repeated += ring_id in self.rings
            self.rings.add(ring_id)

    def add_deed(self, name: str) -> None:
        """A bot did something besides answering."""
        with self._lock:
            self.deeds[name] += 1

    # -- requests

    @property
    def open_futures(self) -> int:
        """Futures that were given out and have no outcome yet."""
        return self._futures

    def future_made(self) -> None:
        """Somebody was given a future."""
        with self._lock:
            self._futures += 1

    def future_done(self) -> None:
        """A future has its outcome."""
        with self._lock:
            self._futures -= 1

    def add_refused(self) -> None:
        """A request was refused for now; it will be made again."""
        with self._lock:
            self.refused += 1

    def add_admitted(self) -> None:
        """A request that had been refused for now has another outcome."""
        with self._lock:
            self.refused -= 1

    def note(self, text: str) -> None:
        """Keep one line about something that went wrong."""
        with self._lock:
            if len(self.notes) < _NOTES:
                self.notes.append(text)
