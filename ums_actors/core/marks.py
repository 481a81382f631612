"""Marks by which publishes are recognised again, and what the service shows of them.

A publish that may have got lost is looked for by its mark, an ExternalId of its own.
That proves something only where the service repeats such ids in the events that it
sends; whether it does is learned from events of one's own.
"""

from __future__ import annotations

import enum
from collections.abc import Collection  # noqa: TC003 help() reads it

import msgspec

__all__ = ["PREFIX", "Marks", "Sign", "Verdict"]

PREFIX = "once-"
"""How every mark begins, so that one of an earlier process is known as such."""

_DUE_LIMIT = 1_000
"""Answered publishes whose event is awaited, to learn whether marks are repeated."""


class Verdict(enum.Enum):
    """What is known of a publish after its dialog has been looked at."""

    THERE = "there"
    ABSENT = "absent"
    DOUBTFUL = "doubtful"
    """It may be there: the service does not, or may not, repeat marks."""


class Sign(msgspec.Struct, frozen=True):
    """One event of the connection's own user, as it came.

    Attributes:
        marks: the ExternalIds that stand beside it.
        asked: whether it came since it was asked for, not by itself.
    """

    dialog_id: str
    sequence: int
    marks: Collection[str]
    asked: bool = False


class _Search(msgspec.Struct):
    """A publish whose answer is not known yet."""

    dialog_id: str
    base: int  # its event has a higher number
    found: int | None = None
    unmarked: bool = False  # an event of our own without a mark came since


class Marks:
    """All marks of one connection; events must be shown to it as they come.

    Whether marks are repeated is known for each way that events come: by themselves,
    and when asked for.
    """

    __slots__ = ("_due", "_repeated", "_searches")

    def __init__(self) -> None:
        self._searches: dict[str, _Search] = {}
        self._due: dict[tuple[str, int], str] = {}
        self._repeated: dict[bool, bool] = {}  # by Sign.asked

    def __len__(self) -> int:
        return len(self._searches)

    @property
    def wanted(self) -> bool:
        """Whether events are to be shown at all."""
        return bool(self._searches or self._due)

    def begin(self, mark: str, dialog_id: str, base: int) -> None:
        """Publish with a mark; its event will have a number higher than ``base``."""
        self._searches[mark] = _Search(dialog_id, base)

    def answered(self, mark: str, sequence: int) -> None:
        """Take note of the number that the service gave to a publish."""
        search = self._searches.pop(mark, None)
        if search is None or search.found is not None:
            return
        while len(self._due) >= _DUE_LIMIT:
            del self._due[next(iter(self._due))]
        self._due[search.dialog_id, sequence] = mark

    def end(self, mark: str) -> None:
        """Look for it no longer."""
        self._searches.pop(mark, None)

    def show(self, sign: Sign) -> None:
        """Take note of an event of one's own."""
        due = self._due.pop((sign.dialog_id, sign.sequence), None)
        if due is not None:
            self._repeated[sign.asked] = due in sign.marks
        for mark in sign.marks:
            search = self._searches.get(mark)
            if search is not None:
                search.found = sign.sequence
            if search is not None or mark.startswith(PREFIX):
                self._repeated[sign.asked] = True
        if not sign.marks:
            for search in self._searches.values():
                if search.dialog_id == sign.dialog_id and sign.sequence > search.base:
                    search.unmarked = True

    def found(self, mark: str) -> int | None:
        """Give the number of its event; None if it has not been seen."""
        search = self._searches.get(mark)
        return None if search is None else search.found

    def verdict(self, mark: str, *, asked: bool) -> Verdict:
        """Judge a publish once all events of its dialog after ``base`` were shown.

        Args:
            mark: which.
            asked: the way by which they came.
        """
        search = self._searches[mark]
        if search.found is not None:
            return Verdict.THERE
        repeated = self._repeated.get(asked)
        if repeated is None:
            # never seen: an own event without a mark might be the one
            lost = search.unmarked or self._repeated.get(not asked) is False
            return Verdict.DOUBTFUL if lost else Verdict.ABSENT
        return Verdict.ABSENT if repeated else Verdict.DOUBTFUL
