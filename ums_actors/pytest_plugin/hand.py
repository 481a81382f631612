"""Who turns the world: the test's thread, whenever it waits for something."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, Final, cast

from ums_actors.errors import LocalProtocolError, WouldDeadlock
from ums_actors.runtime.future import TimedOut, on_loop_thread

if TYPE_CHECKING:
    from collections.abc import Callable

    from ums_actors.runtime import LoopFuture
    from ums_actors.runtime.lending import Lending
    from ums_actors.testing.world import World

__all__ = ["Hand"]

LONGEST: Final = 3600.0
"""Virtual seconds that one waits who names no end."""


class Hand:
    """Lets time pass; takes the place of a loop's lending.

    Args:
        world: what it turns.
        explain: says what the world waits for, for those who wait in vain.
        check: raises what failed in a handler meanwhile.
    """

    def __init__(
        self, world: World, explain: Callable[[], str], check: Callable[[], object]
    ) -> None:
        self._world = world
        self._explain = explain
        self._check = check
        self._depth = 0  # a handler may wait as well
        self._home = threading.get_ident()
        # futures of our actors know it, whoever waits for them
        world.loop.lending = cast("Lending", self)

    def take(self) -> None:
        """Let whatever this thread waits for turn the world, from now on."""
        on_loop_thread.lending = self

    def let_go(self) -> None:
        """End that."""
        if getattr(on_loop_thread, "lending", None) is self:
            del on_loop_thread.lending

    def now(self) -> float:
        """Give virtual seconds."""
        return self._world.clock.now()

    def turn(self, seconds: float, enough: Callable[[], bool] = lambda: False) -> bool:
        """Let so many seconds pass, or less if it is enough; tell whether it is.

        Raises:
            LocalProtocolError: this is not the test's thread.
            WouldDeadlock: this is code of an actor, or a callback of a future.
            AssertionError: of a handler.
        """
        __tracebackhide__ = True
        if threading.get_ident() != self._home:
            raise LocalProtocolError(
                "virtual time passes on the test's own thread only, and another one "
                "waited for it: test code that has threads against ums_emulator"
            )
        if self._world.loop.owned():
            raise WouldDeadlock(
                "an actor, or a callback of a future, waited for time to pass, and it "
                "is the world's turn: let the test do that"
            )
        self._depth += 1
        try:
            is_enough = self._world.advance(self.now() + seconds, enough)
        finally:
            self._depth -= 1
        if not self._depth:
            self._check()
        return is_enough

    def lead(self, future: LoopFuture[Any], timeout: float | None) -> float | None:
        """Let time pass until the future is done.

        Raises:
            TimedOut: it is not, after ``timeout`` virtual seconds.
        """
        __tracebackhide__ = True
        limit = LONGEST if timeout is None else max(0.0, timeout)
        if not self.turn(limit, future.done):
            raise TimedOut(
                f"the future is not done after {limit:g} virtual seconds; "
                f"{self._explain()}"
            )
        return timeout
