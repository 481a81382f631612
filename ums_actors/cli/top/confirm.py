"""A question before something is done that cannot be undone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static

if TYPE_CHECKING:
    from textual.app import ComposeResult

__all__ = ["Confirm"]


class Confirm(ModalScreen[bool]):
    """Asks, and gives whether it was agreed to; anything but ``y`` is a no.

    Args:
        question: in one line.
        consequence: what happens then.
    """

    BINDINGS: ClassVar[list[Any]] = [
        ("y", "answer(True)", "yes"),
        ("n,escape,q,enter", "answer(False)", "no"),
    ]
    DEFAULT_CSS = """
    Confirm { align: center middle; }
    Confirm > Vertical {
        width: 70; max-width: 90%; height: auto;
        border: round $warning; background: $surface; padding: 1 2;
    }
    Confirm Static { margin-bottom: 1; }
    """

    def __init__(self, question: str, consequence: str) -> None:
        super().__init__()
        self._question = question
        self._consequence = consequence

    def compose(self) -> ComposeResult:
        """Lay the question out."""
        with Vertical():
            yield Static(self._question, markup=False, classes="question")
            yield Static(self._consequence, markup=False)
            yield Static("y: yes    n: no", markup=False)

    def action_answer(self, agreed: bool) -> None:
        """Take the answer."""
        self.dismiss(agreed)
