"""Whose turn it is to be asked for: a few dialogs at a time, and suspects alone."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Turns"]


class Turns:
    """Dialogs that wait for a query, and those whose query is under way.

    A suspect, whose query may be what kills lines, comes when no other waits; nothing
    else is asked for meanwhile, so that nobody shares the blame.

    Args:
        limit: queries that may be under way.
    """

    __slots__ = ("_alone", "_limit", "_suspects", "_under_way", "_waiting")

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._waiting: OrderedDict[str, None] = OrderedDict()
        self._suspects: dict[str, None] = {}
        self._under_way: dict[str, None] = {}  # an empty set takes 216 bytes
        self._alone = False

    def __contains__(self, dialog_id: str) -> bool:
        """Tell whether the query of a dialog is under way."""
        return dialog_id in self._under_way

    def __iter__(self) -> Iterator[str]:
        """Give those whose query is under way, always in the same order."""
        return iter(sorted(self._under_way))

    def add(self, dialog_id: str, *, suspect: bool = False) -> None:
        """Let a dialog wait for its turn."""
        (self._suspects if suspect else self._waiting)[dialog_id] = None

    def next(self) -> str | None:
        """Take the one whose turn it is, None if it is nobody's.

        Say :meth:`start` if it is asked for.
        """
        if self._alone or len(self._under_way) >= self._limit:
            return None
        if self._waiting:
            return self._waiting.popitem(last=False)[0]
        if self._suspects and not self._under_way:
            suspect = next(iter(self._suspects))
            del self._suspects[suspect]
            return suspect
        return None

    def start(self, dialog_id: str, *, suspect: bool = False) -> None:
        """Take note that its query goes out."""
        self._under_way[dialog_id] = None
        self._alone = suspect

    def end(self, dialog_id: str) -> bool:
        """Take note that its query is over; tell whether one was under way."""
        if dialog_id not in self._under_way:
            return False
        del self._under_way[dialog_id]
        self._alone = False  # it was the only one, or there is no suspect
        return True

    def end_all(self) -> list[str]:
        """Take note that all queries are lost; give whose."""
        lost = list(self)
        self._under_way.clear()
        self._alone = False
        return lost

    def remove(self, dialog_id: str) -> None:
        """Forget a dialog."""
        self.end(dialog_id)
        self._waiting.pop(dialog_id, None)
        self._suspects.pop(dialog_id, None)
