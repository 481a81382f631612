"""A question before something is done that cannot be undone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Final

from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static

from ums_actors.cli.text import visible

if TYPE_CHECKING:
    from textual.app import ComposeResult

__all__ = ["Confirm"]

_CONSEQUENCES: Final = {
    "reconnect": "Its line is given up, and a new one follows after a pause. Requests "
    "in flight fail as ConnectionLost, but for those with resend.",
    "close": "It closes in an orderly way. Only its own program can open it again.",
}


class Confirm(ModalScreen[bool]):
    """Asks, and gives whether it was agreed to; anything but ``y`` is a no.

    Args:
        what: ``reconnect`` or ``close``.
        connection_id: of the connection.
        user: whose it is.
    """

    BINDINGS: ClassVar[list[Any]] = [
        ("y", "answer(True)", "yes"),
        ("n,escape,q,enter", "answer(False)", "no"),
    ]
    DEFAULT_CSS: ClassVar[str] = """
    Confirm { align: center middle; }
    Confirm > Vertical {
        width: 70; max-width: 90%; height: auto;
        border: round $warning; background: $surface; padding: 1 2;
    }
    Confirm Static { margin-bottom: 1; }
    """

    def __init__(self, what: str, connection_id: str, user: str) -> None:
        super().__init__()
        who = f"{user or 'nobody yet'} ({connection_id[:8]})"
        self._question = f"{what.capitalize()} {visible(who)}?"
        self._consequence = _CONSEQUENCES[what]

    def compose(self) -> ComposeResult:
        """Lay the question out."""
        with Vertical():
            yield Static(self._question, markup=False, classes="question")
            yield Static(self._consequence, markup=False)
            yield Static("y: yes    n: no", markup=False)

    def action_answer(self, agreed: bool) -> None:
        """Take the answer."""
        self.dismiss(agreed)
