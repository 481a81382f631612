"""Many connections that lose their lines at the same moment, in virtual time.

What matters is how their attempts spread: the share of them in the busiest tenth of a
second.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from ums_actors.connection.brand import BrandWebsocketConnection
from ums_actors.core.course import State
from ums_actors.options import Options
from ums_actors.testing.server import ACCOUNT
from ums_actors.testing.world import World

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ums_actors.runtime import LoopRef
    from ums_actors.runtime.ports import Gate

__all__ = ["busiest", "drop_herd"]

_BIN: Final = 0.1
_DIALLING: Final = (0.01, 0.03)
"""Seconds an attempt takes: so few that the workers' number spreads nothing."""
_ARRIVAL: Final = 0.06
"""Seconds between the first openings, which the workers can follow."""


def drop_herd(
    count: int, *, seed: int = 0, backoff_base: float = 1.0, gate: Gate | None = None
) -> list[float]:
    """Open so many connections, cut all lines at once, and let them come back.

    Args:
        count: connections of as many users in one process.
        seed: decides everything.
        backoff_base: seconds, as in the options.
        gate: through which they all go.

    Returns:
        seconds from the cut to each attempt to connect, in order.

    Raises:
        TimeoutError: they were not all READY in time.
    """
    world = World(seed)
    options = Options(backoff_base=backoff_base)
    seats = [world.seat(f"{n}", is_brand=True, gate=gate) for n in range(count)]
    refs: list[LoopRef[Any]] = []
    for seat in seats:
        seat.network.dialling = _DIALLING
        ref = BrandWebsocketConnection.start(
            ACCOUNT,
            auth=seat.source,
            domains={"facadeMsg": "ums.example"},
            options=options,
            runtime=seat.runtime,
            create_default_subscription=False,
        )
        world.agenda.after(_ARRIVAL * len(refs), ref.proxy().open)
        refs.append(ref)

    def come_back(line: int) -> None:
        sessions = [ref._cell.keep.session for ref in refs]

        def all_ready() -> bool:
            return all(
                each.state is State.READY and each.generation >= line
                for each in sessions
            )

        if not world.advance(world.clock.now() + 600.0, all_ready):
            raise TimeoutError("the herd did not come to rest")

    come_back(1)
    world.advance(world.clock.now() + options.stable_after + 1.0)
    began = world.clock.now()
    for seat in seats:
        for line in seat.network.live:
            line.cut(reset=True)
    come_back(2)
    attempts = sorted(
        when - began for seat in seats for when in seat.network.connects if when > began
    )
    for ref in refs:
        ref.stop(block=False)
    world.advance(world.clock.now() + 30.0, lambda: not any(r.is_alive() for r in refs))
    world.close()
    return attempts


def busiest(times: Iterable[float]) -> int:
    """Give the most that fall into one tenth of a second, counted from 0."""
    return max(Counter(int(when / _BIN) for when in times).values(), default=0)
