"""Labels from what users and services make: a few known ones, and ``other``."""

from __future__ import annotations

from typing import Final

from ums_actors.log_table import TABLE
from ums_actors.protocol.names import REQUESTS

__all__ = ["OTHER", "Few", "event_label", "type_label"]

OTHER: Final = "other"

_TYPES: Final = {
    spelling: name.canonical
    for name in REQUESTS
    for spelling in (name.brand, name.consumer, *name.others)
    if spelling
}
_EVENTS: Final = frozenset(row.event for row in TABLE)


def type_label(request_type: str) -> str:
    """Give the canonical name of a request's type; both dialects have the same."""
    return _TYPES.get(request_type, OTHER)


def event_label(event: str) -> str:
    """Give the event of the log; a subclass's own are ``other``."""
    return event if event in _EVENTS else OTHER


class Few:
    """Lets the first so many different texts through; any thread."""

    __slots__ = ("_known", "_limit")

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._known: set[str] = set()

    def __call__(self, text: str) -> str:
        """Give the text if it is one of them, else ``other``."""
        known = self._known
        if text in known:
            return text
        if len(known) >= self._limit:
            return OTHER
        known.add(text)
        return text
