"""What Pykka asks whether an actor has stopped."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ums_actors.runtime.mortal import Mortal

__all__ = ["StoppedFlag"]


class StoppedFlag:
    """The part of :class:`threading.Event` that Pykka uses; any thread."""

    __slots__ = ("_cell",)

    def __init__(self, cell: Mortal) -> None:
        self._cell = cell

    def __eq__(self, other: object) -> bool:
        return isinstance(other, StoppedFlag) and other._cell is self._cell

    def __hash__(self) -> int:
        return hash(id(self._cell))

    def is_set(self) -> bool:
        """Tell whether the actor has stopped for good."""
        return self._cell.ended

    def set(self) -> None:
        """Mark it as stopped."""
        self._cell.ended = True
