"""The life of a token: fetched once for all who wait, refreshed, forgotten.

Every fetched token is a new *generation*; every call that is under way is a *flight*.
News of an old generation or flight is counted and dropped.
"""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import msgspec

from ums_actors.errors import ConnectionLost, Delivery, LocalProtocolError

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = [
    "TRANSITIONS",
    "Action",
    "ArmRefresh",
    "Closed",
    "Deny",
    "DisarmRefresh",
    "Event",
    "FetchFailed",
    "Fetched",
    "Grant",
    "Invalidated",
    "Lease",
    "LeaseState",
    "Logout",
    "RefreshDue",
    "RefreshFailed",
    "RefreshRefused",
    "Refreshed",
    "StartFetch",
    "StartRefresh",
    "Wanted",
]


class LeaseState(enum.StrEnum):
    """Where a token is in its life."""

    NONE = "NONE"
    FETCHING = "FETCHING"
    HELD = "HELD"
    REFRESHING = "REFRESHING"


class Wanted(msgspec.Struct, frozen=True):
    """Somebody waits for a token."""


class Fetched(msgspec.Struct, frozen=True):
    """A login brought a session: token, user and what a refresh needs."""

    flight: int
    session: Any


class FetchFailed(msgspec.Struct, frozen=True):
    """A login brought nothing."""

    flight: int
    error: BaseException


class Invalidated(msgspec.Struct, frozen=True):
    """The service refused the token of this generation; ``source`` says where."""

    generation: int
    source: str = ""


class RefreshDue(msgspec.Struct, frozen=True):
    """It is time to refresh, or somebody doubts the token."""


class Refreshed(msgspec.Struct, frozen=True):
    """The service extended the token."""

    flight: int


class RefreshRefused(msgspec.Struct, frozen=True):
    """The service refused to extend the token: it is dead."""

    flight: int


class RefreshFailed(msgspec.Struct, frozen=True):
    """The refresh did not reach the service, or found it ill."""

    flight: int


class Closed(msgspec.Struct, frozen=True):
    """The connection comes to rest."""


Event: TypeAlias = (
    Wanted
    | Fetched
    | FetchFailed
    | Invalidated
    | RefreshDue
    | Refreshed
    | RefreshRefused
    | RefreshFailed
    | Closed
)


class StartFetch(msgspec.Struct, frozen=True):
    """Log in; :class:`Fetched` or :class:`FetchFailed` of this flight follows."""

    flight: int


class Grant(msgspec.Struct, frozen=True):
    """Answer all who wait."""

    generation: int
    session: Any


class Deny(msgspec.Struct, frozen=True):
    """Fail all who wait."""

    error: BaseException


class ArmRefresh(msgspec.Struct, frozen=True):
    """Tell :class:`RefreshDue` after ``delay`` seconds."""

    delay: float


class DisarmRefresh(msgspec.Struct, frozen=True):
    """Cancel what :class:`ArmRefresh` armed."""


class StartRefresh(msgspec.Struct, frozen=True):
    """Refresh; one of the three refresh events of this flight follows."""

    generation: int
    session: Any
    flight: int


class Logout(msgspec.Struct, frozen=True):
    """Tell the service that this session is over."""

    session: Any


Action: TypeAlias = (
    StartFetch | Grant | Deny | ArmRefresh | DisarmRefresh | StartRefresh | Logout
)


class Lease:
    """The token of one connection.

    Args:
        refresh_interval: seconds between refreshes.
        generation: number of the newest token a predecessor fetched.
        session: what the predecessor held, if it held a token.

    Attributes:
        state: where the token is in its life.
        generation: number of the newest token fetched, 0 before the first.
        stale: news of old generations and flights that was dropped.
    """

    def __init__(
        self, refresh_interval: float, *, generation: int = 0, session: Any = None
    ) -> None:
        self.state = LeaseState.NONE if session is None else LeaseState.HELD
        self.generation = generation
        self.stale = 0
        self._refresh_interval = refresh_interval
        self._session: Any = session
        self._flights = 0
        self._flight = 0  # the one under way; 0 is none

    @property
    def session(self) -> Any:
        """What is held, None if nothing is."""
        held = self.state in {LeaseState.HELD, LeaseState.REFRESHING}
        return self._session if held else None

    def handle(self, event: Event, now: float) -> list[Action]:  # noqa: ARG002
        """Take an event and give what is to be done, in order.

        Args:
            event: what happened.
            now: monotonic seconds; nothing here depends on it so far.

        Raises:
            LocalProtocolError: the event cannot happen in the present state.
        """
        if self._outdated(event):
            self.stale += 1
            if isinstance(event, Fetched) and self.state is LeaseState.NONE:
                return [Logout(event.session)]  # closed meanwhile: leave nothing open
            return []
        rule = _TABLE[self.state].get(type(event))
        if rule is None:
            raise LocalProtocolError(
                f"{type(event).__name__} cannot happen in {self.state}: see "
                "ums_actors.core.lease.TRANSITIONS"
            )
        actions = rule.action(self, event)
        self.state = rule.target
        return actions

    def _outdated(self, event: Event) -> bool:
        match event:
            case Invalidated(generation=generation):
                held = self.state in {LeaseState.HELD, LeaseState.REFRESHING}
                return not held or generation != self.generation
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

    def _take_off(self) -> int:
        self._flights += 1
        self._flight = self._flights
        return self._flight

    # -- what the table calls; the state is still the old one

    def _nothing(self, _: Event) -> list[Action]:
        return []

    def _fetch(self, _: Event) -> list[Action]:
        return [StartFetch(self._take_off())]

    def _grant(self, _: Event) -> list[Action]:
        return [Grant(self.generation, self._session)]

    def _hold(self, event: Fetched) -> list[Action]:
        self._flight = 0
        self.generation += 1
        self._session = event.session
        return [
            Grant(self.generation, self._session),
            ArmRefresh(self._refresh_interval),
        ]

    def _deny(self, event: FetchFailed) -> list[Action]:
        self._flight = 0
        return [Deny(event.error)]

    def _refresh(self, _: Event) -> list[Action]:
        flight = self._take_off()
        # Doubt may come before the timer: then it must not ring a second time.
        return [DisarmRefresh(), StartRefresh(self.generation, self._session, flight)]

    def _keep(self, _: Event) -> list[Action]:
        self._flight = 0
        return [ArmRefresh(self._refresh_interval)]

    def _drop(self, _: Event) -> list[Action]:
        self._flight = 0
        self._session = None
        return [DisarmRefresh()]

    def _abandon(self, _: Event) -> list[Action]:
        self._flight = 0
        closed = ConnectionLost(
            "the connection was closed during the login", delivery=Delivery.NOT_SENT
        )
        return [Deny(closed)]

    def _log_out(self, event: Event) -> list[Action]:
        session = self._session
        return [*self._drop(event), Logout(session)]


class _Rule(NamedTuple):
    target: LeaseState
    action: Callable[[Lease, Any], list[Action]]


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
        RefreshFailed: _Rule(_S.HELD, _L._keep),
        Closed: _Rule(_S.NONE, _L._log_out),
    },
}

TRANSITIONS: dict[LeaseState, dict[type[Event], LeaseState]] = {
    state: {event: rule.target for event, rule in rules.items()}
    for state, rules in _TABLE.items()
}
"""State → event → next state, for events that are not outdated; an absent key is a
caller's error."""
