"""A machine without a machine: one loop, its clock, network and workers, by hand."""

from __future__ import annotations

import contextlib
import functools
import itertools
import logging
from random import Random
from typing import TYPE_CHECKING

from ums_actors.runtime import Loop
from ums_actors.testing.clock import Agenda, VirtualClock
from ums_actors.testing.hearing import LogTap
from ums_actors.testing.poller import FakePoller
from ums_actors.testing.pool import Effort, VirtualPool
from ums_actors.testing.seat import Seat
from ums_actors.testing.server import FakeServer
from ums_actors.testing.trace import Trace

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from ums_actors.auth.source import TokenSource
    from ums_actors.runtime import Runtime
    from ums_actors.runtime.ports import Gate, RequestLimits, Tenure
    from ums_actors.testing.network import FakeNetwork

__all__ = ["Stuck", "World"]

_POOLS = {
    "connect": 8,
    "auth": 8,
    "files": 4,
    "reports": 2,
    "rest": 4,
    "outbox": 1,
    "callbacks": 4,
    "hooks": 4,
}
_TURNS = 10_000
"""Turns in one instant that are taken for an endless loop."""


class Stuck(Exception):
    """The world cannot go on."""


class World:
    """Everything that trees are given from outside, all of it decided by ``seed``.

    Args:
        seed: what all chance comes from.
        server: the far side's class.

    Attributes:
        gate: delays the attempts of all seats made from now on; may be set.
        login_gate: delays their logins; may be set.
        limits: bounds the requests of each; may be set.
        after_turn: called after each turn of the loop; may be set.
        at_rest: called when the loop has nothing more to do; may be set.
        stalled: seconds for which the loop has been suspended so far.
        tenure: of the seats that are made later; may be set.
    """

    def __init__(self, seed: int, server: type[FakeServer] = FakeServer) -> None:
        self.seed = seed
        self.clock: VirtualClock = VirtualClock()
        self.agenda: Agenda = Agenda(self.clock)
        self.trace: Trace = Trace(self.clock)
        self.poller: FakePoller = FakePoller()
        self.loop: Loop = Loop(self.clock, self.poller)
        self.effort: Effort = Effort()
        self.server: FakeServer = server(self.agenda, self.chance("server"), self.trace)
        self.pools: dict[str, VirtualPool] = {
            name: VirtualPool(
                name, self.agenda, self.effort, self.chance(name), threads=threads
            )
            for name, threads in _POOLS.items()
        }
        self.gate: Gate | None = None
        self.login_gate: Gate | None = None
        self.limits: RequestLimits | None = None
        self.after_turn: Callable[[], object] = lambda: None
        self.at_rest: Callable[[], object] = lambda: None
        self.stalled: float = 0.0
        self.tenure: Tenure | None = None
        self._suspended = 0
        self._lines = itertools.count(1)
        self._ids = itertools.count(1)

    def chance(self, part: str) -> Random:
        """Give each part a source of its own, so that none disturbs another."""
        return Random(f"{self.seed}:{part}")  # noqa: S311  (no cryptography)

    def seat(self, name: str, *, is_brand: bool) -> Seat:
        """Make what a connection of that name is given."""
        return Seat(self, name, self._lines, self._ids, is_brand=is_brand)

    # -- where there is but one connection

    @functools.cached_property
    def only(self) -> Seat:
        """The seat of the one brand's connection there is."""
        return self.seat("bot", is_brand=True)

    @property
    def runtime(self) -> Runtime:
        """What the one connection is started with."""
        return self.only.runtime

    @property
    def source(self) -> TokenSource:
        """The tokens of the one connection."""
        return self.only.source

    @property
    def network(self) -> FakeNetwork:
        """The network of the one connection."""
        return self.only.network

    # -- its end

    def stall(self, seconds: float) -> None:
        """Suspend the loop, as a machine does that is put to sleep."""

        def resume() -> None:
            self._suspended -= 1
            self.stalled += seconds

        self._suspended += 1
        self.agenda.after(seconds, resume)

    def jobs(self) -> int:
        """Give how many jobs run or wait in line, and are not late yet."""
        return sum(len(pool) - pool.stuck for pool in self.pools.values())

    def close(self) -> None:
        """End pools and loop; in no time, so without the runtime's own deadline."""
        for pool in self.pools.values():
            pool.close(0.0)
        self.loop.stop(0.0)

    # -- time

    def advance(self, until: float, enough: Callable[[], bool] = lambda: False) -> bool:
        """Let time pass until then, or until it is enough; tell whether it is.

        Raises:
            Stuck: the loop turns for ever without time passing.
        """
        while True:
            self._turn_all()
            if enough():
                return True
            if not (self.loop.idle() or self._suspended):
                continue  # looking has caused something
            when = self._next()
            if when is None or when > until:
                self.clock.move_to(until)
                return False
            self.clock.move_to(when)
            self.agenda.run_due()

    def _turn_all(self) -> None:
        """Turn the loop until it has nothing to do."""
        if self._suspended:
            return
        for _ in range(_TURNS):
            if not self.loop.turn(block=False):
                self.at_rest()
                return
            self.after_turn()
        raise Stuck("the loop never comes to rest: something spins")

    def _next(self) -> float | None:
        timer = None if self._suspended else self.loop.next_timer()
        times = [when for when in (timer, self.agenda.next_at()) if when is not None]
        return min(times, default=None)

    # -- the package's own log

    @contextlib.contextmanager
    def tapped(self) -> Generator[None]:
        """Bring the package's log records into the trace."""
        logger = logging.getLogger("ums_actors")
        tap = LogTap(self.trace)
        logger.addHandler(tap)
        try:
            yield
        finally:
            logger.removeHandler(tap)
