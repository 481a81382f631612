"""Messages of each dialog in order, once, and what to ask for when some are missing.

The events of a dialog carry a ``sequence`` that counts from 0. Those that come out of
order are held while the missing ones are queried.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import msgspec

from ums_actors.core.tracked import Tracked
from ums_actors.core.turns import Turns
from ums_actors.errors import Delivery, RequestRejected, RequestTimedOut

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable

    from ums_actors.core.dialog import Dialog
    from ums_actors.core.kept import Place
    from ums_actors.core.tracked import Missed

__all__ = ["Query", "Streams"]

E = TypeVar("E")

_SUSPECT = 2
"""Lines in a row that died over a dialog's query until it is asked for alone, last."""
_POISON = 8
"""Lines in a row that may die over a dialog's query before it is given up: its answer
may be what kills them (larger than we take, say). A service that is ill kills several
as well, so fewer would give up too soon; but all dialogs suffer meanwhile: with a
backoff from 1 s, the pauses between eight lines are two minutes at most, between ten
they would be eight."""
_REFUSALS = 4
"""Refusals for good of one dialog's query on one line until they are believed: one may
be a slip of the service's, and what was given up is not had again."""


class Query(msgspec.Struct, frozen=True):
    """Ask for the events of a dialog that are newer than a number."""

    dialog_id: str
    newer_than: int


class Streams(Tracked[E]):
    """All dialogs of one connection.

    Methods give what may be delivered now, in order: events, and in the place of those
    that were given up a :class:`Missed`. Each number up to the last of a dialog is
    delivered, missed, or absent: just one of them. A query may repeat known events;
    they are dropped.

    What is held back waits until a query is answered, until ``tries`` of them have
    failed on a healthy line or a few were refused for good, or until eight lines in a
    row have died while one was under way; then it is let go. After two such lines the
    dialog is asked for alone, after the others, so that they do not share the blame.

    Args:
        dialog_limit: dialogs that are tracked; the least recently used is forgotten:
            what is held of it is let go, and only its last number is kept.
        hold_limit: events held for one dialog; beyond, the lowest numbers are dropped
            and come again by query.
        query_limit: queries that may be under way.
        tries: queries of one dialog that may fail in a row before what is held is let
            go. They must outlast a dead line that nobody has noticed yet.

    Attributes:
        duplicates: live events that had been delivered or were held.
        outdated: snapshots that came after a newer one.
        dropped: held events dropped for want of room; a query brings them again.
    """

    __slots__ = (
        "_hold_limit",
        "_tries",
        "_unseen_wait",
        "dropped",
        "duplicates",
        "outdated",
    )

    absent: int

    def __init__(
        self,
        dialog_limit: int,
        hold_limit: int = 1000,
        query_limit: int = 5,
        tries: int = 3,
    ) -> None:
        super().__init__(dialog_limit, Turns(query_limit))
        self._hold_limit = hold_limit
        self._tries = tries
        self._unseen_wait = False
        self.duplicates: int = 0
        self.outdated: int = 0
        self.dropped: int = 0

    def live(
        self, dialog_id: str, sequence: int, event: E, *, ours: bool = True
    ) -> list[E | Missed]:
        """Take an event as it came.

        Args:
            dialog_id: its dialog.
            sequence: its number there.
            event: the event.
            ours: whether it was sent since the user takes part: on the line it would
                not have been sent otherwise.
        """
        dialog = self._dialogs.get(dialog_id)
        if dialog is None:
            dialog = self._enter(dialog_id, last=-1)
        else:
            self._dialogs.move_to_end(dialog_id)
        if ours:
            dialog.ours = True
        last = dialog.last
        if last is None or sequence == last + 1:
            dialog.last = sequence
            return [event, *dialog.take_run()] if dialog.held else [event]
        if sequence <= last or sequence in dialog.held:
            self.duplicates += 1
            return []
        self.dropped += dialog.hold(sequence, event, self._hold_limit)
        if dialog.updated >= 0 or not self._unseen_wait:
            self._want(dialog_id, dialog)
        return self.spilled()

    def let_unseen_wait(self, waits: bool) -> None:
        """Ask for no events of dialogs that no snapshot has shown, or do so again.

        As long as the first snapshot of the process is not complete, it is not known
        what of them is history.
        """
        if self._unseen_wait and not waits:
            for dialog_id, dialog in self._dialogs.items():
                if dialog.held:
                    self._want(dialog_id, dialog)
        self._unseen_wait = waits

    def snapshot(
        self,
        dialog_id: str,
        last_sequence: int | None,
        updated: int,
        *,
        baseline: bool,
        participating: bool,
        unread: Hashable = None,
        fresh: bool = False,
    ) -> None:
        """Compare a conversation notification with what was delivered.

        Args:
            dialog_id: the dialog.
            last_sequence: number of its last content event, None if it is not said.
            updated: its time of last update; only compared with one another.
            baseline: whether this is the first snapshot of the process: what it shows
                of the user's own dialogs is history, and not delivered.
            participating: whether the user is sent the events of this dialog.
            unread: how much is unread; only compared. If this or the time is another
                after a line was lost, it is asked what came, for a status of delivery
                has a number, and no snapshot names it.
            fresh: whether the last content event was said after the baseline began; if
                it has not come it is asked for.
        """
        dialog = self._dialogs.get(dialog_id)
        if dialog is None:
            if not participating:
                return  # all of it is news to who comes to it later
            dialog = self._enter(
                dialog_id,
                _known_of(last_sequence, fresh=fresh) if baseline else -1,
                updated if baseline else -1,
            )
            if baseline and not fresh:
                dialog.ours, dialog.unread = True, unread
                return
        elif updated < dialog.updated:
            self.outdated += 1
            return
        doubtful = dialog_id in self._doubtful
        if baseline and dialog.last == -1 and dialog.held and not doubtful:
            # Live events overtook the snapshot: what lies before them is history.
            dialog.last = min(dialog.held) - 1
        newer, dialog.updated = updated > dialog.updated, updated
        changed, dialog.unread = newer or unread != dialog.unread, unread
        dialog.ours = participating
        if not participating:
            self._ask_for_the_rest(dialog_id)
            return
        self._doubtful.pop(dialog_id, None)
        if last_sequence is not None:
            dialog.promised = max(dialog.promised, last_sequence)
        if (newer and last_sequence is None) or (changed and doubtful):
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
        while (dialog_id := self._turns.next()) is not None:
            dialog = self._dialogs[dialog_id]
            if not dialog.incomplete():
                continue  # the missing ones came by themselves
            self._turns.start(dialog_id, suspect=dialog.lines >= _SUSPECT)
            found.append(Query(dialog_id, dialog.begin_query()))
        return found

    def caught_up(
        self, dialog_id: str, events: Iterable[tuple[int, E]]
    ) -> list[E | Missed]:
        """Take the result of a query: pairs of number and event in any order.

        Numbers that the result shows to be absent are skipped and counted. What came
        too late for this query is asked for by another.
        """
        dialog = self._landed(dialog_id)
        if dialog is None:
            return []
        dialog.tries = dialog.refusals = dialog.lines = 0
        dialog.why = None
        ready, absent = dialog.fill(events)
        self.absent += absent
        self._want(dialog_id, dialog)
        return [*ready]

    def query_failed(
        self, dialog_id: str, why: BaseException | None = None
    ) -> list[E | Missed]:
        """Take back a query that failed on a healthy line.

        After some failures in a row on one line, or a few refusals for good, what is
        missing is given up, and what is held let go. One that was never written, on a
        line that takes nothing, does not count: it may be dead.

        Args:
            dialog_id: the dialog.
            why: what it failed with.
        """
        dialog = self._landed(dialog_id)
        if dialog is None:
            return []
        dialog.why = why
        dialog.tries += _was_asked(why)
        dialog.refusals += _is_final(why)
        dialog.asked = dialog.tries < self._tries and dialog.refusals < _REFUSALS
        ready = [] if dialog.asked else self._give_up(dialog_id, dialog)
        self._want(dialog_id, dialog)
        return ready

    def line_lost(self, why: BaseException | None = None) -> list[E | Missed]:
        """Forget the queries under way; they are wanted again.

        From now on events may be missed, so none of them may set a dialog's number.
        What too many lines in a row died over is given up.

        Args:
            why: what took the line, None if it was ended on purpose.
        """
        for dialog_id, dialog in self._dialogs.items():
            # what failed on this line may have failed by it
            dialog.tries = dialog.refusals = 0
            if dialog.last is None:
                dialog.last = -1
            if dialog.ours:
                self._doubtful[dialog_id] = None
        ready = self.spilled()
        for dialog_id in self._turns.end_all():
            dialog = self._dialogs[dialog_id]
            dialog.querying = False
            dialog.asked = True
            if why is not None:
                dialog.lines += 1
                dialog.why = why
            if dialog.lines >= _POISON:
                ready += self._give_up_poison(dialog_id, dialog)
            self._want(dialog_id, dialog)
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
        known = self._last_of.get(dialog_id) if dialog is None else dialog.last
        return -1 if known is None else known

    def answered(self, dialog_id: str) -> int:
        """Give the number of a dialog's last query that was answered, 0 before."""
        dialog = self._dialogs.get(dialog_id)
        return 0 if dialog is None else dialog.answered

    def begin(self, conversation_id: str, dialog_id: str) -> None:
        """Take note of a dialog that the user has opened: none of it is history."""
        del conversation_id
        if dialog_id not in self._dialogs:
            self._enter(dialog_id, last=-1)

    # -- what is told beside the line

    def promise(self, dialog_id: str, last: int) -> None:
        """Take note that there is an event of that number, if the dialog is known."""
        dialog = self._dialogs.get(dialog_id)
        if dialog is not None and dialog.last is not None:
            dialog.promised = max(dialog.promised, last)
            self._want(dialog_id, dialog)

    # -- parts

    def _resumed(self, dialog_id: str, dialog: Dialog[E], place: Place) -> None:
        super()._resumed(dialog_id, dialog, place)
        if place.takes_part:
            self._doubtful[dialog_id] = None  # until it is shown on a line
        self._want(dialog_id, dialog)

    def _ask_for_the_rest(self, dialog_id: str) -> None:
        """Ask what was said before the user took part no more, if that was missed."""
        if dialog_id in self._doubtful:
            del self._doubtful[dialog_id]
            dialog = self._dialogs[dialog_id]
            dialog.asked = True
            self._want(dialog_id, dialog)

    def _want(self, dialog_id: str, dialog: Dialog[E]) -> None:
        if dialog.barred:
            if not dialog.owed():
                return
            self._spilled += self._give_up(dialog_id, dialog)
        if dialog.incomplete() and not dialog.querying:
            if dialog.last is None:
                dialog.last = -1  # what comes live from now on must wait for the query
            self._turns.add(dialog_id, suspect=dialog.lines >= _SUSPECT)

    def _landed(self, dialog_id: str) -> Dialog[E] | None:
        """Take a dialog whose query is under way back from there."""
        if not self._turns.end(dialog_id):
            return None
        dialog = self._dialogs[dialog_id]
        dialog.querying = False
        return dialog


def _known_of(last_sequence: int | None, *, fresh: bool) -> int | None:
    """Give the number of the last event that is history."""
    if last_sequence is None or not fresh:
        return last_sequence
    return last_sequence - 1


def _was_asked(why: BaseException | None) -> bool:
    """Tell whether a failure says something: not one that waited for room in vain."""
    return not (isinstance(why, RequestTimedOut) and why.delivery is Delivery.NOT_SENT)


def _is_final(why: BaseException | None) -> bool:
    """Tell whether the service will say the same if it is asked again."""
    return isinstance(why, RequestRejected) and not why.may_pass
