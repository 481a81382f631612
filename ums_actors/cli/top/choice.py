"""Which process to look at, where there are several."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from ums_actors.cli.text import visible

if TYPE_CHECKING:
    from textual.app import ComposeResult

__all__ = ["Choice"]


class Choice(ModalScreen[Path | None]):
    """Lists endpoints, and gives the chosen one; None if none was.

    Args:
        paths: of the endpoints.
    """

    BINDINGS: ClassVar[list[Any]] = [("escape,q", "leave", "back")]
    DEFAULT_CSS: ClassVar[str] = """
    Choice { align: center middle; }
    Choice > Vertical {
        width: 80; max-width: 95%; height: auto; max-height: 80%;
        border: round $primary; background: $surface; padding: 1 2;
    }
    Choice Static { margin-bottom: 1; }
    Choice OptionList { height: auto; max-height: 20; }
    """

    def __init__(self, paths: list[Path]) -> None:
        super().__init__()
        self._paths = paths

    def compose(self) -> ComposeResult:
        """Lay the list out."""
        with Vertical():
            yield Static("Which process? (enter: look at it, escape: back)")
            yield OptionList(
                *(Option(visible(str(path))) for path in self._paths), markup=False
            )

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Take the choice."""
        self.dismiss(self._paths[event.option_index])

    def action_leave(self) -> None:
        """Choose none."""
        self.dismiss(None)
