"""The order of one dialog: what was delivered, what is held, what is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Generic, TypeVar

import msgspec

if TYPE_CHECKING:
    from collections.abc import Collection, Hashable, Iterable

__all__ = ["Dialog", "Hole"]

E = TypeVar("E")

_NONE: Final[frozenset[int]] = frozenset()  # one for all: each weighs 216 bytes


class Hole(msgspec.Struct, frozen=True):
    """Numbers in a row, both ends among them."""

    first: int
    last: int


class Dialog(Generic[E]):
    """What :class:`~ums_actors.core.stream.Streams` knows of one dialog.

    Args:
        last: number of the last event delivered, -1 before the first; None if it is
            not known, and the next event sets it.
        updated: time of the newest snapshot.

    Attributes:
        held: events that came before their turn, by number.
        promised: the highest number that a snapshot named.
        ours: whether the user took part when it was last heard of.
        asked: whether a query is wanted, whatever the numbers say.
        querying: whether a query is under way.
        begun: how many queries went out.
        answered: number of the last of them that was answered.
        tries: queries that failed in a row ...
        refusals: ... and how many of them were refused for good.
        lines: lines in a row that died while a query was under way.
        barred: whether asking has killed too many of them, and it is not known what
            for: the next number that is heard of is waited for instead.
        why: what the last query that failed, failed with.
        unread: how much was unread at the newest snapshot.
        doubted: whether an answer was taken for an event that came twice.
    """

    __slots__ = (
        "_covers",
        "_held_before",
        "_overflowed",
        "_settled",
        "answered",
        "asked",
        "barred",
        "begun",
        "doubted",
        "held",
        "last",
        "lines",
        "ours",
        "promised",
        "querying",
        "refusals",
        "tries",
        "unread",
        "updated",
        "why",
    )

    def __init__(self, last: int | None, updated: int) -> None:
        self.last = last
        self.updated: int = updated
        self.held: dict[int, E] = {}
        self.unread: Hashable = None
        self.doubted: bool = False
        self.promised: int = -1
        self.ours: bool = False
        self.asked: bool = False
        self.querying: bool = False
        self.begun: int = 0
        self.answered: int = 0
        self.tries: int = 0
        self.refusals: int = 0
        self.lines: int = 0
        self.barred: bool = False
        self.why: BaseException | None = None
        self._settled = -1  # what is not held up to here is not there: a query said so
        self._covers = -1  # the highest number known when the query went out
        self._held_before = _NONE  # ... and what was held
        self._overflowed = False  # held events were dropped while it was out

    def incomplete(self) -> bool:
        """Tell whether a query is wanted."""
        return self.asked or self.owed()

    def owed(self) -> bool:
        """Tell whether events are known to be missing."""
        promised = self.promised > max(self._number(), self._settled)
        return promised or bool(self.held)

    def answered_by(self, numbers: Collection[int]) -> bool:
        """Tell whether events with these numbers are surely the answer to a query.

        An event that happens while the query is under way may come before its answer,
        even twice, and must not be taken for it: then all that lies before it would be
        skipped. The answer is known by the number that is due next, or since it repeats
        all that was held when the query went out.
        """
        if self._number() + 1 in numbers:
            return True
        held = self._repeated()
        return bool(held) and all(number in numbers for number in held)

    def doubts(self, numbers: Collection[int]) -> bool:
        """Tell whether an answer may be an event that came twice; once, then believe.

        One that repeats a single event and does not begin with the number that is due
        looks the same, and there is no telling them apart but by asking again.
        """
        if self.doubted or len(numbers) > 1 or self._number() + 1 in numbers:
            return False
        self.doubted = True
        return True

    def knows_answer(self) -> bool:
        """Tell whether the answer will be known even if the next number is not in it.

        It may be hidden from the user. Then the answer is known by what it repeats.
        """
        return bool(self._repeated())

    def hold(self, sequence: int, event: E, limit: int) -> int:
        """Hold an event; give how many were dropped to make room (0 or 1)."""
        held = self.held
        held[sequence] = event
        if len(held) <= limit:
            return 0
        del held[min(held)]
        self._overflowed = self.asked = True
        return 1

    def take_run(self) -> list[E]:
        """Take the held events that follow the last one without a hole."""
        run: list[E] = []
        number = self._number()
        while number + 1 in self.held:
            number += 1
            run.append(self.held.pop(number))
            self.last = number
        return run

    def skip(self, number: int) -> None:
        """Take note that all up to a number has been delivered elsewhere."""
        if number > self._number():
            self.last = number
            for each in [each for each in self.held if each <= number]:
                del self.held[each]

    def begin_query(self) -> int:
        """Note that a query goes out; give the number to ask from."""
        self.querying = True
        self.begun += 1
        self.asked = False
        self._overflowed = False
        self._covers = max(self.promised, *self.held, -1)
        self._held_before = frozenset(self.held) if self.held else _NONE
        return self._number()

    def fill(self, events: Iterable[tuple[int, E]]) -> tuple[list[E], int]:
        """Merge the result of a query; give what is ready, and how many are absent.

        A number below the highest of the result does not exist, else the result had
        it. If the result brings nothing at all, this holds for all numbers that were
        known when the query went out. What lies higher was said later, and is left to
        the next query.
        """
        last = self._number()
        fresh = {number: event for number, event in events if number > last}
        known = max(fresh, default=last)
        if not fresh and not self._overflowed:
            known = max(last, self._covers)
        self.held.update(fresh)
        self.doubted = False
        self._settled = max(self._settled, known)
        self.answered = self.begun
        ready: list[E] = []
        absent = 0
        for number in sorted(self.held):
            if number > self._number() + 1 and number > known:
                break
            absent += number - self._number() - 1
            ready.append(self.held.pop(number))
            self.last = number
        return ready, absent

    def give_up(
        self, *, promises: bool = True, known: bool = False
    ) -> tuple[list[E | Hole], int]:
        """Wait no longer: give what is held, with the holes in their places.

        Args:
            promises: whether what snapshots named and nobody sent is a hole, too.
            known: go no further than what was known when the query went out.

        Returns:
            also how many of the missing numbers a query has shown to be absent: they
            are in none of the holes.
        """
        found: list[E | Hole] = []
        absent = 0
        ends, promised = sorted(self.held), self.promised
        if known:
            ends = [end for end in ends if end <= self._covers]
            promised = min(promised, self._covers)
        if promises and promised > max(*ends, self._number(), self._settled, -1):
            ends.append(promised + 1)
        for end in ends:
            first = max(self._number(), min(self._settled, end - 1)) + 1
            absent += first - self._number() - 1
            if first < end:
                found.append(Hole(first, end - 1))
            self.last = end - 1
            if end in self.held:
                found.append(self.held.pop(end))
                self.last = end
        return found, absent

    def _repeated(self) -> list[int]:
        """Give what was held when the query went out, and still is."""
        return [number for number in self.held if number in self._held_before]

    def _number(self) -> int:
        return -1 if self.last is None else self.last
