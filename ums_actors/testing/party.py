"""One connection of a simulation, with its user, its faults and its checks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ums_actors.connection.consumer import ConsumerWebsocketConnection
from ums_actors.core.course import State
from ums_actors.options import Options
from ums_actors.testing.asked import check_answer
from ums_actors.testing.checks import Checks
from ums_actors.testing.faults import Faults
from ums_actors.testing.server import ACCOUNT
from ums_actors.testing.user import User

if TYPE_CHECKING:
    from ums_actors.actors.kernel import Kernel
    from ums_actors.connection.brand import BrandWebsocketConnection
    from ums_actors.runtime import LoopFuture, LoopRef
    from ums_actors.testing.sabotage import Saboteur
    from ums_actors.testing.seat import Seat
    from ums_actors.testing.world import World

__all__ = ["Party"]

_REST = frozenset({State.CLOSED, State.FAILED})


class Party:
    """A brand's or a consumer's connection, and all that is known of it.

    Args:
        world: where it is.
        name: in the trace.
        saboteur: sets its traps.
        brand: the class of a brand's connection; None for a consumer's.
    """

    def __init__(
        self,
        world: World,
        name: str,
        saboteur: Saboteur,
        brand: type[BrandWebsocketConnection] | None = None,
    ) -> None:
        chance = world.chance(f"options of {name}")
        self.world = world
        self.seat: Seat = world.seat(name, is_brand=brand is not None)
        self.options: Options = _options(world, name)
        self.impatient: bool = chance.choice([True, False])
        self.ref: LoopRef[Any]
        if brand is not None:
            self.ref = brand.start(
                ACCOUNT,
                auth=self.seat.source,
                domains={"facadeMsg": "ums.example"},
                options=self.options,
                runtime=self.seat.runtime,
            )
        else:
            self.ref = ConsumerWebsocketConnection.start(
                ACCOUNT,
                auth=self.seat.source,
                handshake=chance.choice(["header", "init"]),
                domains={"asyncMessagingEnt": "ums.example"},
                options=self.options,
                runtime=self.seat.runtime,
            )
        self.kernel: Kernel = self.ref._cell.keep
        self.user: User = User(self.ref, self.seat, self.options, world)
        self.faults: Faults = Faults(self.kernel, self.user, self.seat, world, saboteur)
        self.checks: Checks = Checks(self.kernel, self.user, self.seat, world)

    def look_after(self) -> None:
        """Open a connection that came to rest; the impatient end pauses, too."""
        state = self.kernel.session.state
        at_rest = state in _REST or (state is State.NEW and not self.user.open)
        if at_rest and not self.user.away:
            self.user.reopen()
        elif state is State.BACKING_OFF and self.impatient:
            self.user.hurry()

    def ready(self) -> bool:
        """Tell whether it is READY."""
        return self.kernel.session.state is State.READY

    def quiet(self) -> bool:
        """Tell whether all is answered and heard."""
        return self.ready() and not (self.user.open or self._misses())

    def stop(self) -> LoopFuture[Any]:
        """Stop it; nobody opens it again."""
        self.user.closes += 1
        return self.ref.stop(block=False)

    def audit(self) -> None:
        """Compare both sides' logs, and look for what is left."""
        for asked in self.user.asked:
            check_answer(asked, self.world.server.ledger, self.seat.voice)
        self.user.ears.check(self.seat.place.user, self._baseline())
        self.checks.leftovers()

    def _misses(self) -> bool:
        return self.user.ears.misses(self.seat.place.user, self._baseline())

    def _baseline(self) -> float:
        at = self.checks.baseline_at
        return self.world.clock.now() if at is None else at


def _options(world: World, name: str) -> Options:
    """Choose settings, so that short and long patience are both tried."""
    chance = world.chance(f"options of {name}")
    return Options(
        refresh_interval=chance.choice([240.0, 45.0]),
        queue_timeout=chance.choice([60.0, 8.0]),
        request_timeout=chance.choice([10.0, 3.0]),
        stable_after=chance.choice([10.0, 3.0]),
    )
