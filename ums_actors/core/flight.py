"""The requests in flight, and when those fall due that do so in the order of launch."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ums_actors.core.entry import Entry

__all__ = ["Flight"]


class Flight:
    """The table of those in flight, first launched first.

    Almost all have the same time for their answer: they are *in step*, and fall due in
    the order in which they were launched. So the table is their queue of deadlines, and
    an answer has no other place to be taken out of. Who is out of step
    (``entry.timed``) has a deadline elsewhere.

    Args:
        usual: seconds that those in step have for their answer; None: nobody is.

    Attributes:
        table: by their ids; who puts one in himself calls :meth:`expect`.
    """

    __slots__ = ("_from", "_usual", "table")

    def __init__(self, usual: float | None) -> None:
        self._usual = usual
        self.table: dict[str, Entry] = {}
        self._from: float | None = None  # nobody in step is due before this second

    def in_step(self, timeout: float) -> bool:
        """Tell whether one that is launched now with this timeout would be in step."""
        return timeout == self._usual

    def launch(self, entry: Entry) -> None:
        """Put one into the table."""
        self.table[entry.id] = entry
        if not entry.timed:
            self.expect(entry.answer_by)

    def expect(self, end: float) -> None:
        """Note that one in step was put into the table, which falls due at ``end``."""
        if self._from is None:
            self._from = end

    def clear(self) -> None:
        """Forget all."""
        self.table.clear()
        self._from = None

    def overdue(self, now: float) -> list[Entry]:
        """Give those in step whose time is over, earliest first; they stay."""
        due: list[Entry] = []
        if self._from is None or self._from > now:
            return due
        self._from = None
        for entry in self.table.values():
            if entry.timed:
                continue
            if entry.answer_by > now:
                self._from = entry.answer_by
                break
            due.append(entry)
        return due

    def next_at(self) -> float | None:
        """Give when the first in step falls due, None if nobody is."""
        if self._from is not None:
            in_step = (each for each in self.table.values() if not each.timed)
            first = next(in_step, None)
            self._from = None if first is None else first.answer_by
        return self._from
