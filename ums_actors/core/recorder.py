"""What happened last to one connection, kept to be read after it has failed."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from ums_actors.core.reason import one_line

__all__ = ["LIMIT", "Entry", "FlightRecorder"]

LIMIT = 200
"""Entries that are kept; the oldest go first."""


class Entry(NamedTuple):
    """One thing that happened.

    Attributes:
        at: monotonic seconds.
        text: one line, without secrets and without what was said.
        times: how often it happened in a row.
        last: monotonic seconds of the last of them.
    """

    at: float
    text: str
    times: int
    last: float

    def __str__(self) -> str:
        again = (
            f" ({self.times} times until {self.last:.3f} s)" if self.times > 1 else ""
        )
        return f"{self.at:.3f} s: {self.text}{again}"


_FIELDS: Final = len(Entry._fields)


class FlightRecorder:
    """The last events of a connection.

    What happens again at once is counted in its entry: a peer that sends garbage a
    thousand times does not wash out what came before it.
    """

    __slots__ = ("_fields", "_limit")

    def __init__(self, limit: int = LIMIT) -> None:
        self._fields: list[Any] = []  # of all entries: no object for each
        self._limit = limit

    def __len__(self) -> int:
        return len(self._fields) // _FIELDS

    def note(self, now: float, text: str) -> None:
        """Write down what happened at ``now``; of a long text its beginning."""
        text = one_line(text)
        fields = self._fields
        if fields and fields[-3] == text:
            fields[-2:] = fields[-2] + 1, now
        else:
            fields += (now, text, 1, now)
            del fields[: -self._limit * _FIELDS]

    def entries(self) -> tuple[Entry, ...]:
        """Give what is kept, oldest first."""
        fields = self._fields
        return tuple(
            Entry(*fields[at : at + _FIELDS]) for at in range(0, len(fields), _FIELDS)
        )

    def lines(self) -> tuple[str, ...]:
        """Give the same as text, one line each."""
        return tuple(map(str, self.entries()))
