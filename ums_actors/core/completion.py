"""How a snapshot that the service cut is completed: what to ask for next, until when.

A cut snapshot has the conversations that changed last. Those before them are asked for
by further subscriptions, children, each bounded by the oldest change that is known,
until one of them is short. A child's bound lies a little above that change, for times
are not exact; but never so far that a child would show little that is new.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = [
    "CUT_FROM",
    "OVERLAP",
    "SNAPSHOT_LIMIT",
    "Completion",
    "Step",
    "most_children",
]

SNAPSHOT_LIMIT: Final = 1_000
"""Conversations at which the service cuts a snapshot (UMS.md 3.4): one of so many does
not tell that the others are gone."""

CUT_FROM: Final = 900
"""Conversations from which on a snapshot is completed by children; the reference's own
(UMS.md 12.5). It leaves room below the service's cut, which is told differently in
different places."""

OVERLAP: Final = 10_000
"""Milliseconds that a child reaches into what is known; the reference's own."""

_GAIN: Final = CUT_FROM // 2
"""New conversations that a child brings, as a rule, if it is cut itself."""

EQUAL_TIMES: Final = "too many conversations have changed in the same millisecond"
NO_TIMES: Final = "no conversation says when it has changed"
NO_ROOM: Final = "there is no room for more: see Options.conversation_limit"
TOO_MANY: Final = "there were too many child subscriptions"


def most_children(room: int) -> int:
    """Give the child subscriptions of one snapshot, at most.

    Args:
        room: conversations that are known at a time.
    """
    return 2 + room // _GAIN


class Step(msgspec.Struct, frozen=True):
    """What follows a snapshot.

    Attributes:
        before: the child to be made shows what changed until then (epoch ms); None if
            there is to be none.
        why: why others may be missing all the same; empty if there is a child to be
            made, or nothing is missing.
        oldest: when the first of those that it showed has changed (epoch ms).
    """

    before: int | None = None
    why: str = ""
    oldest: int | None = None

    @property
    def whole(self) -> bool:
        """Whether all there is has been shown."""
        return self.before is None and not self.why


class Completion:
    """The snapshot of one subscription on one line, its children's included.

    Args:
        room: conversations that are known at a time.
        before: the bound of the subscription's own query, if it has one (epoch ms).

    Attributes:
        shown: conversations that were shown, and when each has changed last.
        children: snapshots of children that were taken.
        full: whether one was left out for want of room.
        newest: when the last of the first snapshot has changed (epoch ms).
    """

    __slots__ = (
        "_before",
        "_left",
        "_most",
        "children",
        "full",
        "newest",
        "shown",
    )

    def __init__(self, room: int, before: int | None = None) -> None:
        self._before = before
        self._most = most_children(room)
        self._left: dict[str, int] = {}
        self.shown: dict[str, int] = {}
        self.children: int = 0
        self.full: bool = False
        self.newest: int = -1

    def begins(self, changed: Sequence[tuple[str, int]]) -> Step:
        """Take the first snapshot: ids, and when each has changed; -1 is not known."""
        self.shown.update(changed)
        self.newest = max(self.shown.values(), default=-1)
        return self._step([at for _, at in changed])

    def continues(self, changed: Iterable[tuple[str, int]]) -> Step:
        """Take the snapshot of a child, each of which was asked for by :meth:`news`."""
        self.children += 1
        return self._step([at for _, at in changed])

    def upserted(self, conversation_id: str, at: int) -> None:
        """Take what the subscription itself tells meanwhile."""
        self._left.pop(conversation_id, None)
        self.shown[conversation_id] = at

    def deleted(self, conversation_id: str, at: int) -> None:
        """Take note that one has left meanwhile: a child may show it as it was."""
        self.shown.pop(conversation_id, None)
        self._left[conversation_id] = at

    def news(self, conversation_id: str, at: int) -> bool:
        """Tell whether what a child shows is not known better already; note it."""
        left = self._left.get(conversation_id)
        if left is not None and at <= left:
            return False
        known = self.shown.get(conversation_id)
        if known is not None and at <= known:
            return False
        self.shown[conversation_id] = at
        return True

    def _step(self, times: list[int]) -> Step:
        known = sorted([at for at in times if at >= 0])
        oldest = known[0] if known else None
        if len(times) < CUT_FROM:
            return Step(oldest=oldest, why=NO_ROOM if self.full else "")
        if self.full:
            return Step(oldest=oldest, why=NO_ROOM)
        if oldest is None:
            return Step(why=NO_TIMES)
        if self.children >= self._most:
            return Step(oldest=oldest, why=TOO_MANY)
        before = self._bound(known)
        if before is None:
            return Step(oldest=oldest, why=EQUAL_TIMES)
        self._before = before
        return Step(before, oldest=oldest)

    def _bound(self, known: list[int]) -> int | None:
        """Give a bound that lies lower than the last one; None if there is none.

        If it can it lies above the oldest change: then it does not matter whether the
        service takes it to be inclusive.
        """
        oldest = known[0]
        usual = min(oldest + OVERLAP, known[len(known) // 2])
        for bound in (max(usual, oldest + 1), oldest + 1, oldest):
            if self._before is None or bound < self._before:
                return bound
        return None
