"""Streams of dialogs where nobody can be asked for what is missing.

What came before its turn is held for a while, since what is missing may be on its way;
then it is let go, with what is missing in its place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from ums_actors.core.stream import Streams

if TYPE_CHECKING:
    from ums_actors.core.tracked import Missed

__all__ = ["UnaskedStreams"]

E = TypeVar("E")


class UnaskedStreams(Streams[E]):
    """All dialogs of one connection; a query stands for a time that is waited.

    Each that :meth:`queries` gives must be followed by :meth:`waited`.

    Args:
        dialog_limit: as for :class:`Streams`; as many may wait at a time.
        hold_limit: events held for one dialog; beyond, they are let go at once.
    """

    __slots__ = ()

    def __init__(self, dialog_limit: int, hold_limit: int = 1000) -> None:
        super().__init__(dialog_limit, hold_limit, query_limit=dialog_limit)

    def live(
        self, dialog_id: str, sequence: int, event: E, *, ours: bool = True
    ) -> list[E | Missed]:
        """Take an event as it came."""
        dialog = self._dialogs.get(dialog_id)
        if dialog is None or len(dialog.held) < self._hold_limit:
            return super().live(dialog_id, sequence, event, ours=ours)
        ready = self._give_up(dialog_id, dialog)
        return ready + super().live(dialog_id, sequence, event, ours=ours)

    def waited(self, dialog_id: str) -> list[E | Missed]:
        """Let go what is held of a dialog, as far as it was known when waiting began.

        What came since, and misses something of its own, has its own time.
        """
        dialog = self._landed(dialog_id)
        if dialog is None:
            return []
        ready = self._give_up(dialog_id, dialog, known=True)
        dialog.asked = False
        ready += dialog.take_run()
        self._want(dialog_id, dialog)
        return ready

    def line_lost(self, why: BaseException | None = None) -> list[E | Missed]:
        """Wait anew for what was waited for; or for nothing, if all is at an end."""
        ready = self.spilled()
        for dialog_id in self._turns.end_all():
            dialog = self._dialogs[dialog_id]
            dialog.querying = False
            if why is None:
                ready += self._give_up(dialog_id, dialog)
            else:
                self._want(dialog_id, dialog)
        return ready
