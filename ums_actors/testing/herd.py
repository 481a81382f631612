"""Many connections that lose their lines at the same moment, in virtual time.

What matters is how their attempts spread: the share of them in the busiest tenth of a
second.
"""

from __future__ import annotations

import itertools
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

import msgspec

from ums_actors.connection.brand import BrandWebsocketConnection
from ums_actors.core.course import State
from ums_actors.options import Options
from ums_actors.testing.server import ACCOUNT
from ums_actors.testing.tokens import FakeTokenSource
from ums_actors.testing.world import World

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ums_actors.runtime import LoopRef
    from ums_actors.runtime.ports import Gate

__all__ = ["Comeback", "bring_back", "busiest", "drop_herd"]

_BIN: Final = 0.1
_DIALLING: Final = (0.01, 0.03)
"""Seconds an attempt takes: so few that the workers' number spreads nothing."""
_ARRIVAL: Final = 0.06
"""Seconds between the first openings, which the workers can follow."""
_LONGEST: Final = 3_600.0
"""Seconds in which all must be READY."""
_TOKEN_EXPIRED: Final = 4401


class Comeback(msgspec.Struct, frozen=True):
    """What happened after a cut, in seconds from it, in order.

    Attributes:
        returns: attempts to connect of those who lost their lines.
        arrivals: attempts of those who connected for the first time.
        logins: of all together.
    """

    returns: list[float]
    arrivals: list[float]
    logins: list[float]


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
    return bring_back(count, seed=seed, backoff_base=backoff_base, gate=gate).returns


def bring_back(
    count: int,
    *,
    seed: int = 0,
    backoff_base: float = 1.0,
    gate: Gate | None = None,
    login_gate: Gate | None = None,
    arrivals: int = 0,
    tokens_die: bool = False,
) -> Comeback:
    """Cut all lines of a herd at once, while others connect for the first time.

    Args:
        count: connections of as many users in one process that lose their lines.
        seed: decides everything.
        backoff_base: seconds, as in the options.
        gate: through which all attempts go.
        login_gate: through which all logins go.
        arrivals: connections that are opened when the lines are cut.
        tokens_die: whether all have to log in again.

    Raises:
        TimeoutError: they were not all READY in time.
    """
    herd = _Herd(seed, gate, login_gate, Options(backoff_base=backoff_base))
    residents, newcomers = herd.gather(count), herd.gather(arrivals)
    for number, one in enumerate(residents):
        herd.world.agenda.after(_ARRIVAL * number, one.open)
    herd.settle(residents, line=1)
    herd.wait(herd.options.stable_after + 1.0)
    began = herd.world.clock.now()
    for one in residents:
        one.drop(token_dies=tokens_die)
    for one in newcomers:
        one.open()
    herd.settle(residents, line=2)
    herd.settle(newcomers, line=1)
    everyone = residents + newcomers

    def since(times: Iterable[float]) -> list[float]:
        return sorted(when - began for when in times if when > began)

    comeback = Comeback(
        since(when for one in residents for when in one.seat.network.connects),
        since(when for one in newcomers for when in one.seat.network.connects),
        since(when for one in everyone for when in one.logins),
    )
    herd.end(everyone)
    return comeback


class _One:
    """One connection of the herd."""

    def __init__(self, world: World, name: str, options: Options) -> None:
        self.seat = world.seat(name, is_brand=True)
        self.seat.network.dialling = _DIALLING
        self.ref: LoopRef[Any] = BrandWebsocketConnection.start(
            ACCOUNT,
            auth=self.seat.source,
            domains={"facadeMsg": "ums.example"},
            options=options,
            runtime=self.seat.runtime,
            create_default_subscription=False,
        )

    @property
    def logins(self) -> list[float]:
        login = self.seat.login
        return login.logins if isinstance(login, FakeTokenSource) else []

    def open(self) -> None:
        self.ref.proxy().open()

    def drop(self, *, token_dies: bool) -> None:
        if token_dies:
            self.seat.place.expire_tokens()
        for line in self.seat.network.live:
            if token_dies:
                line.close_by_peer(_TOKEN_EXPIRED)
            else:
                line.cut(reset=True)

    def is_ready(self, line: int) -> bool:
        session = self.ref._cell.keep.session
        return session.state is State.READY and session.generation >= line


class _Herd:
    def __init__(
        self, seed: int, gate: Gate | None, login_gate: Gate | None, options: Options
    ) -> None:
        self.world = World(seed)
        self.world.gate = gate
        self.world.login_gate = login_gate
        self.options = options
        self._names = itertools.count()

    def gather(self, count: int) -> list[_One]:
        return [
            _One(self.world, f"{next(self._names)}", self.options) for _ in range(count)
        ]

    def wait(self, seconds: float) -> None:
        self.world.advance(self.world.clock.now() + seconds)

    def settle(self, some: list[_One], line: int) -> None:
        until = self.world.clock.now() + _LONGEST
        if not self.world.advance(until, lambda: all(o.is_ready(line) for o in some)):
            raise TimeoutError("the herd did not come to rest")

    def end(self, everyone: list[_One]) -> None:
        refs = [one.ref for one in everyone]
        for ref in refs:
            ref.stop(block=False)
        until = self.world.clock.now() + 30.0
        self.world.advance(until, lambda: not any(ref.is_alive() for ref in refs))
        self.world.close()


def busiest(times: Iterable[float]) -> int:
    """Give the most that fall into one tenth of a second, counted from 0."""
    return max(Counter(int(when / _BIN) for when in times).values(), default=0)
