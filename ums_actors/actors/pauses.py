"""Letting time go by, or waiting until a message that is looked for is seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ums_actors.actors.waiters import Waiters

if TYPE_CHECKING:
    from ums_actors.core.marks import Marks
    from ums_actors.runtime import Loop, LoopFuture

__all__ = ["Pauses"]


class Pauses(Waiters):
    """The pauses of one connection, which fail when it comes to rest; loop thread only.

    That a message is there is proved by its event alone, at whatever time it comes;
    that it is not needs the whole pause.

    Args:
        marks: which know what has been seen.
    """

    __slots__ = ("_marks", "_sought")

    def __init__(self, marks: Marks) -> None:
        super().__init__()
        self._marks = marks
        self._sought: dict[str, LoopFuture[None]] = {}

    def add_until_seen(self, loop: Loop, mark: str, seconds: float) -> LoopFuture[None]:
        """Make a future that is done when a mark is seen; one at a time for each mark.

        It fails with TimeoutError after so many seconds.
        """
        seen: LoopFuture[None] = self.add(loop, seconds)
        self._sought[mark] = seen
        seen.add_done_callback(lambda _: self._sought.pop(mark, None))
        self.look()
        return seen

    def look(self) -> None:
        """End the pauses of what has been seen by now."""
        for mark, seen in list(self._sought.items()):
            if self._marks.found(mark) is not None:
                self.discard(seen)
                seen.try_set(None)
