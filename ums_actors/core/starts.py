"""Where a dialog begins of which one hears in the midst of it, from many at once.

What is told by webhooks comes concurrently, so the first event of an unknown dialog
need not be the one with the lowest number. Such events are held for a moment; then the
lowest of them is where the dialog begins, and what lies before it is history.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Start", "Starts"]

E = TypeVar("E")


class Start(NamedTuple, Generic[E]):
    """A dialog whose moment is over: its events by number, lowest first."""

    dialog_id: str
    events: tuple[tuple[int, E], ...]

    @property
    def before(self) -> int:
        """The number before the first."""
        return self.events[0][0] - 1


class _Held(Generic[E]):
    """The events of one dialog."""

    __slots__ = ("events", "until")

    def __init__(self, until: float) -> None:
        self.until = until
        self.events: dict[int, E] = {}


class Starts(Generic[E]):
    """Dialogs whose beginning is not settled, oldest first.

    Args:
        patience: seconds that each waits.
        dialog_limit: dialogs that may wait; beyond, the oldest begins at once.
        event_limit: events of one dialog that may wait; beyond, it begins at once.

    Attributes:
        duplicates: events that were held already.
    """

    __slots__ = ("_dialog_limit", "_event_limit", "_held", "_patience", "duplicates")

    def __init__(self, patience: float, dialog_limit: int, event_limit: int) -> None:
        self._patience = patience
        self._dialog_limit = dialog_limit
        self._event_limit = event_limit
        self._held: OrderedDict[str, _Held[E]] = OrderedDict()
        self.duplicates: int = 0

    def __len__(self) -> int:
        return len(self._held)

    def hold(
        self, dialog_id: str, sequence: int, event: E, now: float
    ) -> list[Start[E]]:
        """Hold an event; give those that begin now, for want of room."""
        held = self._held.get(dialog_id)
        if held is None:
            held = self._held[dialog_id] = _Held(now + self._patience)
        if sequence in held.events:
            self.duplicates += 1
        else:
            held.events[sequence] = event
        if len(held.events) > self._event_limit:
            return list(self.take(dialog_id))
        if len(self._held) > self._dialog_limit:
            return list(self.take(next(iter(self._held))))
        return []

    def take(self, dialog_id: str) -> Iterator[Start[E]]:
        """Give a dialog if it waits, which it does no more."""
        held = self._held.pop(dialog_id, None)
        if held is not None:
            yield Start(dialog_id, tuple(sorted(held.events.items(), key=_number)))

    def next_at(self) -> float | None:
        """Give the time of the next that begins, monotonic seconds."""
        for held in self._held.values():
            return held.until
        return None

    def due(self, now: float) -> list[Start[E]]:
        """Give those whose moment is over."""
        found: list[Start[E]] = []
        while (until := self.next_at()) is not None and until <= now:
            found += self.take(next(iter(self._held)))
        return found

    def all(self) -> list[Start[E]]:
        """Give all; nobody will wait any longer."""
        return [start for each in list(self._held) for start in self.take(each)]


def _number(pair: tuple[int, E]) -> int:
    return pair[0]
