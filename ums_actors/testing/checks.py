"""What must be true of a connection after every step, and in the end."""

from __future__ import annotations

import sys
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from ums_actors.core.course import TRANSITIONS, State
from ums_actors.errors import AuthenticationRejected, RestartBudgetExhausted
from ums_actors.runtime.fence import Fenced
from ums_actors.testing.hearing import CRASH_MARK

if TYPE_CHECKING:
    from ums_actors.actors.kernel import Kernel
    from ums_actors.testing.sabotage import Saboteur
    from ums_actors.testing.seat import Seat
    from ums_actors.testing.user import User
    from ums_actors.testing.world import World

__all__ = ["Checks"]

_LEGAL: Final = {
    (before, after)
    for table in TRANSITIONS.values()
    for before, targets in table.items()
    for after in targets
}
_ACTORS: Final = {
    "token": "TokenActor",
    "correlator": "CorrelatorActor",
    "socket": "SocketActor",
}
_CHILDREN: Final = frozenset(_ACTORS.values())
_AT_REST: Final = frozenset({State.NEW, State.CLOSING, State.CLOSED, State.FAILED})
_SLACK: Final = 2.0
"""Seconds by which anything may be late."""
_GRAIN: Final = 0.15
"""Seconds by which a request's deadline may be noticed late: the correlator's grain,
once more if it was replaced just then."""


class Checks:
    """Looks at the connection from all sides and blames what breaks a rule.

    Attributes:
        baseline_at: when the first snapshot had been applied; what was said before
            it is history, which is not delivered.
    """

    def __init__(self, kernel: Kernel, user: User, seat: Seat, world: World) -> None:
        self._kernel = kernel
        self._user = user
        self._seat = seat
        self._world = world
        self._observer = seat.observer
        self._state = State.NEW
        self._ready_at = self._fresh_at = 0.0
        self._transitions_seen = 0
        self._crashes_seen = 0
        self.baseline_at: float | None = None
        self._known: set[str] = set()
        self._overdue: tuple[float, float] | None = None  # a deadline, and since when

    # -- after every step

    def step(self) -> None:
        """Check what must always be true."""
        now = self._world.clock.now()
        if not self._kernel.baseline_seen:
            self.baseline_at = None
        elif self.baseline_at is None:
            self.baseline_at = now
        self._one_websocket(now)
        self._legal_states(now)
        self._known_crashes()
        for asked in self._user.overdue():
            self._blame(f"{asked.name} of {asked.at:.3f} is not answered in time")

    def rest(self) -> None:
        """Check what must be true when the loop has nothing more to do."""
        now, options = self._world.clock.now(), self._kernel.options
        self._in_time(now)
        self._counted()
        if self._state is State.READY:
            self._proven(now)
        since = max(self._fresh_at, now - options.restart_period)
        crashes = self._observer.crashes
        if self._state in _AT_REST or not crashes or crashes[-1][0] <= since:
            return
        for actor, count in self._crashes_since(since).items():
            if actor in _CHILDREN and count > options.restart_intensity:
                self._blame(f"{actor} crashed {count} times, and the tree goes on")

    def _in_time(self, now: float) -> None:
        """Blame a table that keeps a request whose time is over.

        One that comes back from a lost line may have had its time while it was there.
        """
        deadline = self._kernel.pending.next_deadline()
        if deadline is None or now <= deadline:
            self._overdue = None
        elif self._overdue is None or self._overdue[0] != deadline:
            self._overdue = deadline, now
        elif now > self._overdue[1] + _GRAIN:
            self._blame(f"a request whose time was over at {deadline:.3f} is kept")

    def _counted(self) -> None:
        """Blame an allowance that is not what the table holds; nobody shares it."""
        allowance = self._seat.runtime.allowance(self._world.loop)
        if allowance is None:
            return
        entries = [each for _, each in self._kernel.pending.first(sys.maxsize)]
        weights = [len(e.payload) for e in entries if isinstance(e.payload, bytes)]
        counted = allowance.requests, allowance.request_bytes
        if counted != (len(entries), sum(weights)):
            self._blame(f"{counted} requests and bytes are counted that are not there")

    def _blame(self, rule: str) -> None:
        """Blame once, however many steps it lasts."""
        if rule not in self._known:
            self._known.add(rule)
            self._seat.voice.blame(rule)

    def _one_websocket(self, now: float) -> None:
        live = self._seat.network.live
        if len(live) > 1:
            self._blame(f"websockets {[each.number for each in live]} live together")
        options = self._kernel.options
        limit = (
            options.ping_interval + options.pong_timeout + _SLACK + self._world.stalled
        )
        for each in live:
            if each.silent_since is not None and now > each.silent_since + limit:
                self._blame(f"websocket {each.number} is dead and nobody noticed")

    def _legal_states(self, now: float) -> None:
        """Check each announced transition, and that none went unannounced."""
        for before, after in self._observer.transitions[self._transitions_seen :]:
            if (before, after) not in _LEGAL or before is not self._state:
                self._blame(f"{before} → {after} after {self._state} is not legal")
            self._state = after
            if before is State.READY:
                self._proven(now)  # its time may have come while the loop stood still
            if before in _AT_REST:
                self._fresh_at = now
            if after is State.READY:
                self._ready_at = now
            elif after is self._kernel.session.state is State.FAILED:
                self._deserved(now)
            elif after is State.CLOSED and not self._user.closes:
                self._blame("CLOSED, and nobody asked for it")
        self._transitions_seen = len(self._observer.transitions)
        present = self._kernel.session.state
        if present is not self._state:
            self._blame(f"{self._state} → {present} was not announced")
            self._state = present

    def _proven(self, now: float) -> None:
        """Note that a line that was READY for long enough has refilled the budgets."""
        stable_at = self._ready_at + self._kernel.options.stable_after
        if now >= stable_at:
            self._fresh_at = stable_at

    def _deserved(self, now: float) -> None:
        """Blame a FAILED that neither a budget nor the credentials explain."""
        error = self._kernel.last_error
        if isinstance(error, AuthenticationRejected):
            if self._seat.place.refused_at is None:
                self._blame("FAILED by credentials that were never refused")
            return
        if not isinstance(error, RestartBudgetExhausted):
            self._blame(f"FAILED, but the last error is {type(error).__name__}")
            return
        recent = self._crashes_since(now - self._kernel.options.restart_period - _SLACK)
        child = _ACTORS.get(error.child)
        if child is not None:
            earned = recent[child] > self._kernel.options.restart_intensity
        else:
            earned = sum(recent[each] for each in recent if each not in _CHILDREN) > 1
        if not earned:
            self._blame(f"FAILED by {error.child}, but the crashes were {recent}")

    def _crashes_since(self, when: float) -> Counter[str]:
        crashes = self._observer.crashes
        return Counter(actor for at, actor, _ in crashes if at > when)

    def _known_crashes(self) -> None:
        for _, actor, error in self._observer.crashes[self._crashes_seen :]:
            if CRASH_MARK not in str(error):
                self._blame(f"{actor} crashed: {type(error).__name__}: {error}")
        self._crashes_seen = len(self._observer.crashes)

    # -- in the end

    def leftovers(self) -> None:
        """After the end nothing of the connection is left."""
        kernel, seat = self._kernel, self._seat
        left = {
            "websockets": len(seat.network.live),
            "requests": len(kernel.pending),
            "waiters": len(kernel.openers)
            + len(kernel.ready_waiters)
            + len(kernel.token_waiters)
            + len(kernel.refresh_waiters)
            + len(kernel.closed_waiters),
        }
        for name, count in left.items():
            if count:
                self._blame(f"{count} {name} are left after the end")
        for ref in (kernel.root, *kernel.refs.values()):
            if ref.is_alive():
                self._blame(f"the actor {ref.actor_class.__name__} is left")
        if not seat.network.closed:
            self._blame("the connector was not closed")
        if not seat.login.closed:
            self._blame("the token source was not closed")

    @staticmethod
    def world_leftovers(world: World, saboteur: Saboteur) -> None:
        """After the end of all nothing is left on the loop, nor in the pools."""
        untidy = saboteur.untidy()
        trace = world.trace
        for timer in world.loop._timers._heap:
            if timer.callback is not None:
                actor, what = _whose(timer.callback)
                if actor not in untidy:
                    when = timer.when - world.clock.now()
                    trace.blame(f"a timer of {what} is left, due in {when:.1f} s")
        left = {
            "watched descriptors": len(world.poller),
            "jobs": world.jobs(),
        }
        for name, count in left.items():
            if count:
                trace.blame(f"{count} {name} are left after the end")
        for misuse in world.poller.misuses:
            trace.blame(misuse)


def _whose(callback: Any) -> tuple[str, str]:
    """Name the actor behind a fence, and the function that it had called."""
    actor = ""
    if isinstance(callback, Fenced):
        actor, callback = callback._cell.actor_class.__name__, callback._function
    return actor, str(getattr(callback, "__qualname__", callback))
