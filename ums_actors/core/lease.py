"""The life of a token: fetched once for all who wait, refreshed, forgotten.

Every fetched token is a new *generation*; every call that is under way is a *flight*.
News of an old generation or flight is counted and dropped.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from ums_actors.core.leasing import (
    Action,
    ArmRefresh,
    Closed,
    Deny,
    DisarmRefresh,
    Event,
    Fetched,
    FetchFailed,
    Grant,
    Invalidated,
    LeaseState,
    Life,
    Logout,
    RefreshDue,
    Refreshed,
    RefreshFailed,
    RefreshRefused,
    StartFetch,
    StartRefresh,
    Wanted,
)
from ums_actors.core.pauses import SHORT_PAUSES
from ums_actors.errors import ConnectionLost, Delivery, LocalProtocolError

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["TRANSITIONS", "Lease"]

_HOLDING = frozenset({LeaseState.HELD, LeaseState.REFRESHING})


class Lease:
    """The token of one connection.

    Args:
        refresh_interval: most seconds between refreshes; None never refreshes.
        generation: number of the newest token a predecessor fetched.
        session: what the predecessor held, if it held a token.
        life: that of ``session``.

    Attributes:
        state: where the token is in its life.
        generation: number of the newest token fetched, 0 before the first.
        stale: news of old generations and flights that was dropped.
    """

    __slots__ = (
        "_failures",
        "_flight",
        "_flights",
        "_life",
        "_refresh_interval",
        "_refused",
        "_session",
        "generation",
        "stale",
        "state",
    )

    def __init__(
        self,
        refresh_interval: float | None,
        *,
        generation: int = 0,
        session: Any = None,
        life: Life | None = None,
    ) -> None:
        self.state = LeaseState.NONE if session is None else LeaseState.HELD
        self.generation: int = generation
        self.stale: int = 0
        self._refresh_interval = refresh_interval
        self._session: Any = session
        self._life = life or Life()
        self._refused: tuple[float, BaseException] | None = None  # until when, why
        self._failures = 0  # refreshes in a row that did not succeed
        self._flights = 0
        self._flight = 0  # the one under way; 0 is none

    @property
    def session(self) -> Any:
        """What is held, None if nothing is."""
        return self._session if self.state in _HOLDING else None

    def handle(self, event: Event, now: float) -> list[Action]:
        """Take an event and give what is to be done, in order.

        Args:
            event: what happened.
            now: monotonic seconds.

        Raises:
            LocalProtocolError: the event cannot happen in the present state.
        """
        if self._outdated(event):
            self.stale += 1
            if isinstance(event, Fetched) and self.state is LeaseState.NONE:
                return [Logout(event.session)]  # closed meanwhile: leave nothing open
            return []
        actions: list[Action] = []
        if isinstance(event, Wanted):
            if self._is_over(now):
                actions += self._step(Invalidated(self.generation, "it is over"), now)
            if (refusal := self._refusal(now)) is not None:
                return [*actions, Deny(refusal)]
        return actions + self._step(event, now)

    def resume(self, now: float) -> list[Action]:
        """Give what a successor has to do that found a token held."""
        return self._next_refresh(now) if self.state is LeaseState.HELD else []

    def _step(self, event: Event, now: float) -> list[Action]:
        rule = _TABLE[self.state].get(type(event))
        if rule is None:
            raise LocalProtocolError(
                f"{type(event).__name__} cannot happen in {self.state}: see "
                "ums_actors.core.lease.TRANSITIONS"
            )
        actions = rule.action(self, event, now)
        self.state = rule.target
        return actions

    def _outdated(self, event: Event) -> bool:
        match event:
            case Invalidated(generation=generation):
                return self.state not in _HOLDING or generation != self.generation
            case (
                Fetched(flight=flight)
                | FetchFailed(flight=flight)
                | Refreshed(flight=flight)
                | RefreshRefused(flight=flight)
                | RefreshFailed(flight=flight)
            ):
                return flight != self._flight
            case _:
                return False

    def _is_over(self, now: float) -> bool:
        """Tell whether the token that is held died of age, by its own word."""
        ends_at = self._life.ends_at
        return self.state in _HOLDING and ends_at is not None and now >= ends_at

    def _refusal(self, now: float) -> BaseException | None:
        """Give why there can be no login yet: the service asked for a pause."""
        if self.state is not LeaseState.NONE or self._refused is None:
            return None
        until, error = self._refused
        return error if now < until else None

    def _take_off(self) -> int:
        self._flights += 1
        self._flight = self._flights
        return self._flight

    def _next_refresh(self, now: float, at_most: float | None = None) -> list[Action]:
        """Refresh after the interval, but before the token's last part has passed."""
        if self._refresh_interval is None:
            return []
        delay = self._refresh_interval
        if at_most is not None:
            delay = min(delay, at_most)
        renew_at = self._life.renew_at
        if renew_at is not None and now < renew_at:
            delay = min(delay, renew_at - now)
        return [ArmRefresh(delay)]

    # -- what the table calls; the state is still the old one

    def _nothing(self, _: Event, __: float) -> list[Action]:
        return []

    def _fetch(self, _: Event, __: float) -> list[Action]:
        return [StartFetch(self._take_off())]

    def _grant(self, _: Event, __: float) -> list[Action]:
        return [Grant(self.generation, self._session)]

    def _hold(self, event: Fetched, now: float) -> list[Action]:
        self._flight = 0
        self.generation += 1
        self._refused = None
        return self._adopt(event, now)

    def _adopt(self, event: Fetched | Refreshed, now: float) -> list[Action]:
        self._failures = 0
        self._session, self._life = event.session, event.life
        return [Grant(self.generation, self._session), *self._next_refresh(now)]

    def _deny(self, event: FetchFailed, now: float) -> list[Action]:
        self._flight = 0
        self._refused = (now + event.retry_after, event.error)
        return [Deny(event.error)]

    def _refresh(self, _: Event, __: float) -> list[Action]:
        flight = self._take_off()
        # Doubt may come before the timer: then it must not ring a second time.
        return [DisarmRefresh(), StartRefresh(self.generation, self._session, flight)]

    def _keep(self, event: Refreshed, now: float) -> list[Action]:
        self._flight = 0
        self._failures = 0
        if event.session is None:
            return self._next_refresh(now)
        if event.renewed:
            self.generation += 1
        return self._adopt(event, now)

    def _try_again(self, event: RefreshFailed, now: float) -> list[Action]:
        """Keep the token; refresh again soon, and from the fourth time on seldom."""
        self._flight = 0
        self._failures += 1
        if self._failures > len(SHORT_PAUSES):
            return self._next_refresh(now)
        pause = max(SHORT_PAUSES[self._failures - 1], event.retry_after)
        return self._next_refresh(now, pause)

    def _drop(self, _: Event, __: float) -> list[Action]:
        self._flight = 0
        self._session, self._life = None, Life()
        return [DisarmRefresh()]

    def _abandon(self, _: Event, __: float) -> list[Action]:
        self._flight = 0
        closed = ConnectionLost(
            "the connection was closed during the login", delivery=Delivery.NOT_SENT
        )
        return [Deny(closed)]

    def _log_out(self, event: Event, now: float) -> list[Action]:
        session = self._session
        return [*self._drop(event, now), Logout(session)]


class _Rule(NamedTuple):
    target: LeaseState
    action: Callable[[Lease, Any, float], list[Action]]


_S = LeaseState
_L = Lease
_TABLE: dict[LeaseState, dict[type[Event], _Rule]] = {
    _S.NONE: {
        Wanted: _Rule(_S.FETCHING, _L._fetch),
        RefreshDue: _Rule(_S.NONE, _L._nothing),
        Closed: _Rule(_S.NONE, _L._nothing),
    },
    _S.FETCHING: {
        Wanted: _Rule(_S.FETCHING, _L._nothing),
        Fetched: _Rule(_S.HELD, _L._hold),
        FetchFailed: _Rule(_S.NONE, _L._deny),
        RefreshDue: _Rule(_S.FETCHING, _L._nothing),
        Closed: _Rule(_S.NONE, _L._abandon),
    },
    _S.HELD: {
        Wanted: _Rule(_S.HELD, _L._grant),
        Invalidated: _Rule(_S.NONE, _L._drop),
        RefreshDue: _Rule(_S.REFRESHING, _L._refresh),
        Closed: _Rule(_S.NONE, _L._log_out),
    },
    _S.REFRESHING: {
        Wanted: _Rule(_S.REFRESHING, _L._grant),
        Invalidated: _Rule(_S.NONE, _L._drop),
        RefreshDue: _Rule(_S.REFRESHING, _L._nothing),
        Refreshed: _Rule(_S.HELD, _L._keep),
        # A healthy socket is not dropped: the next who wants a token logs in.
        RefreshRefused: _Rule(_S.NONE, _L._drop),
        RefreshFailed: _Rule(_S.HELD, _L._try_again),
        Closed: _Rule(_S.NONE, _L._log_out),
    },
}

TRANSITIONS: dict[LeaseState, dict[type[Event], LeaseState]] = {
    state: {event: rule.target for event, rule in rules.items()}
    for state, rules in _TABLE.items()
}
"""State → event → next state, for events that are not outdated; an absent key is a
caller's error. A token that is over counts as invalidated before it is wanted, and
nobody is let in before the pause that a failed login asked for."""
