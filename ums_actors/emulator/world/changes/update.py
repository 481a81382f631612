"""One update of a conversation under way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ums_actors.emulator.failures import Refused

if TYPE_CHECKING:
    from collections.abc import Callable

    from ums_actors.emulator.world.conversation import Details
    from ums_actors.emulator.world.dialog import Dialog

__all__ = ["Update"]


@dataclass
class Update:
    """One update under way.

    Attributes:
        draft: what it changes; thrown away if any member is refused.
        by: old id of the brand user who asked, or the consumer's id.
        side: AGENT or CONSUMER.
        exists: says whether an identity may become a participant in a role.
        now: epoch milliseconds.
        is_taken: says whether a dialog of any conversation has this id.
        was_open: whether the conversation was open when the update came.
        takes_part: whether who asked took part when the update came; a transfer may
            remove its own author before it goes on.
    """

    draft: Details
    by: str
    side: str
    exists: Callable[[str, str], bool]
    now: int
    is_taken: Callable[[str], bool] = lambda _: False

    def __post_init__(self) -> None:
        self.was_open: bool = self.draft.stage == "OPEN"
        self.takes_part: bool = self.draft.takes_part(self.by)

    @property
    def is_of_consumer(self) -> bool:
        """Whether a consumer asked."""
        return self.side == "CONSUMER"

    def require_participant(self, deed: str = "transfer the conversation") -> None:
        """Refuse what only those may do who took part when the update came."""
        if not self.takes_part:
            raise Refused(403, f"Only a participant may {deed}")

    def open_dialog(self, dialog_id: str | None) -> Dialog:
        """Find a dialog that is open; None means the MAIN one.

        Raises:
            Refused: there is none of that id, or it is closed.
        """
        draft = self.draft
        dialog = draft.main if dialog_id is None else draft.dialog(dialog_id)
        if dialog.state != "OPEN":
            raise Refused(409, "Dialog is closed")
        return dialog
