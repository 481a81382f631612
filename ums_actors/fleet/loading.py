"""Bringing a fleet's agents in, and keeping them as their source has them."""

from __future__ import annotations

import contextlib
import logging
import threading
from typing import TYPE_CHECKING, Final

import pykka

from ums_actors.core.reason import crash_of
from ums_actors.errors import UMSError
from ums_actors.fleet.events import AgentFailed
from ums_actors.fleet.source import Reloaded, difference
from ums_actors.runtime import LoopFuture

if TYPE_CHECKING:
    from collections.abc import Callable

    from ums_actors.fleet.member import Member
    from ums_actors.fleet.registry import Registry
    from ums_actors.fleet.spec import AgentSpec, Key
    from ums_actors.fleet.switchboard import Switchboard
    from ums_actors.runtime import Runtime

__all__ = ["Loading"]

LEAVING: Final = 30.0
"""Seconds in which an agent that was given differently has to have left."""


class Loading:
    """Asks the source on a thread of its own, and does what it says.

    Args:
        source: gives the agents; may block.
        registry: who is there.
        enter: starts an agent; raises what keeps it from that.
        leave: begins to remove an agent.
        runtime: whose observer is told.
        board: told of agents that cannot be started.
    """

    def __init__(
        self,
        source: Callable[[], dict[Key, AgentSpec]],
        registry: Registry,
        *,
        enter: Callable[[AgentSpec], object],
        leave: Callable[[Member], LoopFuture[None]],
        runtime: Runtime,
        board: Switchboard,
    ) -> None:
        self._source = source
        self._registry = registry
        self._enter = enter
        self._leave = leave
        self._runtime = runtime
        self._board = board
        self._one = threading.Lock()

    def begin(self) -> LoopFuture[Reloaded]:
        """Load, after whoever loads already; never waits."""
        done: LoopFuture[Reloaded] = LoopFuture()
        thread = threading.Thread(
            target=self._work, args=(done,), name="ums-fleet-loading", daemon=True
        )
        try:
            thread.start()
        except RuntimeError as error:  # the system has none to give
            done.try_fail(error)
        return done

    def _work(self, done: LoopFuture[Reloaded]) -> None:
        try:
            with self._one:
                done.try_set(self._load())
        except BaseException as error:  # noqa: BLE001  (to whoever waits)
            done.try_fail(error)

    def _load(self) -> Reloaded:
        wanted = self._source()
        present = {
            member.key: member.spec
            for member in self._registry.all()
            if member.sourced and not member.leaving and not member.has_ended
        }
        found = difference(present, wanted)
        renewed = tuple(spec.key for spec in found.changed)
        leaving = [
            self._leave(member)
            for key in (*found.removed, *renewed)
            if (member := self._registry.find(key)) is not None
        ]
        for left in leaving:
            with contextlib.suppress(pykka.Timeout, TimeoutError, UMSError):
                left.get(timeout=LEAVING)
        refused: list[tuple[Key, Exception]] = []
        for spec in (*found.added, *found.changed):
            try:
                self._enter(spec)
            except Exception as error:  # noqa: BLE001  (the others go on without it)
                refused.append((spec.key, error))
                self._tell(spec.key, error)
        return Reloaded(
            added=tuple(spec.key for spec in found.added),
            removed=found.removed,
            changed=renewed,
            refused=tuple(refused),
        )

    def _tell(self, key: Key, error: Exception) -> None:
        reason = str(error) if isinstance(error, UMSError) else str(crash_of(error))
        fields = {"account": key[0], "user": key[1], "reason": reason}
        self._runtime.observer.observe("fleet.agent_refused", logging.ERROR, fields)
        self._board.tell(key, AgentFailed(reason=reason, error=error))
