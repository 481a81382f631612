"""The dialogs of one connection, as many as there is room for, and what is let go."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

import msgspec

from ums_actors.core.dialog import Dialog, Hole
from ums_actors.core.kept import Place

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ums_actors.core.turns import Turns

__all__ = ["Missed", "Tracked"]

E = TypeVar("E")

_SECOND_CHANCES = 8
"""Busy dialogs that are spared in search of an idle one to forget."""


class Missed(msgspec.Struct, frozen=True):
    """Stands among events in the place of some that were given up.

    Attributes:
        conversation_id: empty if it is not known.
        first: number of the first that is missing.
        last: number of the last; None if it is not known how many there are.
        why: what the last query for them failed with, if that is known.
    """

    conversation_id: str
    dialog_id: str
    first: int
    last: int | None
    why: BaseException | None = None


class Tracked(Generic[E]):
    """What :class:`~ums_actors.core.stream.Streams` keeps of dialogs.

    Args:
        dialog_limit: dialogs that are tracked; the least recently used is forgotten:
            what is held of it is let go, and only its last number is kept.
        turns: in which they are asked for.

    Attributes:
        absent: numbers that are not there, as an answered query has shown: hidden from
            the user, for example.
        gaps: numbers that were given up, since no query was answered.
        evicted: dialogs forgotten for want of room; of each, and of those that are
            over, the last number is kept, as long as there are not too many of these.
    """

    __slots__ = (
        "_dialog_limit",
        "_dialogs",
        "_doubtful",
        "_last_of",
        "_spilled",
        "_turns",
        "absent",
        "evicted",
        "gaps",
    )

    def __init__(self, dialog_limit: int, turns: Turns) -> None:
        self._dialog_limit = dialog_limit
        self._turns = turns
        self._dialogs: OrderedDict[str, Dialog[E]] = OrderedDict()
        self._last_of: OrderedDict[str, int] = OrderedDict()  # of forgotten dialogs
        self._spilled: list[E | Missed] = []
        self._doubtful: dict[str, None] = {}  # ours, and not shown on this line yet
        self.absent: int = 0
        self.gaps: int = 0
        self.evicted: int = 0

    def __len__(self) -> int:
        return len(self._dialogs)

    def conversation_of(self, dialog_id: str) -> str:
        """Give the conversation of a dialog, empty if it is not known here."""
        del dialog_id
        return ""

    def knows(self, dialog_id: str) -> bool:
        """Tell whether it is known up to which number a dialog was delivered."""
        dialog = self._dialogs.get(dialog_id)
        if dialog is None:
            return dialog_id in self._last_of
        return dialog.last is not None

    def start(self, dialog_id: str, last: int) -> None:
        """Take up a dialog of which that is not known: what comes after ``last``."""
        if self.knows(dialog_id):
            return
        dialog = self._dialogs.get(dialog_id) or self._enter(dialog_id, last)
        dialog.last = last

    def spilled(self) -> list[E | Missed]:
        """Give what was let go besides: since there was no room for its dialog, say.

        Whatever gives nothing itself may have let go something: take it soon after.
        """
        found, self._spilled = self._spilled, []
        return found

    def forget(self, dialog_id: str) -> list[E | Missed]:
        """Stop tracking a dialog; give what was held of it, in order."""
        dialog = self._dialogs.get(dialog_id)
        if dialog is None:
            return []
        ready = self._give_up(dialog_id, dialog)
        self._remove(dialog_id)
        return ready

    def rest(self, dialog_id: str, *, over: bool = True) -> None:
        """Keep of a dialog that is over its last number alone, as of one forgotten.

        It goes on from there should it be heard of again. One of which something is
        missing, or doubtful, is tracked on.

        Args:
            dialog_id: the dialog.
            over: whether it is known that nothing more will be told of it; otherwise
                it is tracked on if the user took part when it was last heard of: its
                events come although nothing shows it.
        """
        dialog = self._dialogs.get(dialog_id)
        if dialog is None or dialog_id in self._doubtful:
            return
        if dialog.querying or dialog.incomplete() or (dialog.ours and not over):
            return
        self._remove(dialog_id)
        self._remember(dialog_id, dialog)

    def abandon(self) -> list[E | Missed]:
        """Forget all dialogs, they were another user's; give what was held of them."""
        ready = self.spilled()
        for dialog_id in list(self._dialogs):
            ready += self.forget(dialog_id)
        self._last_of.clear()
        return ready

    # -- for a later process

    def tracked(self) -> list[str]:
        """Give the dialogs that are tracked."""
        return list(self._dialogs)

    def place(self, dialog_id: str, untaken: int | None) -> Place | None:
        """Give how far one dialog has come; None if it is not known.

        Args:
            dialog_id: which.
            untaken: the lowest number that waits to be heard still.
        """
        dialog = self._dialogs.get(dialog_id)
        if dialog is not None:
            return self._place(dialog_id, dialog, untaken)
        last = self._last_of.get(dialog_id)
        if last is None:
            return None
        if untaken is None:
            return Place(last)
        return Place(min(last, untaken - 1), behind=True)

    def finished(self, places: Mapping[str, Place]) -> dict[str, int]:
        """Give the last numbers of dialogs that are tracked no more.

        Args:
            places: those that have a place all the same.
        """
        return {
            dialog_id: last
            for dialog_id, last in self._last_of.items()
            if dialog_id not in places
        }

    @property
    def history_until(self) -> int:
        """What ended before was history when it all began; -1 if that is not known."""
        return -1

    def resume(self, dialog_id: str, place: Place) -> None:
        """Go on from where an earlier process was, as after the loss of a line.

        One that has been heard of here already goes on from where it is, or from there
        if that is further.
        """
        last = -1 if place.last is None else place.last
        known = self._dialogs.get(dialog_id)
        if known is not None:
            known.skip(last)
            return
        dialog = self._enter(dialog_id, last, place.updated)
        dialog.unread = frozenset(place.unread.items()) if place.unread else None
        self._resumed(dialog_id, dialog, place)

    def resume_finished(self, finished: Mapping[str, int]) -> None:
        """Take the last numbers of dialogs that an earlier process tracked no more."""
        for dialog_id, last in finished.items():
            if dialog_id not in self._dialogs:
                self._remember_last(dialog_id, last)

    def resumed(self, history_until: int) -> None:
        """Take note that what an earlier process knew has been taken over."""
        del history_until

    # -- parts

    def _resumed(self, dialog_id: str, dialog: Dialog[E], place: Place) -> None:
        """See to it that what came meanwhile is asked for."""
        del dialog_id
        dialog.ours, dialog.asked = place.takes_part, place.behind

    def _place(self, dialog_id: str, dialog: Dialog[E], untaken: int | None) -> Place:
        last = dialog.last
        if untaken is not None and (last is None or last >= untaken):
            last = untaken - 1
        return Place(
            last,
            dialog.updated,
            dialog.ours,
            dialog.querying or dialog.incomplete() or untaken is not None,
            self.conversation_of(dialog_id),
            _as_counts(dialog.unread),
        )

    def _enter(self, dialog_id: str, last: int | None, updated: int = -1) -> Dialog[E]:
        """Track a dialog; make room for it first."""
        known = self._last_of.pop(dialog_id, None)
        if len(self._dialogs) >= self._dialog_limit:
            self._evict()
        if known is not None:
            last = known if last is None else max(known, last)
        dialog: Dialog[E] = Dialog(last, updated)
        self._dialogs[dialog_id] = dialog
        return dialog

    def _evict(self) -> None:
        """Forget the least recently used dialog, if possible one that is idle."""
        for _ in range(_SECOND_CHANCES):
            oldest = next(iter(self._dialogs))
            dialog = self._dialogs[oldest]
            if not (dialog.querying or dialog.incomplete()):
                break
            self._dialogs.move_to_end(oldest)
        oldest = next(iter(self._dialogs))
        dialog = self._dialogs[oldest]
        self._spilled += self.forget(oldest)
        self.evicted += 1
        self._remember(oldest, dialog)

    def _remember(self, dialog_id: str, dialog: Dialog[E]) -> None:
        """Keep the last number of a dialog that is tracked no more."""
        if dialog.last is not None:
            self._remember_last(dialog_id, dialog.last)

    def _remember_last(self, dialog_id: str, last: int) -> None:
        self._last_of[dialog_id] = last
        if len(self._last_of) > self._dialog_limit:
            self._last_of.popitem(last=False)

    def _give_up(
        self,
        dialog_id: str,
        dialog: Dialog[E],
        *,
        promises: bool = True,
        known: bool = False,
    ) -> list[E | Missed]:
        """Let go what is held of a dialog, with what it misses in its place."""
        dialog.tries = dialog.refusals = dialog.lines = 0
        dialog.barred = False
        found, absent = dialog.give_up(promises=promises, known=known)
        self.absent += absent
        ready: list[E | Missed] = []
        for each in found:
            if isinstance(each, Hole):
                self.gaps += each.last - each.first + 1
                ready.append(self._missed(dialog_id, dialog, each.first, each.last))
            else:
                ready.append(each)
        return ready

    def _give_up_poison(self, dialog_id: str, dialog: Dialog[E]) -> list[E | Missed]:
        """Give up what is known to be missing, or else the next that will be known."""
        dialog.asked = False
        ready = self._give_up(dialog_id, dialog)
        if not ready:
            dialog.barred = True
            first = (-1 if dialog.last is None else dialog.last) + 1
            ready.append(self._missed(dialog_id, dialog, first, None))
        return ready

    def _missed(
        self, dialog_id: str, dialog: Dialog[E], first: int, last: int | None
    ) -> Missed:
        where = self.conversation_of(dialog_id)
        return Missed(where, dialog_id, first, last, dialog.why)

    def _remove(self, dialog_id: str) -> Dialog[E] | None:
        self._doubtful.pop(dialog_id, None)
        self._turns.remove(dialog_id)
        return self._dialogs.pop(dialog_id, None)


def _as_counts(unread: Any) -> dict[str, int] | None:
    """Give what was only compared until now."""
    if not isinstance(unread, frozenset):
        return None
    return dict(cast("frozenset[tuple[str, int]]", unread))
