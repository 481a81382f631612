"""Which rings there are, and what of them is news.

A server repeats itself: after each subscription all rings come again, and changes may
come late or twice. Each ring is offered once, and each change told once.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from msgspec import Struct

from ums_actors.protocol.enums import RingState

if TYPE_CHECKING:
    from collections.abc import Callable

    from ums_actors.protocol.routing import RingDetails

__all__ = ["GONE", "News", "RingBook"]

R = TypeVar("R")

GONE: Final = RingState.CANCELLED
"""What a ring is taken for that the server no longer shows. Whether its time ran out
or somebody else took it is not known; that it is withdrawn is."""
_FINISHED: Final = frozenset(
    {
        RingState.ACCEPTED,
        RingState.REJECTED,
        RingState.EXPIRED,
        RingState.CANCELLED,
        RingState.AUTO_ACCEPT,
    }
)


class News(Struct, Generic[R], frozen=True):
    """A ring has another state; ``offered`` is true the first time it is WAITING."""

    ring: R
    state: str
    offered: bool = False


class _Entry(Generic[R]):
    """What is known of one ring.

    Attributes:
        ring: the object of those who were offered it; None until it was WAITING.
        source: which subscription told of it last.
        doubtful: it was open when the line was lost, and has not been seen since.
        presumed: its state is our guess, which any word of the server's corrects.
    """

    __slots__ = (
        "conversation_id",
        "doubtful",
        "presumed",
        "ring",
        "ring_id",
        "source",
        "state",
    )

    def __init__(self, details: RingDetails, source: str) -> None:
        self.ring_id = details.ring_id
        self.conversation_id = details.conv_id
        self.state = details.ring_state
        self.source = source
        self.ring: R | None = None
        self.doubtful = False
        self.presumed = False


class RingBook(Generic[R]):
    """All rings of one connection, by their ids.

    The states told are trusted, not the clock. Methods give the news in order.

    Args:
        limit: rings that are known at a time; beyond, the one that ended longest ago
            is forgotten (or, if none has ended, the oldest), and would be offered
            again if it came again.

    Attributes:
        stale: announcements of rings as open that had ended; dropped.
        evicted: rings forgotten for want of room.
    """

    __slots__ = ("_by_conversation", "_ended", "_limit", "_open", "evicted", "stale")

    def __init__(self, limit: int = 10_000) -> None:
        self._limit = limit
        self._open: OrderedDict[str, _Entry[R]] = OrderedDict()
        self._ended: OrderedDict[str, _Entry[R]] = OrderedDict()
        self._by_conversation: dict[str, list[_Entry[R]]] = {}
        self.stale: int = 0
        self.evicted: int = 0

    def __len__(self) -> int:
        return len(self._open) + len(self._ended)

    @property
    def waiting(self) -> int:
        """How many rings have not ended."""
        return len(self._open)

    def announced(
        self, details: RingDetails, source: str, make: Callable[[RingDetails], R]
    ) -> list[News[R]]:
        """Take what the server says of a ring; ``make`` makes its object."""
        entry = self._find(details.ring_id)
        if entry is None:
            entry = self._enter(_Entry(details, source))
        else:
            entry.source = source
            entry.doubtful = False
            if not self._believes(entry, details.ring_state):
                return []
        entry.presumed = False
        if entry.ring is None and details.ring_state == RingState.WAITING:
            self._move(entry, details.ring_state)
            entry.ring = make(details)
            return [News(entry.ring, entry.state, offered=True)]
        return self._change(entry, details.ring_state)

    def withdrawn(self, details: RingDetails, source: str) -> list[News[R]]:
        """Take a DELETE: the ring has ended as it says, or else it is gone."""
        entry = self._find(details.ring_id)
        if details.ring_state not in _FINISHED:
            return [] if entry is None else self._presume_gone(entry)
        if entry is None:
            entry = self._enter(_Entry(details, source))
        entry.presumed = False
        return self._change(entry, details.ring_state)

    def conversation_withdrawn(self, conversation_id: str) -> list[News[R]]:
        """Take a DELETE that names no ring."""
        found: list[News[R]] = []
        for entry in self._by_conversation.get(conversation_id, ()):
            found += self._presume_gone(entry)
        return found

    def answered(self, ring_id: str, state: str) -> list[News[R]]:
        """Note that the server took our answer to a ring."""
        entry = self._find(ring_id)
        if entry is None:
            return []
        entry.presumed = entry.doubtful = False
        return self._change(entry, state)

    def line_lost(self) -> None:
        """Doubt what is open until a snapshot shows it."""
        for entry in self._open.values():
            entry.doubtful = True

    def snapshot_seen(self, source: str) -> list[News[R]]:
        """Give up the rings of a subscription that its first snapshot did not show.

        To be called once that snapshot's rings have been announced.
        """
        found: list[News[R]] = []
        for entry in list(self._open.values()):
            if entry.doubtful and entry.source == source:
                found += self._presume_gone(entry)
        return found

    def of_conversation(self, conversation_id: str) -> list[R]:
        """Give the rings of a conversation that were offered, oldest first."""
        entries = self._by_conversation.get(conversation_id, ())
        return [entry.ring for entry in entries if entry.ring is not None]

    # -- parts

    def _find(self, ring_id: str) -> _Entry[R] | None:
        return self._open.get(ring_id) or self._ended.get(ring_id)

    def _believes(self, entry: _Entry[R], state: str) -> bool:
        """Tell whether a state is news; a ring that has ended does not come back."""
        if not state:
            return False
        if entry.presumed or entry.ring_id in self._open or state in _FINISHED:
            return True
        self.stale += 1
        return False

    def _presume_gone(self, entry: _Entry[R]) -> list[News[R]]:
        if entry.ring_id in self._ended:
            return []
        entry.presumed = True
        return self._change(entry, GONE)

    def _change(self, entry: _Entry[R], state: str) -> list[News[R]]:
        if entry.state == state:
            return []
        self._move(entry, state)
        return [] if entry.ring is None else [News(entry.ring, state)]

    def _move(self, entry: _Entry[R], state: str) -> None:
        """Put a ring where its state belongs."""
        entry.state = state
        entry.doubtful = False
        target, other = self._open, self._ended
        if state in _FINISHED:
            target, other = other, target
        if other.pop(entry.ring_id, None) is not None:
            target[entry.ring_id] = entry

    def _enter(self, entry: _Entry[R]) -> _Entry[R]:
        """Note a new ring; make room for it first."""
        if len(self) >= self._limit:
            _, oldest = (self._ended or self._open).popitem(last=False)
            self._forget(oldest)
        target = self._ended if entry.state in _FINISHED else self._open
        target[entry.ring_id] = entry
        self._by_conversation.setdefault(entry.conversation_id, []).append(entry)
        return entry

    def _forget(self, entry: _Entry[R]) -> None:
        self.evicted += 1
        rest = self._by_conversation[entry.conversation_id]
        rest.remove(entry)
        if not rest:
            del self._by_conversation[entry.conversation_id]
