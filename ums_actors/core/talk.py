"""What was said in a dialog lately, and what became of it; bounded."""

from __future__ import annotations

from bisect import bisect_left
from operator import attrgetter
from typing import TYPE_CHECKING, Final, NamedTuple

from ums_actors.protocol.enums import EventType

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ums_actors.protocol.messages import MessageEvent

__all__ = ["MESSAGES", "Digested", "Mark", "Marked", "Said", "Talk"]

MESSAGES: Final = frozenset({EventType.CONTENT, EventType.RICH_CONTENT})
"""The types of events that are messages."""
_USERS: Final = 100
"""Users of whom chat states are kept; there are a handful in real life."""
_MARKS: Final = 100
"""Of one message: the last ones are kept."""
_sequence = attrgetter("sequence")


class Mark(NamedTuple):
    """Somebody said what became of a message."""

    user_id: str
    role: str
    status: str


class Marked(NamedTuple):
    """What a status event brought.

    Attributes:
        numbers: of the messages of which it is news, in the order that was told.
        messages: those of them that are kept.
    """

    mark: Mark
    numbers: tuple[int, ...]
    messages: tuple[Said, ...]


class Said:
    """One message; the loop thread adds marks, any thread may read.

    Attributes:
        record: as the service told it.
        marks: what was said to have become of it, oldest first.
        digest: of what it says, if that was not kept; else empty.
    """

    __slots__ = ("marks", "record")

    digest: str = ""

    def __init__(self, record: MessageEvent) -> None:
        self.record: MessageEvent = record
        self.marks: tuple[Mark, ...] = ()

    @property
    def sequence(self) -> int:
        """Its number in the dialog."""
        return self.record.sequence or 0


class Digested(Said):
    """A message of an earlier process of which only a digest was kept."""

    __slots__ = ("digest",)

    def __init__(self, record: MessageEvent, digest: str) -> None:
        super().__init__(record)
        self.digest: str = digest


class Talk:
    """The last messages of one dialog; loop thread, but any thread may read.

    Attributes:
        said: by their numbers; replaced, never changed.
        chat_states: of users, likewise.
    """

    __slots__ = ("_limit", "chat_states", "said")

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self.said: tuple[Said, ...] = ()
        self.chat_states: Mapping[str, str] = {}

    def add(self, record: MessageEvent) -> Said:
        """Keep a message, unless it is too old; one that is there is given again."""
        said, limit = self.said, self._limit
        sequence = record.sequence or 0
        if not said or said[-1].sequence < sequence:
            new = Said(record)
            self.said = (*said, new)[-limit:] if limit else ()
            return new
        place = bisect_left(said, sequence, key=_sequence)
        if said[place].sequence == sequence:
            known = said[place]
            return self._fill_in(place, record) if known.digest else known
        new = Said(record)
        if len(said) < limit:
            self.said = (*said[:place], new, *said[place:])
        elif place:
            self.said = (*said[1:place], new, *said[place:])
        return new

    def _fill_in(self, place: int, record: MessageEvent) -> Said:
        """Put a message into the place of its digest."""
        new = Said(record)
        new.marks = self.said[place].marks
        self.said = (*self.said[:place], new, *self.said[place + 1 :])
        return new

    def recall(self, earlier: Sequence[Said]) -> None:
        """Take what an earlier process kept; what is there already is the truth.

        Args:
            earlier: by their numbers.
        """
        known = {each.sequence: each for each in earlier}
        known.update((each.sequence, each) for each in self.said)
        numbers = sorted(known)[-self._limit :] if self._limit else ()
        self.said = tuple([known[number] for number in numbers])

    def mark(self, record: MessageEvent, role: str) -> Marked:
        """Take a status event: what became of some messages.

        Give those of which it is news. Of one that is not kept it is always.
        """
        mark = Mark(record.user_id, role, record.event.status)
        numbers = dict.fromkeys(record.event.sequence_list)
        kept: list[Said] = []
        for each in self.said:
            if each.sequence not in numbers:
                continue
            if mark in each.marks:
                del numbers[each.sequence]
            else:
                each.marks = (*each.marks[-_MARKS + 1 :], mark)
                kept.append(each)
        return Marked(mark, tuple(numbers), tuple(kept))

    def chat(self, user_id: str, state: str) -> str | None:
        """Take a chat state; give the one before."""
        before = self.chat_states.get(user_id)
        states = {**self.chat_states, user_id: state}
        if len(states) > _USERS:
            del states[next(iter(states))]
        self.chat_states = states
        return before
