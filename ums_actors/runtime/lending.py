"""A loop lent to who waits for it: the leader and follower pattern, for two threads.

A thread that blocks in ``future.get()`` has nothing to do, and the loop's own thread
would have to be woken for its request and to wake it again with the answer. Where a
loop *lends* (``Runtime(lends=True)``), the waiting thread runs the loop's turns itself
until its future is done, and the loop's own thread is parked meanwhile: no thread is
woken. It takes the loop back as soon as nobody has borrowed it for a moment, or when
several threads wait, of which only one could run it.

The main thread never borrows: Python raises KeyboardInterrupt in it between any two
instructions, so also in the middle of an actor.
"""

from __future__ import annotations

import threading
from _thread import allocate_lock
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ums_actors.runtime.future import LoopFuture
    from ums_actors.runtime.loop import Loop

__all__ = ["Lending"]

PATIENCE = 0.002
"""Seconds without a borrower after which the loop's own thread goes on."""
PAUSE = 0.1
"""Seconds in which it is not lent after several threads were seen waiting."""
HANDOVER = 0.005
"""Seconds that a borrower waits for the loop's own thread to let go."""
LONGEST_PARK = 60.0


class Lending:
    """Who runs the turns of one loop."""

    __slots__ = (
        "_bell",
        "_followed",
        "_left_at",
        "_loop",
        "_not_before",
        "_parked",
        "_ring",
        "_turns",
        "borrowed",
        "leader",
        "wanted",
    )

    def __init__(self, loop: Loop) -> None:
        self._loop = loop
        self._turns = allocate_lock()  # held by who runs them
        self._bell = allocate_lock()  # released to wake the parked thread
        self._bell.acquire()
        self._parked = False
        self._ring = False
        self._followed = False
        self._left_at = 0.0
        self._not_before = 0.0
        self.leader: bool = False
        """Whether a borrower runs the turns."""
        self.wanted: bool = False
        """Whether one waits to: the loop's own thread is to :meth:`park`."""
        self.borrowed: int = 0
        """How often it was lent."""

    # -- the loop's own thread

    def own(self) -> None:
        """Begin to run the turns."""
        self._turns.acquire()

    def park(self) -> None:
        """Let a borrower run the turns; back when there is none any more."""
        self.wanted = False
        self._parked = True
        self._turns.release()
        patience = PATIENCE
        while True:
            self._bell.acquire(timeout=patience)
            if self._loop.stopping or self._followed:
                break
            idle = self._loop.clock.now() - self._left_at
            if self.leader:
                self._ring = True
                patience = LONGEST_PARK if self.leader else 0.0
            elif idle >= PATIENCE:
                break
            else:
                patience = PATIENCE - idle
        self._turns.acquire()
        self._parked = self._ring = False
        if self._followed:
            self._followed = False
            self._not_before = self._loop.clock.now() + PAUSE

    def disturb(self) -> None:
        """Have the parked thread look around; any thread."""
        if self._parked and self._bell.locked():
            try:
                self._bell.release()
            except RuntimeError:  # another was quicker
                return

    # -- who waits

    def lead(self, future: LoopFuture[Any], timeout: float | None) -> float | None:
        """Run turns until the future is done, if that is possible now.

        Args:
            future: of this loop.
            timeout: seconds to do so, None for no end.

        Returns:
            What is left of them.
        """
        now = self._loop.clock.now
        deadline = None if timeout is None else now() + timeout
        if threading.get_ident() != _MAIN and self._take():
            self.leader = True
            self.borrowed += 1
            try:
                self._loop.run_until(future.done, deadline)
            finally:
                self._give_back()
        return None if deadline is None else deadline - now()

    def _take(self) -> bool:
        """Get hold of the turns, without much waiting."""
        if self._turns.acquire(blocking=False):
            return True
        if self.leader:  # at its end the loop's own thread must go on at once
            self._followed = True
            return False
        if self._loop.clock.now() < self._not_before:
            return False
        self.wanted = True
        self._loop.rouse()
        return self._turns.acquire(timeout=HANDOVER)

    def _give_back(self) -> None:
        self._left_at = self._loop.clock.now()
        self.leader = False
        self._turns.release()
        if self._ring or self._followed or self._loop.stopping:
            self._ring = False
            self.disturb()


_MAIN = threading.main_thread().ident
