"""The end of a blocking call."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Deadline"]


class Deadline:
    """A point in time by which several blocking steps must all be done.

    Args:
        timeout: seconds from now.
        clock: monotonic seconds.
    """

    __slots__ = ("_clock", "_end")

    def __init__(
        self, timeout: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._clock = clock
        self._end = clock() + timeout

    def left(self) -> float:
        """Give the seconds left.

        Raises:
            TimeoutError: there are none.
        """
        seconds = self._end - self._clock()
        if seconds <= 0:
            raise TimeoutError("the deadline is over")
        return seconds

    def remaining(self) -> float:
        """Give the seconds left, less than 0 if there are none."""
        return self._end - self._clock()

    def over(self) -> bool:
        """Tell whether no time is left."""
        return self._end <= self._clock()

    def at_most(self, seconds: float) -> Deadline:
        """Give the deadline of a step that may take no more than ``seconds``."""
        left = self._end - self._clock()
        return Deadline(min(seconds, left), self._clock)
