"""The end of a fleet: all agents at a time, within one deadline, everybody answered."""

from __future__ import annotations

import contextlib
import threading
import time
from typing import TYPE_CHECKING, Any, Final

import pykka

from ums_actors.errors import UMSError

if TYPE_CHECKING:
    from collections.abc import Callable

    from ums_actors.fleet.audience import Audience
    from ums_actors.fleet.member import Member
    from ums_actors.fleet.registry import Registry
    from ums_actors.runtime import LoopFuture, Runtime

__all__ = ["Closing"]

_HEARD: Final = 5.0
"""Most seconds for the handler to hear what waits for it; and at most half of what is
left, so that a handler which blocks leaves time for the threads to end."""
_LEAST: Final = 0.5
"""Seconds that the runtime has to end, also if all else took all the time."""


class Closing:
    """Closes a fleet on a thread of its own.

    Args:
        registry: who is there.
        leave: begins to remove one of them.
        audience: told that there is nothing more to hear, and given time for the rest.
        runtime: closed in the end; None if it is somebody else's.
        done: answered in the end, whatever happens.
    """

    def __init__(
        self,
        registry: Registry,
        leave: Callable[[Member], LoopFuture[None]],
        audience: Audience,
        *,
        runtime: Runtime | None,
        done: LoopFuture[None],
    ) -> None:
        self._registry = registry
        self._leave = leave
        self._audience = audience
        self._runtime = runtime
        self._done = done
        self._caller = threading.current_thread()

    def begin(self, timeout: float) -> None:
        """Close it, within so many seconds; never waits.

        Raises:
            RuntimeError: the system has no thread to give.
        """
        thread = threading.Thread(
            target=self._work, args=(timeout,), name="ums-fleet-closing", daemon=True
        )
        thread.start()

    def _work(self, timeout: float) -> None:
        try:
            late = self._close(timeout, time.monotonic() + timeout)
        except BaseException as error:  # noqa: BLE001  (to whoever waits)
            self._done.try_fail(error)
            return
        if late:
            self._done.try_fail(TimeoutError(f"{late} within {timeout:g} s"))
        else:
            self._done.try_set(None)

    def _close(self, timeout: float, deadline: float) -> str:
        """Close all; tell what has not ended in time, empty if all has."""
        members = [each for each in self._registry.all() if each.is_there]
        leaving = [self._leave(member) for member in members]
        for left in leaving:
            _wait(left, deadline)
        late = sum(not left.done() for left in leaving)
        self._audience.board.end()
        patience = min(_HEARD, max(0.0, deadline - time.monotonic()) / 2)
        self._audience.join(patience, self._caller)
        ended = True
        if self._runtime is not None:
            ended = self._runtime.close(max(_LEAST, deadline - time.monotonic()))
        for left in leaving:
            left.try_fail(TimeoutError(f"the agent did not end within {timeout:g} s"))
            left.exception()  # those who removed it by hand read it themselves
        if late:
            return f"{late} of {len(members)} agents did not end"
        return "" if ended else "the fleet's threads did not end"


def _wait(left: LoopFuture[Any], deadline: float) -> None:
    with contextlib.suppress(pykka.Timeout, UMSError):
        left.get(timeout=max(0.0, deadline - time.monotonic()))
