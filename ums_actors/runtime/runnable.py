"""What a loop runs, and whom it wakes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Call", "Runnable", "Sleeper"]


class Runnable(Protocol):
    """What can stand in the run queue."""

    def run(self, budget: int) -> None:
        """Work off at most ``budget`` messages."""
        ...

    def give_up(self) -> None:
        """Answer all who wait: the loop has ended; any thread."""
        ...


class Sleeper(Protocol):
    """What wakes somebody on another thread: a lock, or an asyncio loop's."""

    def release(self) -> None:
        """Let them go on; any thread."""
        ...


class Call:
    """A function, to be called once; nobody waits for it."""

    __slots__ = ("function",)

    def __init__(self, function: Callable[[], object]) -> None:
        self.function: Callable[[], object] = function

    def run(self, budget: int) -> None:  # noqa: ARG002
        """Call it."""
        self.function()

    def give_up(self) -> None:
        """Let it be."""
