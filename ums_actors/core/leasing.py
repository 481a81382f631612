"""States, events and actions of a token's life; what leads where is in ``lease``."""

from __future__ import annotations

import enum
from typing import Any, TypeAlias

import msgspec

__all__ = [
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
    "LeaseState",
    "Life",
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


class Life(msgspec.Struct, frozen=True):
    """How long a token lives by its own word; monotonic seconds, None if unknown.

    Attributes:
        renew_at: when to refresh at the latest, so that it does not end.
        ends_at: from when on it is worthless.
    """

    renew_at: float | None = None
    ends_at: float | None = None


# -- events


class Wanted(msgspec.Struct, frozen=True):
    """Somebody waits for a token."""


class Fetched(msgspec.Struct, frozen=True):
    """A login brought a session: token, user and what a refresh needs."""

    flight: int
    session: Any
    life: Life = Life()


class FetchFailed(msgspec.Struct, frozen=True):
    """A login brought nothing; the next may not begin before ``retry_after``."""

    flight: int
    error: BaseException
    retry_after: float = 0.0


class Invalidated(msgspec.Struct, frozen=True):
    """The service refused the token of this generation; ``source`` says where."""

    generation: int
    source: str = ""


class RefreshDue(msgspec.Struct, frozen=True):
    """It is time to refresh, or somebody doubts the token."""


class Refreshed(msgspec.Struct, frozen=True):
    """The service extended the token.

    Attributes:
        session: what is held from now on; None if it is as it was.
        life: that of ``session``.
        renewed: whether its token is another one.
    """

    flight: int
    session: Any = None
    life: Life = Life()
    renewed: bool = False


class RefreshRefused(msgspec.Struct, frozen=True):
    """The service refused to extend the token: it is dead."""

    flight: int


class RefreshFailed(msgspec.Struct, frozen=True):
    """The refresh did not reach the service, or found it ill."""

    flight: int
    retry_after: float = 0.0


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

# -- actions


class StartFetch(msgspec.Struct, frozen=True):
    """Log in; :class:`Fetched` or :class:`FetchFailed` of this flight follows."""

    flight: int


class Grant(msgspec.Struct, frozen=True):
    """Answer all who wait, and go on with this session."""

    generation: int
    session: Any


class Deny(msgspec.Struct, frozen=True):
    """Fail all who wait."""

    error: BaseException


class ArmRefresh(msgspec.Struct, frozen=True):
    """Tell :class:`RefreshDue` after ``delay`` seconds, or a little earlier."""

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
