"""The life of a fleet: opening, reloading, closing, and blocks that do so."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final, Self

from ums_actors.arguments import seconds
from ums_actors.errors import LocalProtocolError
from ums_actors.runtime import LoopFuture

if TYPE_CHECKING:
    from types import TracebackType

    from ums_actors.fleet.source import Reloaded
    from ums_actors.fleet.staff import Staff
    from ums_actors.fleet.status import FleetStatus
    from ums_actors.runtime import Runtime

__all__ = ["TIMEOUT", "Life"]

TIMEOUT: Final = 30.0
"""Seconds in which a fleet closes."""
_GRACE: Final = 5.0
"""Seconds more for who leaves a block: closing keeps its time by itself."""


class Life:
    """What a fleet does as a whole.

    Args:
        staff: its agents.
        own: the runtime that ends with it; None if that is somebody else's.
    """

    def __init__(self, staff: Staff, own: Runtime | None) -> None:
        self._staff = staff
        self._own = own
        self._pid = os.getpid()

    def open(self, timeout: float | None = None) -> LoopFuture[FleetStatus]:
        """Start all agents; done when each is READY, or has failed for good.

        They wait in line at the gates, so that thousands take minutes; no request is
        under way meanwhile. Called again it gives the same.

        Args:
            timeout: seconds the future waits; the agents are opened all the same.

        Raises (through the future):
            LocalProtocolError: the source's agents break a rule; it may be called
                again.
            TimeoutError: not all were READY or had failed in time.
            ConnectionLost: the fleet was closed.
        """
        patience = seconds(timeout)
        self._check()
        return self._staff.open(patience)

    def reload(self) -> LoopFuture[Reloaded]:
        """Ask the source again; add who is new, remove who is there no more.

        An agent that is given differently is removed and added: what is compared is
        all of its AgentSpec, so a source that gives the same TokenSource each time
        does not disturb its agent. Agents that were added by hand stay.

        Raises (through the future):
            LocalProtocolError: the source's agents break a rule; nothing has changed.
        """
        self._check()
        return self._staff.reload()

    def close(self, timeout: float = TIMEOUT) -> LoopFuture[None]:
        """Close all connections, log out and stop; idempotent, never waits.

        All at a time. What waits for the handler is still heard, for some seconds.

        Args:
            timeout: seconds for all of it; from the first call.

        Raises (through the future):
            TimeoutError: not all have ended by then; what can be is given up.
        """
        patience = seconds(timeout)
        if os.getpid() != self._pid:
            return LoopFuture.of(None)  # all that is there is the parent's
        return self._staff.close(TIMEOUT if patience is None else patience, self._own)

    def __enter__(self) -> Self:
        """Begin to open; does not wait."""
        self.open()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close().get(timeout=TIMEOUT + _GRACE)

    async def __aenter__(self) -> Self:
        """Begin to open; does not wait."""
        self.open()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    def _check(self) -> None:
        """Refuse to serve a forked child: its parent has the connections."""
        if os.getpid() != self._pid:
            raise LocalProtocolError(
                "this fleet belongs to the process that made it: make one in this "
                "process, after the fork"
            )
