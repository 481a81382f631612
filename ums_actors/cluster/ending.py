"""The end of a shard's process that has lost its lease."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from ums_actors.cluster.keeper import Keeper
    from ums_actors.cluster.leavings import Leavings
    from ums_actors.fleet.fleet import Fleet

__all__ = ["BACKSTOP", "Ending"]

BACKSTOP: Final = 1.0
"""Seconds that closing may take longer than it should before the process ends."""


class Ending:
    """Closes the agents, gives the lease back, and has the process ended; once.

    Args:
        keeper: of the lease.
        leases: what the lease book has of the shard.
        ended: called with the reason, on a thread of its own, when all is done: it ends
            the process.
    """

    def __init__(
        self, keeper: Keeper, leases: Leavings, ended: Callable[[str], object]
    ) -> None:
        self._keeper = keeper
        self._leases = leases
        self._ended = ended
        self._once = threading.Lock()

    def begin(self, why: str, fleet: Fleet | None, seconds: float) -> None:
        """Begin, and do not wait; any thread.

        Args:
            why: the reason.
            fleet: what is to be closed.
            seconds: in which it has to be; it is given up a little later.
        """
        backstop = threading.Timer(seconds + BACKSTOP, lambda: self._end(why))
        backstop.name, backstop.daemon = "ums-shard-backstop", True

        def closed() -> None:
            backstop.cancel()
            self._end(why)

        backstop.start()
        if fleet is None:
            closed()
        else:
            fleet.close(seconds).add_done_callback(lambda _: closed())

    def _end(self, why: str) -> None:
        if self._once.acquire(blocking=False):
            threading.Thread(
                target=self._finish, args=(why,), name="ums-shard-end", daemon=True
            ).start()

    def _finish(self, why: str) -> None:
        """Tell the lease book: nothing is sent any more, the next owner may begin."""
        self._keeper.release()
        self._leases.give_back(lambda owner: owner == self._keeper.owner)
        self._ended(why)
