"""What is left of one attempt: time, and leave to go on."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from ums_actors.errors import ConnectError

if TYPE_CHECKING:
    import select
    from collections.abc import Callable

    from ums_actors.transport.attempt import Attempt

__all__ = ["Budget"]

# An abort wakes the poll by shutting the socket down. Should a platform not report
# that for a socket still connecting, the worker looks up this often (seconds).
_LOOK_UP = 0.1


class Budget:
    """One deadline over all steps of an attempt; used on the worker thread.

    Args:
        timeout: seconds from now.
        attempt: its abort ends the budget, too.
        clock: monotonic seconds.
        where: safe text of the target.
    """

    __slots__ = ("_attempt", "_clock", "_deadline", "_step", "_timeout", "where")

    def __init__(
        self,
        timeout: float,
        *,
        attempt: Attempt,
        clock: Callable[[], float],
        where: str,
    ) -> None:
        self._timeout = timeout
        self._attempt = attempt
        self._clock = clock
        self._deadline = clock() + timeout
        self.where: str = where
        self._step = "queue"

    @property
    def step(self) -> str:
        """The step of ``ConnectError`` that is going on."""
        return self._step

    @step.setter
    def step(self, step: str) -> None:
        self._step = step
        self._attempt.began(step, self._clock())

    def left(self) -> float:
        """Give the seconds that are left, always more than 0.

        Raises:
            ConnectError: none are, or the attempt was aborted.
        """
        if self._attempt.ended():
            raise self.error(f"opening {self.where} was aborted")
        left = self._deadline - self._clock()
        if left <= 0:
            raise ConnectError(
                f"opening {self.where} took longer than {self._timeout:g} s "
                f"(step {self.step})",
                step=self.step,
                timed_out=True,
            )
        return left

    def wait(
        self, poller: select.poll, at_most: float = math.inf
    ) -> list[tuple[int, int]]:
        """Wait for readiness; an empty list after ``at_most`` seconds.

        Raises:
            ConnectError: the deadline has come, or the attempt was aborted.
        """
        until = self._clock() + at_most
        while True:
            pause = min(self.left(), until - self._clock(), _LOOK_UP)
            ready = poller.poll(max(0, math.ceil(pause * 1000)))
            if ready or self._clock() >= until:
                self.left()
                return ready

    def error(self, text: str, status: int | None = None) -> ConnectError:
        """Give an error of the present step; ``text`` must be safe to print."""
        return ConnectError(text, step=self.step, status=status)
