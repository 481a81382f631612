"""The course of one simulation: faults, calm, silence, the end, the audit."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from msgspec import Struct

from ums_actors.core.course import State
from ums_actors.options import Options
from ums_actors.testing.checks import Checks
from ums_actors.testing.ending import (
    check_answers,
    check_deliveries,
    check_leftovers,
    missing,
)
from ums_actors.testing.faults import Faults
from ums_actors.testing.server import ACCOUNT
from ums_actors.testing.user import Consumers, User
from ums_actors.testing.world import Stuck

if TYPE_CHECKING:
    from collections.abc import Callable

    from ums_actors.actors.kernel import Kernel
    from ums_actors.connection.brand import BrandWebsocketConnection
    from ums_actors.testing.world import World

__all__ = ["Outcome", "Simulation"]

_FAULTS = (3, 12)
_CALM = 20.0
"""Seconds of traffic after everything is well again."""
_FAREWELL = 2.5
"""Seconds for the logout, and for what is on its way."""
_PATIENCE = 1_300.0
"""Seconds until READY after the last fault: two of the longest pauses."""


class Outcome(Struct, frozen=True, kw_only=True):
    """What a simulation came to.

    Attributes:
        trace: one line for each thing that happened: virtual time, state, what.
        violations: the rules that were broken, oldest first; empty is good.
        seconds: virtual time it took.
        generations: attempts to connect.
        requests: what the user asked for.
        messages: message events the user heard.
        faults: how many there were.
    """

    seed: int
    trace: tuple[str, ...]
    violations: tuple[str, ...]
    seconds: float
    generations: int
    requests: int
    messages: int
    faults: int


class Simulation:
    """One run; see :func:`~ums_actors.testing.simulate.simulate`."""

    def __init__(
        self,
        world: World,
        seconds: float,
        faults: int | None,
        connection: type[BrandWebsocketConnection],
    ) -> None:
        self.world = world
        self.seconds = seconds
        self.busy = True
        self.ending = False
        self.impatient = bool(world.seed % 2)
        self.dice = world.chance("faults")
        self.strikes = self.dice.randint(*_FAULTS) if faults is None else faults
        self.consumers = Consumers(world.server, world.chance("consumers"))
        options = _options(world)
        for _ in range(2):
            world.server.start_conversation()
        self.ref = connection.start(
            ACCOUNT,
            auth=world.source,
            domains={"facadeMsg": "ums.example"},
            options=options,
            runtime=world.runtime,
        )
        self.kernel: Kernel = self.ref._cell.keep
        self.user = User(self.ref, options, world)
        self.faults = Faults(self.kernel, self.user, world, self.dice)
        self.checks = Checks(self.kernel, self.user, world)
        world.after_turn = self.checks.step
        world.at_rest = self.checks.rest

    def run(self) -> Outcome:
        """Run it from the first turn to the last."""
        world = self.world
        threads = threading.active_count()
        with world.tapped():
            try:
                self._live()
                self._end()
            except Stuck as stuck:
                world.trace.blame(str(stuck))
            world.close()
        if threading.active_count() != threads:
            world.trace.blame("a thread was started")
        return Outcome(
            seed=world.seed,
            trace=tuple(world.trace.lines),
            violations=tuple(world.trace.violations),
            seconds=world.clock.now(),
            generations=self.kernel.session.generation,
            requests=len(self.user.asked),
            messages=len(self.user.heard),
            faults=self.strikes,
        )

    def _live(self) -> None:
        """Have faults, then calm, then silence until all is answered and heard."""
        world = self.world
        for _ in range(self.strikes):
            world.agenda.after(self.dice.uniform(1, self.seconds), self.faults.strike)
        self.user.arrive()
        self._repeat(self.user.act, 1.5, "user's pace", lambda: self.busy)
        self._repeat(self.consumers.act, 1.5, "consumers' pace", lambda: self.busy)
        self._repeat(self._look_after, 5.0, "care", lambda: not self.ending)
        world.advance(world.clock.now() + self.seconds)
        self.faults.heal()
        self._until(self._ready, "READY after the last fault")
        world.advance(world.clock.now() + _CALM)
        self.busy = False
        self._until(self._quiet, "all answered and delivered")

    def _repeat(
        self,
        act: Callable[[], object],
        mean: float,
        part: str,
        wanted: Callable[[], bool],
    ) -> None:
        """Act at random times for as long as it is wanted."""
        chance = self.world.chance(part)

        def again() -> None:
            if wanted():
                act()
                self.world.agenda.after(chance.expovariate(1 / mean), again)

        self.world.agenda.after(chance.expovariate(1 / mean), again)

    def _look_after(self) -> None:
        """Open a connection that came to rest; the impatient end pauses, too."""
        state = self.kernel.session.state
        if state in (State.CLOSED, State.FAILED) and not self.user.away:
            self.user.reopen()
        elif state is State.BACKING_OFF and self.impatient:
            self.user.hurry()

    def _until(self, enough: Callable[[], bool], what: str) -> None:
        world = self.world
        if not world.advance(world.clock.now() + _PATIENCE, enough):
            raise Stuck(f"{_PATIENCE:g} s were not enough for: {what}")

    def _ready(self) -> bool:
        return self.kernel.session.state is State.READY

    def _quiet(self) -> bool:
        return self._ready() and not (
            self.user.open or missing(self.user, self.world.server, self._baseline())
        )

    def _baseline(self) -> float:
        at = self.checks.baseline_at
        return self.world.clock.now() if at is None else at

    def _end(self) -> None:
        """Compare both sides' logs, stop the tree, and look for what is left."""
        world, user = self.world, self.user
        world.advance(world.clock.now() + 1.0)  # what comes twice comes now
        self.ending = True
        user.closes += 1
        stopped = self.ref.stop(block=False)
        world.advance(world.clock.now() + 60.0, stopped.done)
        if not stopped.done():
            raise Stuck("stop() did not end")
        world.advance(world.clock.now() + _FAREWELL)
        check_answers(user.asked, world.server.log, world.trace)
        check_deliveries(user, world.server, self._baseline(), world.trace)
        check_leftovers(self.kernel, world)


def _options(world: World) -> Options:
    """Choose settings, so that short and long patience are both tried."""
    chance = world.chance("options")
    return Options(
        refresh_interval=chance.choice([240.0, 45.0]),
        queue_timeout=chance.choice([60.0, 8.0]),
        request_timeout=chance.choice([10.0, 3.0]),
        stable_after=chance.choice([10.0, 3.0]),
    )
