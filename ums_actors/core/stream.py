"""Messages of each dialog in order, once, and what to ask for when some are missing.

The events of a dialog carry a ``sequence`` that counts from 0. Those that come out of
order are held while the missing ones are queried.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Generic, TypeVar

import msgspec

from ums_actors.core.dialog import Dialog

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Query", "Streams"]

E = TypeVar("E")

_SECOND_CHANCES = 8
"""Busy dialogs that are spared in search of an idle one to forget."""


class Query(msgspec.Struct, frozen=True):
    """Ask for the events of a dialog that are newer than a number."""

    dialog_id: str
    newer_than: int


class Streams(Generic[E]):
    """All dialogs of one connection.

    Methods give the events that may be delivered now, in order. A query may repeat
    known events; they are dropped.

    Args:
        dialog_limit: dialogs that are tracked; the least recently used is forgotten,
            and begins anew when it is seen again.
        hold_limit: events held for one dialog; beyond, the lowest numbers are dropped
            and come again by query.
        query_limit: queries that may be under way.
        tries: queries of one dialog that may fail in a row before what is held is let
            go. They must outlast a dead line that nobody has noticed yet.

    Attributes:
        duplicates: live events that had been delivered or were held.
        gaps: numbers that no query could bring, skipped.
        outdated: snapshots that came after a newer one.
        dropped: held events dropped for want of room.
        evicted: dialogs forgotten for want of room.
    """

    def __init__(
        self,
        dialog_limit: int,
        hold_limit: int = 1000,
        query_limit: int = 5,
        tries: int = 3,
    ) -> None:
        self._dialog_limit = dialog_limit
        self._hold_limit = hold_limit
        self._query_limit = query_limit
        self._tries = tries
        self._dialogs: OrderedDict[str, Dialog[E]] = OrderedDict()
        self._wanted: OrderedDict[str, None] = OrderedDict()
        self._querying: set[str] = set()
        self._doubtful: dict[str, None] = {}  # ours, and not shown on this line yet
        self.duplicates = 0
        self.gaps = 0
        self.outdated = 0
        self.dropped = 0
        self.evicted = 0

    def __len__(self) -> int:
        return len(self._dialogs)

    def live(self, dialog_id: str, sequence: int, event: E) -> list[E]:
        """Take an event as it came over the line."""
        dialog = self._dialogs.get(dialog_id)
        if dialog is None:
            dialog = self._enter(dialog_id, last=-1)
        else:
            self._dialogs.move_to_end(dialog_id)
        dialog.ours = True  # else it would not have been sent
        last = dialog.last
        if last is None or sequence == last + 1:
            dialog.last = sequence
            return [event, *dialog.take_run()] if dialog.held else [event]
        if sequence <= last or sequence in dialog.held:
            self.duplicates += 1
            return []
        self.dropped += dialog.hold(sequence, event, self._hold_limit)
        self._want(dialog_id, dialog)
        return []

    def snapshot(
        self,
        dialog_id: str,
        last_sequence: int | None,
        updated: int,
        *,
        baseline: bool,
        participating: bool,
    ) -> None:
        """Compare a conversation notification with what was delivered.

        Args:
            dialog_id: the dialog.
            last_sequence: number of its last content event, None if it is not said.
            updated: its time of last update; only compared with one another.
            baseline: whether this is the first snapshot of the process: what it shows
                of the user's own dialogs is history, and not delivered.
            participating: whether the user is sent the events of this dialog.
        """
        dialog = self._dialogs.get(dialog_id)
        if dialog is None:
            if not participating:
                return  # all of it is news to who comes to it later
            if baseline:
                self._enter(dialog_id, last_sequence, updated).ours = True
                return
            dialog = self._enter(dialog_id, last=-1)
        elif updated < dialog.updated:
            self.outdated += 1
            return
        if baseline and dialog.last == -1 and dialog.held:
            # Live events overtook the snapshot: what lies before them is history.
            dialog.last = min(dialog.held) - 1
        newer, dialog.updated = updated > dialog.updated, updated
        dialog.ours = participating
        if not participating:
            self._ask_for_the_rest(dialog_id)
            return
        self._doubtful.pop(dialog_id, None)
        if last_sequence is not None:
            dialog.promised = max(dialog.promised, last_sequence)
        elif newer:
            dialog.asked = True
        self._want(dialog_id, dialog)

    def snapshots_over(self) -> None:
        """Take note that all that was subscribed to has been shown on this line.

        Of dialogs that were not among it, because they have closed, say, it is asked
        what came while the line was away; once.
        """
        for dialog_id in list(self._doubtful):
            self._dialogs[dialog_id].ours = False
            self._ask_for_the_rest(dialog_id)

    def queries(self) -> list[Query]:
        """Give the queries to send now, at most one a dialog, within the limit.

        Each must be followed by :meth:`caught_up`, :meth:`query_failed` or
        :meth:`line_lost`.
        """
        found: list[Query] = []
        while self._wanted and len(self._querying) < self._query_limit:
            dialog_id, _ = self._wanted.popitem(last=False)
            dialog = self._dialogs[dialog_id]
            if not dialog.incomplete():
                continue  # the missing ones came by themselves
            self._querying.add(dialog_id)
            found.append(Query(dialog_id, dialog.begin_query()))
        return found

    def caught_up(self, dialog_id: str, events: Iterable[tuple[int, E]]) -> list[E]:
        """Take the result of a query: pairs of number and event in any order.

        Numbers that the result shows to be missing for good are skipped and counted.
        What came too late for this query is asked for by another.
        """
        dialog = self._landed(dialog_id)
        if dialog is None:
            return []
        dialog.tries = 0
        ready, gaps = dialog.fill(events)
        self.gaps += gaps
        self._want(dialog_id, dialog)
        return ready

    def query_failed(self, dialog_id: str) -> list[E]:
        """Take back a query that failed on a healthy line.

        After some failures in a row what is held is let go, and what is missing counts
        as gap.
        """
        dialog = self._landed(dialog_id)
        if dialog is None:
            return []
        dialog.tries += 1
        ready: list[E] = []
        if dialog.tries >= self._tries:
            dialog.tries = 0
            dialog.asked = False
            ready, gaps = dialog.give_up()
            self.gaps += gaps
        else:
            dialog.asked = True
        self._want(dialog_id, dialog)
        return ready

    def line_lost(self) -> None:
        """Forget the queries under way; they are wanted again.

        From now on events may be missed, so none of them may set a dialog's number.
        """
        for dialog_id, dialog in self._dialogs.items():
            if dialog.last is None:
                dialog.last = -1
            if dialog.ours:
                self._doubtful[dialog_id] = None
        for dialog_id in sorted(self._querying):
            dialog = self._dialogs[dialog_id]
            dialog.querying = False
            dialog.asked = True
            self._want(dialog_id, dialog)
        self._querying.clear()

    def forget(self, dialog_id: str) -> list[E]:
        """Stop tracking a dialog; give what was held of it, in order."""
        dialog = self._remove(dialog_id)
        if dialog is None:
            return []
        ready, gaps = dialog.give_up()
        self.gaps += gaps
        return ready

    def ask(self, dialog_id: str) -> int:
        """Want a query of a dialog, whatever the numbers say.

        Returns:
            its number, for :meth:`answered`.
        """
        dialog = self._dialogs.get(dialog_id) or self._enter(dialog_id, last=-1)
        dialog.asked = True
        self._want(dialog_id, dialog)
        return dialog.begun + 1

    def last(self, dialog_id: str) -> int:
        """Give the number of a dialog's last event that was delivered, else -1."""
        dialog = self._dialogs.get(dialog_id)
        return -1 if dialog is None or dialog.last is None else dialog.last

    def answered(self, dialog_id: str) -> int:
        """Give the number of a dialog's last query that was answered, 0 before."""
        dialog = self._dialogs.get(dialog_id)
        return 0 if dialog is None else dialog.answered

    def begin(self, conversation_id: str, dialog_id: str) -> None:
        """Take note of a dialog that the user has opened: none of it is history."""
        del conversation_id
        if dialog_id not in self._dialogs:
            self._enter(dialog_id, last=-1)

    def abandon(self) -> None:
        """Forget all dialogs: they were another user's."""
        for dialog_id in list(self._dialogs):
            dialog = self._remove(dialog_id)
            self.dropped += 0 if dialog is None else len(dialog.held)

    # -- parts

    def _enter(self, dialog_id: str, last: int | None, updated: int = -1) -> Dialog[E]:
        """Track a dialog; make room for it first."""
        if len(self._dialogs) >= self._dialog_limit:
            self._evict()
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
        evicted = self._remove(next(iter(self._dialogs)))
        self.evicted += 1
        self.dropped += 0 if evicted is None else len(evicted.held)

    def _ask_for_the_rest(self, dialog_id: str) -> None:
        """Ask what was said before the user took part no more, if that was missed."""
        if dialog_id in self._doubtful:
            del self._doubtful[dialog_id]
            dialog = self._dialogs[dialog_id]
            dialog.asked = True
            self._want(dialog_id, dialog)

    def _remove(self, dialog_id: str) -> Dialog[E] | None:
        self._doubtful.pop(dialog_id, None)
        self._wanted.pop(dialog_id, None)
        self._querying.discard(dialog_id)
        return self._dialogs.pop(dialog_id, None)

    def _want(self, dialog_id: str, dialog: Dialog[E]) -> None:
        if dialog.incomplete() and not dialog.querying:
            if dialog.last is None:
                dialog.last = -1  # what comes live from now on must wait for the query
            self._wanted[dialog_id] = None

    def _landed(self, dialog_id: str) -> Dialog[E] | None:
        """Take a dialog whose query is under way back from there."""
        if dialog_id not in self._querying:
            return None
        self._querying.discard(dialog_id)
        dialog = self._dialogs[dialog_id]
        dialog.querying = False
        return dialog
