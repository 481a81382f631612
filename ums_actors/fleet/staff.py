"""The agents of a fleet: how they come, are opened, and go."""

from __future__ import annotations

import threading
from functools import partial
from typing import TYPE_CHECKING

from ums_actors.errors import ConnectionLost, Delivery
from ums_actors.fleet.closing import Closing
from ums_actors.fleet.loading import Loading
from ums_actors.fleet.member import Member
from ums_actors.fleet.opening import Opening
from ums_actors.fleet.registry import Registry
from ums_actors.fleet.status import take_status
from ums_actors.fleet.supervision import Supervision
from ums_actors.runtime import LoopFuture

if TYPE_CHECKING:
    from collections.abc import Callable

    from ums_actors.core.trials import Trials
    from ums_actors.fleet.audience import Audience
    from ums_actors.fleet.limits import Limits
    from ums_actors.fleet.source import Reloaded
    from ums_actors.fleet.spec import AgentSpec, Key
    from ums_actors.fleet.status import FleetStatus
    from ums_actors.runtime import Runtime

__all__ = ["Staff"]


class Staff:
    """Starts and ends agents; any thread, nothing of it waits.

    Args:
        runtime: of their connections.
        audience: hears what they tell.
        source: gives them; may block.
        limits: how many there may be.
        trials: when those that have failed are tried again.

    Attributes:
        registry: who is there.
        supervision: looks after them.
    """

    def __init__(
        self,
        runtime: Runtime,
        audience: Audience,
        *,
        source: Callable[[], dict[Key, AgentSpec]],
        limits: Limits,
        trials: Trials | None,
    ) -> None:
        self._runtime = runtime
        self._audience = audience
        self.registry: Registry = Registry(limits.connections)
        self.supervision: Supervision = Supervision(runtime, audience.board, trials)
        self.supervision.settled = lambda member: self._through(member.key)
        self.supervision.stopped = self._forget
        self._loading = Loading(
            source,
            self.registry,
            enter=partial(self.enter, sourced=True),
            leave=self.leave,
            runtime=runtime,
            board=audience.board,
        )
        self._lock = threading.Lock()
        self._opening: Opening | None = None
        self._ended: LoopFuture[None] | None = None

    # -- all of them

    def open(self, timeout: float | None) -> LoopFuture[FleetStatus]:
        """Load all agents; done when each is READY, or has failed for good."""
        with self._lock:
            opening, over = self._opening, self._ended is not None
            begins = not over and (opening is None or opening.failed)
            if begins:
                opening = Opening(self._runtime.next_loop(), self.status)
                self._opening = opening
        if opening is None:
            refused: LoopFuture[FleetStatus] = LoopFuture()
            refused.try_fail(_closed())
            return refused
        if begins:
            self._begin(opening)
        return opening.wait(timeout)

    def _begin(self, opening: Opening) -> None:
        members = self.registry.all()
        opening.expect(member.key for member in members)
        opening.through(
            member.key for member in members if member.settled or member.has_ended
        )

        def loaded(done: LoopFuture[Reloaded]) -> None:
            error = done.exception()
            if error is None:
                opening.loaded()
            else:
                opening.fail(error)

        self._loading.begin().add_done_callback(loaded)

    def reload(self) -> LoopFuture[Reloaded]:
        """Ask the source again."""
        return self._loading.begin()

    def close(self, timeout: float, owned: Runtime | None) -> LoopFuture[None]:
        """End all agents, and the runtime that is owned; idempotent."""
        with self._lock:
            done = self._ended
            if done is not None:
                return done
            done = self._ended = LoopFuture()
            opening = self._opening
        if opening is not None:
            opening.fail(_closed())
        closing = Closing(
            self.registry, self.leave, self._audience, runtime=owned, done=done
        )
        try:
            closing.begin(timeout)
        except RuntimeError as error:  # the system has no thread: it may be tried again
            self._ended = None
            done.try_fail(error)
        return done

    def status(self) -> FleetStatus:
        """Tell how they are doing; waits for no loop."""
        return take_status(
            self.registry.all(),
            self._audience,
            self._runtime,
            retried=self.supervision.retried,
        )

    # -- one of them

    def enter(self, spec: AgentSpec, *, sourced: bool) -> Member:
        """Start an agent, and have it opened.

        Raises:
            LocalProtocolError: it is there already, or an argument breaks a rule.
            Overloaded: there are as many as there may be.
            ConnectionLost: the fleet is closed.
        """
        if self._is_over():
            raise _closed()
        board = self._audience.board
        member = Member(spec, board, self.supervision, sourced=sourced)
        self.registry.enter(member)
        opening = self._opening
        if opening is not None:
            opening.expect((member.key,))
        try:
            member.start(self._runtime)
        except BaseException:
            self._forget(member)
            raise
        if self._is_over():  # since a moment ago, and it may not have been seen
            self.leave(member)
            raise _closed()
        self.supervision.open(member)
        return member

    def leave(self, member: Member) -> LoopFuture[None]:
        """Close, log out and stop an agent; done then."""
        with self._lock:
            left = member.left
            if left is not None:
                return left
            left = member.left = LoopFuture()
        stopped = member.ref.stop(block=False)

        def gone(_: LoopFuture[bool]) -> None:
            self._forget(member)  # also where a loop has ended before it came to that
            left.try_set(None)

        stopped.add_done_callback(gone)
        return left

    def _is_over(self) -> bool:
        return self._ended is not None

    def _forget(self, member: Member) -> None:
        if self.registry.drop(member):
            self._audience.board.leave(member.key)
        self._through(member.key)

    def _through(self, key: Key) -> None:
        opening = self._opening
        if opening is not None:
            opening.through((key,))


def _closed() -> ConnectionLost:
    return ConnectionLost(
        "the fleet is closed: make a new one to go on", delivery=Delivery.NOT_SENT
    )
