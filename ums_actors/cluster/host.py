"""One shard in its process: it gets the lease, has the fleet, and gives both back."""

from __future__ import annotations

import logging
import threading
from functools import partial
from typing import TYPE_CHECKING, Any, Final, cast

from ums_actors.cluster.calling import Elsewhere
from ums_actors.cluster.ending import BACKSTOP, Ending
from ums_actors.cluster.keeper import Keeper
from ums_actors.cluster.leavings import Leavings
from ums_actors.cluster.memory_use import resident_bytes
from ums_actors.cluster.serving import called, forgotten
from ums_actors.cluster.share import Share, imported, specs_of
from ums_actors.cluster.status import ShardStatus, Stage
from ums_actors.errors import LocalProtocolError, UMSError
from ums_actors.fleet.fleet import Fleet
from ums_actors.runtime import LoopFuture, Runtime

if TYPE_CHECKING:
    from collections.abc import Callable

    from ums_actors.cluster.calling import Call
    from ums_actors.cluster.config import ClusterConfig
    from ums_actors.cluster.life import Life
    from ums_actors.cluster.share import Provider
    from ums_actors.cluster.store import LeaseStore
    from ums_actors.fleet.events import AgentEvent
    from ums_actors.fleet.spec import AgentSpec, Key

__all__ = ["ShardHost"]

_logger = logging.getLogger("ums_actors")
ASK_AGAIN: Final = 5.0
"""Seconds after which a provider is asked again that gave nothing usable."""


class ShardHost:
    """Opens the shard's agents when it has the lease, and closes them before its end.

    A lease that is lost is not taken up again: the process ends, and Ray starts the
    next one.

    Args:
        config: of the cluster.
        shard: which one.
        provider: gives the agents; or its name.
        store: keeps the lease book.
        life: of this process.
        ended: called, on a thread of its own, with the reason when a lease was lost and
            all is closed: it ends the process.
    """

    def __init__(
        self,
        config: ClusterConfig,
        shard: int,
        provider: Any,
        *,
        store: LeaseStore,
        life: Life,
        ended: Callable[[str], object],
    ) -> None:
        self._config = config
        self._share = Share(shard=shard, shards=config.shards)
        self._leases = Leavings(
            store,
            shard,
            config.terms.call_timeout,
            partial(self._log, logging.WARNING),
        )
        self._life = life
        self._lock = threading.Lock()
        self._stage = Stage.WAITING
        self._trouble = ""
        self._provider: Provider | None = None
        self._handler: Callable[..., object] | None = None
        self._import(provider, config.handler)
        self._known: frozenset[Key] | None = None
        self._settled = False
        self._fleet: Fleet | None = None
        self._runtime: Runtime | None = None
        self._keeper = Keeper(
            store,
            shard,
            granted=self._granted,
            lost=self._lost,
            owner=life.owner,
            terms=config.terms,
        )
        self._ending = Ending(self._keeper, self._leases, ended)

    def start(self) -> None:
        """Begin to ask for the lease; waits at most two calls of the lease book.

        Without a provider it does not: it could not open its agents.
        """
        if self._provider is not None:
            self._leases.bury(self._life)
            self._keeper.start()

    # -- what is asked of it

    def look(self) -> Elsewhere | None:
        """Tell why its agents are not here; None if they are; any thread."""
        stage = self._stage
        if stage is not Stage.OPEN:
            said = f"shard {self._share.shard} is {stage.value}"
            return Elsewhere(f"{said}: {self._trouble}" if self._trouble else said)
        return None

    def call(self, call: Call) -> LoopFuture[Any] | Elsewhere:
        """Call an agent's method; any thread, it does not wait.

        Raises:
            AgentUnknown: the cluster has no such agent.
            NotSupported: it has no such method for others.
        """
        elsewhere, fleet = self.look(), self._fleet
        if elsewhere is not None or fleet is None:
            return elsewhere or Elsewhere("it is not open yet")
        return called(fleet, call, self._known or ())

    def forget(self, call: Call, future: LoopFuture[Any]) -> None:
        """Let a request go whose caller has given up; any thread, it does not wait."""
        if self._fleet is not None:
            forgotten(self._fleet, call, future)

    def status(self) -> ShardStatus:
        """Give a snapshot; any thread."""
        fleet = self._fleet
        told = None if fleet is None else fleet.status()
        return ShardStatus(
            shard=self._share.shard,
            stage=self._stage,
            node=self._life.place.partition("@")[0],
            pid=self._life.pid,
            epoch=self._keeper.tenure.epoch,
            agents=0 if told is None else told.agents,
            ready=0 if told is None else told.ready,
            failed=0 if told is None else len(told.failed),
            settled=self._settled,
            trouble=self._trouble,
            memory=resident_bytes(),
        )

    def reload(self) -> LoopFuture[Any]:
        """Ask the provider again: add who is new, remove who is there no more."""
        fleet = self._fleet
        if fleet is None or self._stage is not Stage.OPEN:
            raise LocalProtocolError(
                f"shard {self._share.shard} is {self._stage.value}: it asks the "
                "provider anyway when it opens"
            )
        return fleet.reload()

    def leave(self, timeout: float) -> bool:
        """Close all agents in order, and give the lease back; blocks.

        Args:
            timeout: seconds in which what was asked may be answered.

        Returns:
            whether it has, and the next owner need not wait.
        """
        with self._lock:
            if self._stage in (Stage.LOST, Stage.LEFT):
                return self._stage is Stage.LEFT
            self._stage = Stage.LEAVING
            fleet, runtime = self._fleet, self._runtime
        if fleet is not None:
            done = threading.Event()
            fleet.close(timeout).add_done_callback(lambda _: done.set())
            done.wait(timeout + BACKSTOP)
        released = self._keeper.close()  # nothing is sent from here on, closed or not
        if runtime is not None:
            runtime.close()
        self._stage = Stage.LEFT
        return released

    # -- the lease; the keeper's thread

    def _granted(self, epoch: int) -> None:
        with self._lock:
            if self._stage is not Stage.WAITING:
                return
            self._stage = Stage.OPENING
            config, pacing = self._config, self._config.pacing
            runtime = self._runtime = Runtime(
                gate=pacing.connect_gate(),
                login_gate=pacing.login_gate(),
                limits=config.limits,
                tenure=self._keeper.tenure,
            )
            self._fleet = Fleet(
                self._specs,
                handler=None if self._handler is None else self._heard,
                kinds=config.kinds,
                limits=config.limits,
                runtime=runtime,
            )
        self._log(logging.INFO, "shard.opening", epoch=epoch)
        self._open()

    def _heard(self, event: AgentEvent) -> None:
        """Let the handler hear it, and give it what it may answer with; any thread."""
        if self._handler is not None:
            self._handler(event, self._fleet)

    def _open(self) -> None:
        fleet = self._fleet
        if fleet is not None and self._stage is Stage.OPENING:
            fleet.open().add_done_callback(self._opened)

    def _specs(self) -> list[AgentSpec]:
        """Ask the provider; a thread of the fleet's."""
        found = specs_of(cast("Provider", self._provider), self._share)
        self._known = frozenset(found)
        with self._lock:
            if self._stage is Stage.OPENING:
                self._stage, self._trouble = Stage.OPEN, ""
        return list(found.values())

    def _opened(self, future: LoopFuture[Any]) -> None:
        """All have settled, or the provider gave nothing usable; a loop's thread."""
        error, runtime = future.exception(), self._runtime
        if error is None:
            self._settled = True
            self._log(logging.INFO, "shard.settled", agents=self.status().agents)
        elif self._stage is Stage.OPENING and runtime is not None:
            # the text of a foreign error may hold a secret: it is for the log here
            kind = type(error).__name__
            self._trouble = str(error) if isinstance(error, UMSError) else kind
            self._log(logging.ERROR, "shard.provider_failed", error=error)
            loop = runtime.next_loop()
            loop.call_soon(partial(loop.call_later, ASK_AGAIN, self._open))

    def _lost(self, epoch: int, why: str) -> None:
        with self._lock:
            if self._stage in (Stage.LEAVING, Stage.LEFT):
                return
            self._stage, self._trouble = Stage.LOST, why
            fleet = self._fleet
        self._log(logging.ERROR, "shard.lost", epoch=epoch, reason=why)
        if not self._keeper.tenure.epoch:
            self._keeper.release()  # who is held for dead does not ask again
        self._ending.begin(why, fleet, self._config.terms.safety)

    # -- small things

    def _import(self, provider: Any, handler: Any) -> None:
        """Import what is named; if it is not there, that is the shard's trouble."""
        try:
            if handler is not None:
                self._handler = imported(handler, "handler")
            self._provider = imported(provider, "provider")
        except LocalProtocolError as error:
            self._trouble = str(error)

    def _log(self, level: int, event: str, **fields: Any) -> None:
        error = fields.get("error")
        told = {"ums_cluster": self._config.name, "ums_shard": self._share.shard}
        told |= {f"ums_{name}": value for name, value in fields.items()}
        _logger.log(level, event, extra=told, exc_info=error)
