"""The course of one simulation: faults, calm, silence, the end, the audit."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from ums_actors.fleet.limits import Limits
from ums_actors.runtime import PacedGate
from ums_actors.testing.asked import check_repeats
from ums_actors.testing.checks import Checks
from ums_actors.testing.party import Party
from ums_actors.testing.trace import Voice
from ums_actors.testing.user import Consumers
from ums_actors.testing.world import Stuck

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from ums_actors.connection.brand import BrandWebsocketConnection
    from ums_actors.testing.profiles import Profile
    from ums_actors.testing.sabotage import Saboteur
    from ums_actors.testing.world import World

__all__ = ["Outcome", "Simulation"]

_FAREWELL: Final = 2.5
"""Seconds for the logout, and for what is on its way."""
_LAST_JOB: Final = 60.0
"""A login that hangs ends by its own deadline: here nothing can cut its call short."""
_PATIENCE: Final = 1_300.0
"""Seconds until READY after the last fault: two of the longest pauses."""
_NAMES: Final = ("ann", "ben", "cleo")


class Outcome(Struct, frozen=True, kw_only=True):
    """What a simulation came to.

    Attributes:
        trace: one line for each thing that happened: virtual time, who, state, what.
        digest: a hash of the trace.
        violations: the rules that were broken, oldest first; empty is good.
        seconds: virtual time it took.
        connections: how many there were.
        generations: attempts to connect.
        requests: what the users asked for.
        messages: message events the users heard.
        faults: how many there were.
        crashes: of actors.
    """

    seed: int
    trace: tuple[str, ...] = ()
    digest: str = ""
    violations: tuple[str, ...] = ()
    seconds: float = 0.0
    connections: int = 0
    generations: int = 0
    requests: int = 0
    messages: int = 0
    faults: int = 0
    crashes: int = 0


class Simulation:
    """One run; see :func:`~ums_actors.testing.simulate.simulate`."""

    def __init__(
        self,
        world: World,
        profile: Profile,
        connection: type[BrandWebsocketConnection],
        saboteur: Saboteur,
    ) -> None:
        self.world = world
        self.profile = profile
        self.began: float = world.clock.now()
        self.busy: bool = True
        self.ending: bool = False
        self.saboteur = saboteur
        self.dice: Random = world.chance("faults")
        self.strikes: int = self.dice.randint(*profile.faults)
        self.consumers: Consumers = Consumers(world.server, world.chance("consumers"))
        for _ in range(2):
            self.consumers.act()
        if profile.crowded:
            _crowd(world)
        names = _NAMES[: self.dice.randint(*profile.consumers)]
        self.parties: list[Party] = [
            Party(world, "bot", saboteur, connection),
            *(Party(world, name, saboteur) for name in names),
        ]
        world.after_turn = self._step
        world.at_rest = self._rest

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
        parties = self.parties
        return Outcome(
            seed=world.seed,
            trace=tuple(world.trace.lines),
            digest=world.trace.digest(),
            violations=tuple(world.trace.violations),
            seconds=world.clock.now() - self.began,
            connections=len(parties),
            generations=sum(each.kernel.session.generation for each in parties),
            requests=sum(len(each.user.asked) for each in parties),
            messages=sum(each.user.ears.messages for each in parties),
            faults=self.strikes,
            crashes=sum(len(each.seat.observer.crashes) for each in parties),
        )

    def _step(self) -> None:
        for party in self.parties:
            party.checks.step()

    def _rest(self) -> None:
        for party in self.parties:
            party.checks.rest()

    def _live(self) -> None:
        """Have faults, then calm, then silence until all is answered and heard."""
        world, dice = self.world, self.dice
        for _ in range(self.strikes):
            party = dice.choice(self.parties)
            world.agenda.after(
                dice.uniform(1, self.profile.seconds), party.faults.strike
            )
        for party in self.parties:
            name = party.seat.name
            party.user.arrive(taps=dice.choice([True, False]))
            self._repeat(party.user.act, 1.5, f"pace of {name}", lambda: self.busy)
            self._repeat(
                party.look_after, 5.0, f"care of {name}", lambda: not self.ending
            )
        self._repeat(self.consumers.act, 2.0, "consumers' pace", lambda: self.busy)
        world.advance(world.clock.now() + self.profile.seconds)
        self.saboteur.clear()
        for party in self.parties:
            party.faults.heal()
        self._until(Party.ready, "READY after the last fault")
        world.advance(world.clock.now() + self.profile.calm)
        self.busy = False
        self._until(Party.quiet, "all answered and delivered")

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

    def _until(self, enough: Callable[[Party], bool], what: str) -> None:
        world = self.world
        end = world.clock.now() + _PATIENCE
        if not world.advance(end, lambda: all(map(enough, self.parties))):
            late = ", ".join(p.seat.name for p in self.parties if not enough(p))
            raise Stuck(f"{_PATIENCE:g} s were not enough for: {what} ({late})")

    def _end(self) -> None:
        """Stop the trees, compare both sides' logs, and look for what is left."""
        world = self.world
        world.advance(world.clock.now() + 1.0)  # what comes twice comes now
        self.ending = True
        stops = [party.stop() for party in self.parties]
        world.advance(
            world.clock.now() + 60.0, lambda: all(each.done() for each in stops)
        )
        if not all(each.done() for each in stops):
            raise Stuck("stop() did not end")
        world.advance(world.clock.now() + _FAREWELL)
        world.advance(world.clock.now() + _LAST_JOB, lambda: not world.jobs())
        for party in self.parties:
            party.audit()
        check_repeats(world.server.ledger, Voice(world.trace, "all"))
        Checks.world_leftovers(world, self.saboteur)


def _crowd(world: World) -> None:
    """Let connections wait for each other, and be refused what is too much."""
    world.gate = PacedGate(1.0, random=world.chance("gate"))
    world.login_gate = PacedGate(0.5, burst=2, random=world.chance("gate of logins"))
    world.limits = Limits(requests=5, request_bytes=500)
