"""The fixture ``ums_clock``."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    from ums_actors.pytest_plugin.hand import Hand
    from ums_actors.runtime import LoopFuture

__all__ = ["UmsClock"]

T = TypeVar("T")


class UmsClock:
    """Virtual time: it passes only when it is told to, and takes no real time.

    For the test's own thread, and for handlers of events, which run on it too. Not for
    actors and for callbacks of futures, which get WouldDeadlock.
    """

    def __init__(self, hand: Hand) -> None:
        self._hand = hand

    def now(self) -> float:
        """Give virtual seconds; only their differences mean something."""
        return self._hand.now()

    def advance(self, seconds: float) -> None:
        """Let so many seconds pass; all that is due in them happens, in order.

        Raises:
            ValueError: it is negative.

        Example::

            ums_server.cut()
            ums_clock.advance(30)  # the connection is READY again
        """
        if not seconds >= 0:
            raise ValueError(f"seconds={seconds!r}: time does not go back")
        self._hand.turn(seconds)

    def until(self, condition: Callable[[], object], within: float = 60.0) -> None:
        """Let time pass until a condition holds, at most ``within`` seconds.

        Raises:
            AssertionError: it does not hold then.
        """
        __tracebackhide__ = True
        if not self._hand.turn(within, lambda: bool(condition())):
            raise AssertionError(
                f"the condition does not hold after {within:g} virtual seconds"
            )

    def get(self, future: LoopFuture[T], timeout: float | None = None) -> T:
        """Let time pass until a future is done, and give its value.

        ``future.get(timeout=…)`` does the same; with no timeout it is an hour.

        Raises:
            pykka.Timeout: it is not done after ``timeout`` virtual seconds; the text
                says which requests the test has not answered.
            Exception: what the future failed with.
        """
        return future.get(timeout=timeout)
