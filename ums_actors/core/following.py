"""Streams of a line that brings only the messages of dialogs one has subscribed to.

A subscription says from which number on; what is there already comes in one piece
soon after its answer, and later events one by one. So it is also the query by which
missing events are had: subscribing again from the missing number repairs a gap.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import msgspec
from msgspec.structs import replace

from ums_actors.core.stream import Streams

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from ums_actors.core.dialog import Dialog
    from ums_actors.core.kept import Place
    from ums_actors.core.tracked import Missed

__all__ = ["FollowedStreams", "Sighting", "Subscribe"]

E = TypeVar("E")


class Sighting(msgspec.Struct, frozen=True, kw_only=True):
    """What a conversation notification says of one dialog.

    Attributes:
        is_open: whether things may still be said in it.
        last_sequence: number of its last content event, None if it is not said.
        updated: its time of last update; times are only compared with one another.
        created: when it began, None if it is not said.
        fresh: whether its last content event was said after the baseline began.
    """

    conversation_id: str
    dialog_id: str
    is_open: bool
    last_sequence: int | None = None
    updated: int = 0
    created: int | None = None
    fresh: bool = False


class Subscribe(msgspec.Struct, frozen=True):
    """Ask for the events of a dialog from a number on."""

    conversation_id: str
    dialog_id: str
    from_sequence: int


class FollowedStreams(Streams[E]):
    """All dialogs of one connection; each open one is subscribed to once a line.

    A dialog that was open when the line was lost is subscribed to on the next one,
    also if it is closed by then, for what was missed. One that nobody has seen open is
    fetched if it began after the first snapshot, and left alone otherwise.

    Arguments and attributes are those of :class:`Streams`.
    """

    __slots__ = (
        "_answered",
        "_conversations",
        "_following",
        "_history_until",
        "_refused",
        "_requested",
        "_restored",
        "_tickets",
    )

    outdated: int

    def __init__(self, dialog_limit: int, **settings: Any) -> None:
        super().__init__(dialog_limit, **settings)
        # dicts, since their order is the same in each run
        self._conversations: dict[str, str] = {}
        self._following: dict[str, None] = {}  # open, as far as is known
        self._requested: dict[str, None] = {}  # on this line
        self._refused: dict[str, None] = {}  # on this line
        self._answered: dict[str, int] = {}  # whose events are due → ticket
        self._tickets = 0
        self._history_until = -1
        self._restored = False  # an earlier process knew what is history

    def conversation_of(self, dialog_id: str) -> str:
        """Give the conversation of a dialog, empty if it is not known."""
        return self._conversations.get(dialog_id, "")

    # -- what there is to follow

    def sight(
        self, seen: Sighting, *, baseline: bool = False, first: bool = False
    ) -> None:
        """Compare a conversation notification with what was delivered.

        Args:
            seen: what it says.
            baseline: whether this is the first snapshot of the process: what it shows
                is history, and not delivered.
            first: whether it is the first that its subscription ever gave: the closed
                dialogs in it are history.
        """
        if (baseline or first) and not self._restored:
            self._history_until = max(
                self._history_until, seen.updated, seen.created or -1
            )
        dialog = self._dialogs.get(seen.dialog_id)
        if dialog is None:
            if not seen.is_open and not self._began_since(seen):
                return
            known = seen.last_sequence if baseline else None
            known = -1 if known is None else known - seen.fresh
            dialog = self._enter(seen.dialog_id, known)
            dialog.asked = True
        elif seen.updated < dialog.updated:
            self.outdated += 1
            return
        dialog.updated = seen.updated
        self._conversations[seen.dialog_id] = seen.conversation_id
        if not seen.is_open:
            self._following.pop(seen.dialog_id, None)
        else:
            self._following[seen.dialog_id] = None
            if seen.dialog_id not in self._requested:
                dialog.asked = True
        if seen.last_sequence is not None:
            dialog.promised = max(dialog.promised, seen.last_sequence)
        self._want(seen.dialog_id, dialog)

    def begin(self, conversation_id: str, dialog_id: str) -> None:
        """Follow a dialog that the user has opened, from its start."""
        if dialog_id in self._dialogs:
            return
        super().begin(conversation_id, dialog_id)
        dialog = self._dialogs[dialog_id]
        dialog.asked = True
        self._conversations[dialog_id] = conversation_id
        self._following[dialog_id] = None
        self._want(dialog_id, dialog)

    def leave(self, dialog_id: str) -> None:
        """Do not subscribe to a dialog on later lines unless it is seen again."""
        self._following.pop(dialog_id, None)

    def abandon(self) -> list[E | Missed]:
        """Forget all dialogs, they were another user's; give what was held of them."""
        ready = super().abandon()
        self._history_until = -1
        self._restored = False
        return ready

    # -- for a later process

    @property
    def history_until(self) -> int:
        """What ended before was history when it all began."""
        return self._history_until

    def resumed(self, history_until: int) -> None:
        """Take over what is history."""
        self._history_until = max(self._history_until, history_until)
        self._restored = True

    def _resumed(self, dialog_id: str, dialog: Dialog[E], place: Place) -> None:
        self._conversations[dialog_id] = place.conversation or dialog_id
        if place.takes_part:
            self._following[dialog_id] = None
        dialog.asked = place.takes_part or place.behind
        self._want(dialog_id, dialog)

    def _place(self, dialog_id: str, dialog: Dialog[E], untaken: int | None) -> Place:
        place = super()._place(dialog_id, dialog, untaken)
        return replace(place, takes_part=dialog_id in self._following)

    # -- subscribing

    def requests(self) -> list[Subscribe]:
        """Give the subscriptions to make now, at most one a dialog, within the limit.

        Each must be followed by :meth:`accepted`, :meth:`refused`,
        :meth:`query_failed` or :meth:`line_lost`.
        """
        found: list[Subscribe] = []
        for query in self.queries():
            dialog_id = query.dialog_id
            self._requested[dialog_id] = None
            where = self._conversations.get(dialog_id, dialog_id)
            found.append(Subscribe(where, dialog_id, query.newer_than + 1))
        return found

    def accepted(self, dialog_id: str) -> int:
        """Note that the service took a subscription; its events are due.

        Returns:
            a ticket for :meth:`silent`, 0 if nobody waits for them any more.
        """
        if dialog_id not in self._turns:
            return 0
        self._tickets += 1
        self._answered[dialog_id] = self._tickets
        return self._tickets

    def refused(
        self, dialog_id: str, why: BaseException | None = None
    ) -> list[E | Missed]:
        """Take back a subscription that this line will not get; let go what is held.

        What nothing waits for is not given up: the next line may get it.
        """
        dialog = self._landed(dialog_id)
        if dialog is None:
            return []
        self._refused[dialog_id] = None
        dialog.asked = False
        dialog.why = why
        return self._give_up(dialog_id, dialog, promises=False)

    # -- what comes

    def told(self, dialog_id: str, events: Sequence[tuple[int, E]]) -> list[E | Missed]:
        """Take the events of one notification: pairs of number and event."""
        due, again = dialog_id in self._answered, False
        if due:
            dialog, numbers = self._dialogs[dialog_id], {n for n, _ in events}
            if dialog.answered_by(numbers):
                again = dialog.doubts(numbers)
                if not again:
                    return self.caught_up(dialog_id, events)
        ready = [
            each
            for number, event in events
            for each in self.live(dialog_id, number, event)
        ]
        if again or (due and not self._dialogs[dialog_id].knows_answer()):
            self._subscribe_again(dialog_id)
        return ready

    def live(
        self, dialog_id: str, sequence: int, event: E, *, ours: bool = True
    ) -> list[E | Missed]:
        """Take an event as it came."""
        ready = super().live(dialog_id, sequence, event, ours=ours)
        dialog = self._dialogs[dialog_id]
        if dialog.held and dialog_id in self._refused:
            # what is missing cannot be had here
            ready += self._give_up(dialog_id, dialog, promises=False)
        return ready

    def told_nothing(self, dialog_id: str) -> list[E | Missed]:
        """Take a notification without events: there is nothing new in a dialog.

        It may not say in which. Then it is taken for the answer that is due longest,
        of a dialog where nothing is known to be missing: there it can do no harm.
        """
        if not dialog_id:
            for waiting in self._answered:
                if not self._dialogs[waiting].owed():
                    return self.caught_up(waiting, [])
        elif dialog_id in self._answered:
            return self.caught_up(dialog_id, [])
        return []

    def silent(self, dialog_id: str, ticket: int) -> list[E | Missed]:
        """Wait no longer for the events of a subscription.

        If some are known to be missing they are asked for again, a few times.
        """
        if self._answered.get(dialog_id) != ticket:
            return []
        if self._dialogs[dialog_id].owed():
            return self.query_failed(dialog_id)
        return self.caught_up(dialog_id, [])

    def line_lost(self, why: BaseException | None = None) -> list[E | Missed]:
        """Forget the subscriptions; those of open dialogs are wanted again."""
        for of_the_line in (self._requested, self._refused, self._answered):
            of_the_line.clear()
        ready = super().line_lost(why)
        for dialog_id in self._following:
            dialog = self._dialogs[dialog_id]
            dialog.asked = True
            dialog.doubted = False
            self._want(dialog_id, dialog)
        return ready

    # -- parts

    def _began_since(self, seen: Sighting) -> bool:
        return seen.created is not None and seen.created > self._history_until

    def _subscribe_again(self, dialog_id: str) -> None:
        """Ask once more, if what came may have been the answer, its start hidden.

        It may as well have been said since, and the answer with all that is missing be
        on its way. Now that it is held, an answer to another request will repeat it.
        """
        dialog = self._dialogs[dialog_id]
        if dialog.held:
            self._landed(dialog_id)
            self._want(dialog_id, dialog)

    def _want(self, dialog_id: str, dialog: Dialog[E]) -> None:
        if dialog_id not in self._refused:
            super()._want(dialog_id, dialog)

    def _landed(self, dialog_id: str) -> Dialog[E] | None:
        self._answered.pop(dialog_id, None)
        return super()._landed(dialog_id)

    def _remove(self, dialog_id: str) -> Dialog[E] | None:
        self._answered.pop(dialog_id, None)
        for known in (self._conversations, self._following):
            known.pop(dialog_id, None)
        for known in (self._requested, self._refused):
            known.pop(dialog_id, None)
        return super()._remove(dialog_id)
