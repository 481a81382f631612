"""A round through all that a connection does, so that every handler and hook is called.

It is what crashes are tried on one by one; :mod:`ums_actors.testing.simulation` tries
them at random.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from pykka.messages import ProxyCall

from ums_actors.cluster.permit import Permit
from ums_actors.connection.brand import BrandWebsocketConnection
from ums_actors.core.course import State
from ums_actors.testing.checks import Checks
from ums_actors.testing.faults import SimulatedCrash
from ums_actors.testing.hearing import CRASH_MARK
from ums_actors.testing.party import Party
from ums_actors.testing.sabotage import Saboteur
from ums_actors.testing.world import Stuck, World

if TYPE_CHECKING:
    from collections.abc import Callable

    from ums_actors.testing.sabotage import Trap

__all__ = ["take_tour"]

_LONG: Final = 400.0
"""Seconds after which a connection that is not READY never will be."""
_AT_REST: Final = frozenset({State.NEW, State.CLOSED, State.FAILED})
_REFRESHED: Final = 250.0
"""Seconds in which a token that nobody has asked for is refreshed."""
_FORGIVEN: Final = 61.0
"""Seconds after which a crash is forgotten."""


def take_tour(trap: Trap | None = None, *, is_brand: bool = True) -> list[str]:
    """Let a connection do everything once, and crash once; give what went wrong.

    Args:
        trap: where it crashes.
        is_brand: whether it is a brand's connection, or a consumer's.
    """
    world = World(1)
    with Saboteur() as saboteur, world.tapped():
        tour = _Tour(world, saboteur, trap, is_brand=is_brand)
        try:
            tour.run()
        except Stuck as stuck:
            world.trace.blame(str(stuck))
        world.close()
    if trap is not None and not trap.sprung:
        world.trace.blame(f"the tour did not come by {trap.point}")
    return world.trace.violations


class _Tour:
    def __init__(
        self, world: World, saboteur: Saboteur, trap: Trap | None, *, is_brand: bool
    ) -> None:
        self.world = world
        self.saboteur = saboteur
        brand = BrandWebsocketConnection if is_brand else None
        self.permit = world.tenure = Permit(world.clock)
        self.permit.run(1, math.inf)
        self.party = Party(world, "bot" if is_brand else "ann", saboteur, brand)
        if trap is not None:
            saboteur.set(trap, self.party.seat.runtime)
        world.after_turn = self.party.checks.step
        world.at_rest = self.party.checks.rest

    def run(self) -> None:
        party, user, place = self.party, self.party.user, self.party.seat.place
        faults = party.faults
        if party.seat.is_brand:
            self.world.server.start_conversation()
        user.arrive(taps=False)
        self.settle()
        user.begin()
        self.settle()
        self.ask_all()
        self.wait(_REFRESHED)  # and so the line has proven stable
        place.answers.extend([401])
        user.ask_the_time()
        self.settle()
        place.answers.append("drop")
        user.ask_the_time()
        self.settle()
        for harm in (faults.cut, self.expire, faults.refuse_upgrades):
            harm()
            self.ask_all()
            self.settle()
        for child in ("token", "correlator", "socket", "supervisor"):
            party.kernel.refs[child].tell(SimulatedCrash())
            self.ask_all()
            self.settle()
            self.wait(_FORGIVEN)
        party.kernel.root.tell(ProxyCall((CRASH_MARK,), (), {}))
        self.settle()
        user.close()
        self.wait(20.0)
        self.settle()
        self.lose_lease()
        self.ask_all()
        self.settle()
        self.end()

    def expire(self) -> None:
        """Let the token be worthless, and the server say so."""
        self.party.seat.place.expire_tokens()
        self.party.faults.close(4401)

    def lose_lease(self) -> None:
        """Let the agent be another process's for a moment."""
        self.permit.end()
        self.permit.run(2, math.inf)

    def ask_all(self) -> None:
        """Let the user ask for everything there is."""
        server = self.world.server
        for transcript in list(server.transcripts.values()):
            server.say(transcript, transcript.consumer, f"hello-{len(server.ledger)}")
        self.party.user.hook()
        self.party.user.wish_all()

    def settle(self) -> None:
        """Wait until the line is READY and all is answered and heard."""
        if not self.until(self.good_again):
            raise Stuck(f"it is {self.party.kernel.session.state}, and stays so")

    def good_again(self) -> bool:
        state = self.party.kernel.session.state
        if state in _AT_REST and not self.party.user.open:
            self.party.user.reopen()
        return self.party.quiet()

    def wait(self, seconds: float) -> None:
        self.world.advance(self.world.clock.now() + seconds)

    def until(self, enough: Callable[[], bool], seconds: float = _LONG) -> bool:
        return self.world.advance(self.world.clock.now() + seconds, enough)

    def end(self) -> None:
        stopped = self.party.stop()
        if not self.until(stopped.done, 60.0):
            raise Stuck("stop() did not end")
        self.wait(10.0)
        self.party.audit()
        Checks.world_leftovers(self.world, self.saboteur)
